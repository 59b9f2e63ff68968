//! One payment with its refunds and disputes, its accounts, and what must hold of them.

use std::collections::BTreeMap;

use base::{AccountId, Amount, Currency, Instant, MethodId, Money, Span, Token};
use base::{CheckoutId, DisputeId, PaymentId, RailRefundId, Text};
use ledger::{Account, AccountName, Position, RailName, Side};
use payments::*;

use crate::deed::{Deed, Which};

pub struct World {
    pub now: Instant,
    pub method: Method,
    pub purpose: Purpose,
    pub payment: Option<Payment>,
    pub refunds: BTreeMap<RailRefundId, RailRefund>,
    pub disputes: BTreeMap<DisputeId, Dispute>,
    /// True for a caller who forgets to tell a dispute which refunds there are.
    pub hides_refunds: bool,
    accounts: BTreeMap<AccountId, Account>,
    owed: i64,
    /// What was ever given in another form, and what was taken back of it: others post both.
    given: i64,
    taken_back: i64,
    sequence: u64,
}

pub fn start() -> Instant {
    Instant::parse("2026-11-28T12:00:00Z").unwrap()
}

pub fn money(minor: i64) -> Money {
    Money::new(minor, Currency::USD).unwrap()
}

pub fn rail(name: &str) -> RailName {
    Token::new(name).unwrap()
}

pub fn method(bits: u128, rail_name: &str) -> Method {
    Method {
        id: MethodId::from_bits(bits),
        rail: rail(rail_name),
        token: RailToken(Text::new("tok_ok").unwrap()),
        owner: None,
        brand: Some(Token::new("visa").unwrap()),
        last4: Some(Token::new("4242").unwrap()),
        expiry: Expiry::new(2030, 1),
        is_store_mediated: false,
        declined_at: None,
        created_at: start(),
    }
}

pub fn purpose() -> Purpose {
    Purpose::Checkout(CheckoutId::from_bits(5))
}

pub fn of_promotion() -> Purpose {
    Purpose::Promotion(CheckoutId::from_bits(5))
}

pub fn refund_id(index: u8) -> RailRefundId {
    RailRefundId::from_bits(u128::from(index))
}

pub fn dispute_id(index: u8) -> DisputeId {
    DisputeId::from_bits(u128::from(index))
}

impl World {
    pub fn new(method: Method) -> World {
        World {
            now: start(),
            method,
            purpose: purpose(),
            payment: None,
            refunds: BTreeMap::new(),
            disputes: BTreeMap::new(),
            hides_refunds: false,
            accounts: BTreeMap::new(),
            owed: 0,
            given: 0,
            taken_back: 0,
            sequence: 0,
        }
    }

    pub fn payment(&self) -> &Payment {
        self.payment.as_ref().expect("the script has made a payment")
    }

    pub fn refund(&self, index: u8) -> Option<&RailRefund> {
        self.refunds.get(&refund_id(index))
    }

    pub fn dispute(&self, index: u8) -> Option<&Dispute> {
        self.disputes.get(&dispute_id(index))
    }

    /// Decides one step, keeps what it leaves, and checks everything that must hold.
    #[track_caller]
    pub fn apply(&mut self, deed: &Deed) -> Result<Outcome, Refusal> {
        if let Deed::Wait(seconds) = *deed {
            self.now = self.now.saturating_add(Span::seconds(seconds));
            return Ok(Outcome::default());
        }
        self.sequence += 1;
        let before = self.payment.clone();
        let outcome = self.decide(deed)?;
        self.owed += match deed {
            Deed::Open(_, amount) => *amount,
            Deed::GiveBack(..) => self.payment().kept().minor(),
            _ => 0,
        };
        self.taken_back += match deed {
            Deed::TakeCreditBack(_, amount) => *amount,
            _ => 0,
        };
        self.given += match deed {
            Deed::Credit(_) => outcome.refunds[0].amount.amount.minor(),
            _ => 0,
        };
        for payment in &outcome.payments {
            self.payment = Some(payment.clone());
        }
        self.refunds.extend(outcome.refunds.iter().map(|row| (row.id, row.clone())));
        self.disputes.extend(outcome.disputes.iter().map(|row| (row.id, row.clone())));
        let accounts = outcome.posted.accounts.iter();
        self.accounts.extend(accounts.map(|account| (account.id, account.clone())));
        if let Some(before) = before {
            check_change(&before, self.payment(), &outcome);
            check_room(deed, self.payment());
        }
        self.audit();
        Ok(outcome)
    }

    fn decide(&self, deed: &Deed) -> Result<Outcome, Refusal> {
        let context = Context { now: self.now, position: Position::start(self.sequence) };
        if let Deed::Authorize(amount) = *deed {
            let (id, purpose) = (PaymentId::from_bits(1), self.purpose);
            let new = NewPayment { id, amount: money(amount), purpose, return_url: None };
            return authorize(&new, &self.method, self.payment.as_ref(), context);
        }
        let payment = self.payment.as_ref().ok_or(Refusal::PaymentNotFound)?;
        match deed {
            Deed::Authorized => {
                note_authorization(&AuthorizationNotice::Authorized { reference: None }, payment)
            }
            Deed::Declined => {
                note_authorization(&AuthorizationNotice::Failed { code: code() }, payment)
            }
            Deed::Action(which) => {
                let next = NextAction(Text::new(&format!("https://bank.example/{which}")).unwrap());
                note_action(&next, None, payment, context)
            }
            Deed::Unknown(step) => note_unknown(*step, None, payment, context),
            Deed::NotReceived(step) => note_not_received(*step, true, payment, context),
            Deed::Capture => begin_capture(payment, context),
            Deed::Captured(amount, fee) => {
                let fee = fee.map(money);
                let notice =
                    CaptureNotice::Captured { amount: money(*amount), fee, reference: None };
                note_capture(&notice, payment, self.capture_accounts(), context)
            }
            Deed::CaptureRefused => {
                let notice = CaptureNotice::Failed { code: code() };
                note_capture(&notice, payment, self.capture_accounts(), context)
            }
            Deed::Fee(fee) => note_fee(money(*fee), payment, self.capture_accounts(), context),
            Deed::Void => begin_void(payment, context),
            Deed::Voided => note_void(&VoidNotice::Voided, payment, context),
            Deed::VoidRefused => note_void(&VoidNotice::Failed, payment, context),
            Deed::Dispute(..) | Deed::RefundedAtRail(..) | Deed::Win(..) | Deed::Lose(..) => {
                self.decide_dispute(deed, payment, context)
            }
            _ => self.decide_refund(deed, payment, context),
        }
    }

    fn decide_refund(
        &self,
        deed: &Deed,
        payment: &Payment,
        context: Context,
    ) -> Result<Outcome, Refusal> {
        let known = |index: u8| self.refund(index).ok_or(Refusal::RefundNotFound);
        match deed {
            Deed::Open(index, amount) => {
                let (id, amount) = (refund_id(*index), money(*amount));
                let order_refund = Some(base::RefundId::from_bits(1));
                let (new, accounts) =
                    (OpenRefund { id, amount, order_refund }, self.owed_accounts());
                open_refund(&new, payment, &self.method, self.refund(*index), accounts, context)
            }
            Deed::GiveBack(one, other) => {
                let ids = [one, other].map(|index| refund_id(*index));
                let existing = [one, other].map(|index| self.refund(*index));
                let accounts = self.owed_accounts();
                give_back(ids, payment, &self.method, existing, accounts, context)
            }
            Deed::Replace(old, new) => {
                let existing = self.refund(*new);
                let (id, old) = (refund_id(*new), known(*old)?);
                replace_refund(id, old, payment, &self.method, existing, context)
            }
            Deed::Send(index) => begin_refund(known(*index)?, payment),
            Deed::Refund(index, attempt, notice) => {
                let refund = known(*index)?;
                let attempt = attempt.unwrap_or(refund.attempt);
                let accounts = self.refund_accounts(&refund.rail);
                note_refund(attempt, notice, refund, payment, accounts, context)
            }
            Deed::Consent(index, which) => {
                let mut other = method(2, "other");
                other.is_store_mediated = *which == Which::Store;
                if *which == Which::Expired {
                    other.expiry = Expiry::new(2026, 10);
                }
                let can_receive = *which != Which::Unreachable;
                consent(&other, can_receive, known(*index)?, payment, context)
            }
            Deed::Retry(index) => retry(known(*index)?, payment, &self.method, context),
            Deed::GiveUp(index) => give_up(&code(), known(*index)?, payment),
            Deed::Credit(index) => credit(known(*index)?, payment),
            Deed::TakeCreditBack(index, part) => {
                let part = Amount::new(*part).unwrap();
                take_credit_back(part, known(*index)?, payment)
            }
            Deed::ByHand(index) => {
                let accounts = self.refund_accounts(&rail("bank"));
                pay_by_hand(&rail("bank"), known(*index)?, payment, accounts, context)
            }
            Deed::AtRail(index) => {
                let refund = known(*index)?;
                let accounts = self.refund_accounts(&refund.rail);
                let reference = Text::new("made_there").unwrap();
                made_at_rail(&reference, refund, payment, accounts, context)
            }
            _ => unreachable!("not about a refund: {deed:?}"),
        }
    }

    fn refund_accounts(&self, rail: &RailName) -> RefundAccounts<'_> {
        RefundAccounts {
            clearing: self.account(AccountName::RailClearing(rail.clone())),
            payable: self.account(AccountName::RefundPayable),
            loss: self.account(AccountName::ChargebackLoss),
        }
    }

    fn decide_dispute(
        &self,
        deed: &Deed,
        payment: &Payment,
        context: Context,
    ) -> Result<Outcome, Refusal> {
        let known = |index: u8| self.dispute(index).ok_or(Refusal::DisputeNotFound);
        let accounts = DisputeAccounts {
            clearing: self.account(AccountName::RailClearing(payment.rail.clone())),
            disputes: self.account(AccountName::RailDisputes(payment.rail.clone())),
            loss: self.account(AccountName::ChargebackLoss),
            payable: self.account(AccountName::RefundPayable),
        };
        let listed = |row: &&RailRefund| payment.open_refunds.contains(&row.id);
        let rows = self.refunds.values().filter(|_| !self.hides_refunds);
        let refunds: Vec<&RailRefund> = rows.filter(listed).collect();
        let rows = DisputeRows { payment, refunds: &refunds, accounts };
        let rest = Rest { id: refund_id(self.next_rest()), existing: None };
        match *deed {
            Deed::Dispute(index, amount, stage) | Deed::RefundedAtRail(index, amount, stage) => {
                let is_refund = matches!(deed, Deed::RefundedAtRail(..));
                let reason = if is_refund { REFUNDED_AT_RAIL } else { "fraudulent" };
                let new = OpenDispute {
                    id: dispute_id(index),
                    amount: money(amount),
                    reason: Token::new(reason).unwrap(),
                    due_by: None,
                    stage,
                    rail_reference: None,
                };
                open_dispute(&new, rows, rest, self.dispute(index), context)
            }
            Deed::Win(index, stage) => win(stage, known(index)?, rows, rest, &self.method, context),
            Deed::Lose(index, stage) => lose(stage, known(index)?, rows, context),
            _ => unreachable!("not about a dispute: {deed:?}"),
        }
    }

    /// The first refund that a dispute cuts off another is refund 50.
    fn next_rest(&self) -> u8 {
        let all = self.refunds.keys().filter(|id| id.bits() >= 50);
        50 + u8::try_from(all.count()).unwrap()
    }

    fn owed_accounts(&self) -> OwedAccounts<'_> {
        OwedAccounts {
            order: self.account(AccountName::OrderClearing),
            payable: self.account(AccountName::RefundPayable),
            loss: self.account(AccountName::ChargebackLoss),
        }
    }

    fn capture_accounts(&self) -> CaptureAccounts<'_> {
        let rail = &self.payment().rail;
        CaptureAccounts {
            clearing: self.account(AccountName::RailClearing(rail.clone())),
            fees: self.account(AccountName::RailFees(rail.clone())),
            order: self.account(AccountName::OrderClearing),
        }
    }

    fn account(&self, name: AccountName) -> Option<&Account> {
        self.accounts.get(&name.id(Currency::USD))
    }

    pub fn balance(&self, name: AccountName) -> i64 {
        self.account(name).map_or(0, Account::balance)
    }

    fn refunds_in(&self, is: &dyn Fn(&RailRefund) -> bool) -> i64 {
        let rows = self.refunds.values().filter(|refund| is(refund));
        rows.map(|refund| refund.amount.amount.minor()).sum()
    }

    fn disputes_in(&self, is: &dyn Fn(DisputeState) -> bool) -> i64 {
        let rows = self.disputes.values().filter(|dispute| is(dispute.state));
        rows.map(|dispute| dispute.amount.amount.minor()).sum()
    }

    /// The cap, the counters against the rows, and the accounts against the rows.
    #[track_caller]
    fn audit(&self) {
        let Some(payment) = &self.payment else { return };
        let refunds_in = |is: &dyn Fn(&RailRefund) -> bool| self.refunds_in(is);
        let disputes_in = |is: &dyn Fn(DisputeState) -> bool| self.disputes_in(is);
        let is_credited = |refund: &RailRefund| refund.state == RefundState::Credited;
        let credited = payment.credited.minor();
        assert_eq!([credited; 2], [refunds_in(&is_credited), self.given - self.taken_back]);
        let refunded = refunds_in(&succeeded);
        let taken = disputes_in(&|state| state != DisputeState::Won);
        assert_eq!(payment.refunded.minor(), refunded);
        assert_eq!(payment.refunding.minor(), refunds_in(&|refund| refund.state.is_open()));
        assert_eq!(payment.disputed.minor(), taken);
        let mut listed = payment.open_refunds.clone();
        listed.sort_unstable();
        let is_owed = |row: &RailRefund| row.state.is_failed() && row.replaced_by.is_none();
        let unsettled = |row: &&RailRefund| row.state.is_open() || is_owed(row) || is_credited(row);
        let unsettled = self.refunds.values().filter(unsettled);
        assert_eq!(listed, unsettled.map(|refund| refund.id).collect::<Vec<_>>());
        assert_eq!(payment.owed.minor(), refunds_in(&is_owed));
        let lost = disputes_in(&|state| state == DisputeState::Lost);
        assert_eq!(payment.lost.minor(), lost);
        let settled = payment.settled.minor();
        let asked =
            refunded + payment.refunding.minor() + payment.owed.minor() + settled + credited;
        assert_eq!(asked, self.owed, "something was forgotten, or is owed twice");
        let kept = payment.captured.minor() - asked;
        assert_eq!(payment.kept().minor(), kept);
        // Nobody is owed what the bank has paid, but for what is on the wire.
        let is_goods = matches!(payment.purpose, Purpose::Checkout(_));
        let paid_twice = lost - settled - if is_goods { kept } else { 0 };
        let at_hand = refunds_in(&|row| is_owed(row) || row.state.is_here());
        assert!(paid_twice <= 0 || at_hand == 0 || self.hides_refunds, "{payment:?}");
        // Of what lost disputes took a loss is what nobody has asked back, and nothing else.
        // Of a promotion the bank has paid first what was asked back.
        assert!(settled == 0 || lost - settled >= kept || !is_goods, "{payment:?}");
        check_cap(payment);
        check_due(payment, self.refunds.values());
        self.audit_accounts(payment);
    }

    /// The accounts against the rows.
    #[track_caller]
    fn audit_accounts(&self, payment: &Payment) {
        let refunds_in = |is: &dyn Fn(&RailRefund) -> bool| self.refunds_in(is);
        let disputes_in = |is: &dyn Fn(DisputeState) -> bool| self.disputes_in(is);
        let refunded = refunds_in(&succeeded);
        let taken = disputes_in(&|state| state != DisputeState::Won);
        let lost = disputes_in(&|state| state == DisputeState::Lost);
        let settled = payment.settled.minor();
        let captured = payment.captured.minor();
        let fee = payment.fee.map_or(0, Amount::minor);
        let home = payment.rail.clone();
        let over = |rail: &RailName| refunds_in(&|row| succeeded(row) && paid_over(row) == *rail);
        let clearing = captured - fee - over(&home) - taken;
        assert_eq!(self.balance(AccountName::RailClearing(home.clone())), clearing);
        for name in ["other", "bank"].map(rail) {
            assert_eq!(self.balance(AccountName::RailClearing(name.clone())), -over(&name));
        }
        assert_eq!(self.balance(AccountName::RailFees(home.clone())), fee);
        let open = disputes_in(&|state| state == DisputeState::Open);
        assert_eq!(self.balance(AccountName::RailDisputes(home)), open);
        // What is given in another form, and taken back of it, is posted by whoever gives it.
        let back = self.taken_back;
        assert_eq!(self.balance(AccountName::ChargebackLoss), lost - settled + back);
        assert_eq!(self.balance(AccountName::OrderClearing), captured - self.owed);
        let payable = self.owed - refunded - settled + back;
        assert_eq!(self.balance(AccountName::RefundPayable), payable);
        let signed = |account: &Account| match account.name.kind().normal_side() {
            Side::Debit => account.balance(),
            Side::Credit => -account.balance(),
        };
        assert_eq!(self.accounts.values().map(signed).sum::<i64>(), 0, "money was made or lost");
    }
}

fn succeeded(refund: &RailRefund) -> bool {
    matches!(refund.state, RefundState::Succeeded | RefundState::PaidByHand)
}

#[track_caller]
fn check_cap(payment: &Payment) {
    let given = payment.refunded.minor() + payment.refunding.minor() + payment.credited.minor();
    let counted = given + payment.disputed_in_cap().minor();
    assert!(payment.captured.minor() >= counted, "the cap is broken: {payment:?}");
    assert_eq!(payment.refundable().minor(), payment.captured.minor() - counted);
    assert!(payment.refundable().is_zero() || payment.disputed_beyond_cap().is_zero());
    let all = payment.disputed_in_cap().minor() + payment.disputed_beyond_cap().minor();
    assert_eq!(all, payment.disputed.minor());
}

/// A row that wants something from a rail has a time; any other has none.
#[track_caller]
fn check_due<'a>(payment: &Payment, refunds: impl Iterator<Item = &'a RailRefund>) {
    assert_eq!(payment.due_at.is_some(), payment.next_call().is_some(), "{payment:?}");
    assert!(!payment.is_unknown || payment.due_at.is_some());
    for refund in refunds {
        let is_the_stores = refund.rail.as_str() == "store";
        let is_wanted = refund.next_call().is_some() && !is_the_stores;
        assert_eq!(refund.due_at.is_some(), is_wanted, "{refund:?}");
    }
}

/// What has moved, and what must not.
#[track_caller]
fn check_change(before: &Payment, after: &Payment, outcome: &Outcome) {
    assert!(!outcome.payments.is_empty() || before == after);
    if before.state.is_final() {
        assert_eq!((&before.state, before.captured), (&after.state, after.captured));
    }
    assert!(before.fee.is_none() || before.fee == after.fee);
    let change =
        CapChange { payment: after.id, before: before.refundable(), after: after.refundable() };
    let expected = if change.before == change.after { vec![] } else { vec![change] };
    assert_eq!(outcome.caps, expected);
}

/// Nothing new goes back while it, with everything else, is more than was captured.
#[track_caller]
fn check_room(deed: &Deed, after: &Payment) {
    let gives = matches!(
        deed,
        Deed::Replace(..)
            | Deed::Credit(_)
            | Deed::ByHand(_)
            | Deed::AtRail(_)
            | Deed::Send(_)
            | Deed::Retry(_)
            | Deed::Consent(..)
    );
    assert!(!gives || after.disputed_beyond_cap().is_zero(), "paid twice: {after:?}");
}

pub fn code() -> FailureCode {
    Token::new("bank_says_no").unwrap()
}

/// A refund keeps its rail when it is paid by hand over another.
fn paid_over(refund: &RailRefund) -> RailName {
    match refund.state {
        RefundState::PaidByHand => rail("bank"),
        _ => refund.rail.clone(),
    }
}
