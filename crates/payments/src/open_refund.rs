//! How refunds over rails begin, and the moment from which they cannot be called back.

use base::{Amount, Money, RailRefundId, RefundId};
use ledger::{Account, AccountName, Posted, Reason, Subject};

use crate::cap::{less, sum};
use crate::credit::check_part_of;
use crate::post::Sheet;
use crate::resend::to_be_sent;
use crate::{ConsentReason, Context, EventKind, Method, Outcome, Payment, RailRefund};
use crate::{PaymentState, RefundState, Refusal};

/// Accounts on which a refund is posted, each when it was opened before.
#[derive(Clone, Copy, Debug, Default)]
pub struct RefundAccounts<'a> {
    /// `rail/{rail}/clearing` of the refund's rail.
    pub clearing: Option<&'a Account>,
    /// `refund/payable`.
    pub payable: Option<&'a Account>,
    /// `chargeback/loss`.
    pub loss: Option<&'a Account>,
}

impl RefundAccounts<'_> {
    /// Clearing, payable and loss of a refund.
    pub(crate) fn of(self, refund: &RailRefund) -> (Account, Account, Account) {
        let currency = refund.amount.currency;
        let clearing = AccountName::RailClearing(refund.rail.clone());
        let clearing = Account::or_open(self.clearing, clearing, currency);
        let payable = Account::or_open(self.payable, AccountName::RefundPayable, currency);
        (clearing, payable, Account::or_open(self.loss, AccountName::ChargebackLoss, currency))
    }
}

/// A refund to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenRefund {
    /// Its id, drawn by the caller.
    pub id: RailRefundId,
    /// How much, above zero.
    pub amount: Money,
    /// The refund of an order that it is a part of; `None` for a payment that was in vain.
    pub order_refund: Option<RefundId>,
}

/// Accounts on which it is posted that money is owed, each when it was opened before.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwedAccounts<'a> {
    /// `order/clearing`.
    pub order: Option<&'a Account>,
    /// `refund/payable`.
    pub payable: Option<&'a Account>,
    /// `chargeback/loss`.
    pub loss: Option<&'a Account>,
}

/// Begins a refund of a part of a payment. From now on the part counts. `method` is the payment's.
///
/// The money is owed before it is sent: posts the amount, debit `order/clearing`, credit
/// `refund/payable`. What becomes of the refund moves it on, or leaves it owed. What a lost dispute
/// has taken of it is not owed: it makes the loss good, credit `chargeback/loss`, and the refund is
/// about the rest; when there is none it is settled. Of goods it has taken what no rail can send
/// any more; of a promotion all that no refund has counted before, so that whoever paid has from
/// bank and refunds together what went back, and not both.
///
/// It waits to be sent; when the method has expired it waits for consent instead. When an app store
/// holds the method it counts as sent: the store makes it, and nobody here can call it back.
///
/// # Errors
///
/// In this order: `IdTaken`; `NotCaptured`; `CurrencyMismatch`; `LimitExceeded` when nothing is to
/// be refunded, or too many refunds are not settled; `AmountExceedsRefundable` for more than
/// [`Payment::openable`]; `LimitExceeded` when a total would overflow.
pub fn open_refund(
    new: &OpenRefund,
    payment: &Payment,
    method: &Method,
    existing: Option<&RailRefund>,
    accounts: OwedAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    check_free(existing)?;
    check_part_of(payment, new.amount)?;
    payment.check_openable(new.amount.amount, payment.openable())?;
    let unpaid = new.amount.amount.saturating_sub(payment.paid_by_banks());
    let sent = unpaid.min(payment.sendable());
    let paid = less(new.amount.amount, sent)?;
    let row = RailRefund { order_refund: new.order_refund, ..row(new.id, sent, payment, context) };
    let mut begun = Begun::of(payment);
    begun.send(row, method, context)?;
    begun.settle(new, paid, context)?;
    begun.finish(payment, owe(new.id, payment, [sent, paid], accounts, context)?)
}

/// Begins refunds of everything that a payment has taken in vain. `method` is the payment's, and
/// `existing` are the refunds that have the ids, if there are any.
///
/// As [`open_refund`], but it is never refused because of a dispute: what an open one takes of it
/// is kept back, as a refund that has failed, with the second id. It waits to be sent also when the
/// method looks expired: nobody could be asked. When an app store holds the method it waits for
/// consent: the store does not know that it should give anything back.
///
/// # Errors
///
/// In this order: `IdTaken`; `NotCaptured`; `NothingToChange` when nothing is left of it;
/// `LimitExceeded` when a total would overflow.
pub fn give_back(
    [id, rest]: [RailRefundId; 2],
    payment: &Payment,
    method: &Method,
    existing: [Option<&RailRefund>; 2],
    accounts: OwedAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    existing.into_iter().try_for_each(check_free)?;
    if payment.state != PaymentState::Captured {
        return Err(Refusal::NotCaptured);
    }
    let all = payment.kept();
    if all.is_zero() {
        return Err(Refusal::NothingToChange);
    }
    let sent = all.min(payment.sendable());
    let unsent = less(all, sent)?;
    let paid = unsent.min(payment.lost.saturating_sub(payment.settled));
    let kept_back = less(unsent, paid)?;
    let mut begun = Begun::of(payment);
    begun.send(row(id, sent, payment, context), method, context)?;
    // Each part has a row, or all of it is settled.
    let kept_back_id = if sent.is_zero() { id } else { rest };
    begun.keep_back(row(kept_back_id, kept_back, payment, context))?;
    let all = OpenRefund { id, amount: payment.money(all), order_refund: None };
    begun.settle(&all, paid, context)?;
    let owed = sum(sent, kept_back)?;
    begun.finish(payment, owe(id, payment, [owed, paid], accounts, context)?)
}

/// Opens another refund in the place of one that has failed, or of a part of it when a dispute
/// leaves no room for more; what is left of it can be replaced later. The money is owed since then,
/// so nothing is posted.
///
/// # Errors
///
/// In this order: `RefundNotFailed`; `NothingToChange` when another one took its place before;
/// `IdTaken`; `AmountExceedsRefundable` when there is no room at all; `LimitExceeded` when only a
/// part is replaced, so that one more is listed, and too many refunds are not settled, or when a
/// total would overflow.
pub fn replace_refund(
    id: RailRefundId,
    failed: &RailRefund,
    payment: &Payment,
    method: &Method,
    existing: Option<&RailRefund>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if !failed.state.is_failed() {
        return Err(Refusal::RefundNotFailed);
    }
    if failed.replaced_by.is_some() {
        return Err(Refusal::NothingToChange);
    }
    check_free(existing)?;
    let part = failed.amount.amount.min(payment.refundable());
    if part.is_zero() {
        return Err(Refusal::AmountExceedsRefundable { refundable: payment.money(part) });
    }
    if part != failed.amount.amount {
        payment.check_not_too_many()?;
    }
    let mut after = payment.clone();
    after.owed = less(payment.owed, part)?;
    let former = if part == failed.amount.amount {
        after = after.without(failed.id);
        RailRefund { replaced_by: Some(id), ..failed.clone() }
    } else {
        failed.of_amount(less(failed.amount.amount, part)?)
    };
    let mut begun = Begun::of(&after);
    let row = row(id, part, payment, context);
    begun.send(RailRefund { order_refund: failed.order_refund, ..row }, method, context)?;
    Ok(begun.finish(payment, Posted::default())?.with_refund(former))
}

fn check_free(existing: Option<&RailRefund>) -> Result<(), Refusal> {
    if existing.is_some() { Err(Refusal::IdTaken) } else { Ok(()) }
}

fn row(id: RailRefundId, part: Amount, payment: &Payment, context: Context) -> RailRefund {
    RailRefund::of_payment(payment, id, part, context)
}

/// Refunds that have begun, on the way to one outcome.
struct Begun {
    after: Payment,
    refunds: Vec<RailRefund>,
    events: Vec<(EventKind, Subject)>,
}

impl Begun {
    fn of(payment: &Payment) -> Begun {
        Begun { after: payment.clone(), refunds: Vec::new(), events: Vec::new() }
    }

    fn put(&mut self, row: RailRefund, further: Option<EventKind>) {
        let subject = Subject::of(row.id);
        self.events.push((EventKind::RefundCreated, subject));
        self.events.extend(further.map(|kind| (kind, subject)));
        self.refunds.push(row);
    }

    /// What can be sent.
    fn send(&mut self, row: RailRefund, method: &Method, context: Context) -> Result<(), Refusal> {
        if row.amount.amount.is_zero() {
            return Ok(());
        }
        self.after = self.after.reserve(row.id, row.amount.amount)?;
        let mut row = to_be_sent(&row, method, context.now);
        let is_expired = row.order_refund.is_some() && method.expires_before(context.now);
        if is_expired && row.state == RefundState::Waiting {
            let reason = ConsentReason::MethodExpired;
            row = row.settled(RefundState::NeedsConsent { reason });
        }
        let needs_consent = matches!(row.state, RefundState::NeedsConsent { .. });
        self.put(row, needs_consent.then_some(EventKind::RefundConsentNeeded));
        Ok(())
    }

    /// What an open dispute takes.
    fn keep_back(&mut self, row: RailRefund) -> Result<(), Refusal> {
        if row.amount.amount.is_zero() {
            return Ok(());
        }
        self.after = self.after.listing(row.id);
        self.after.owed = sum(self.after.owed, row.amount.amount)?;
        self.put(row.kept_back(), Some(EventKind::RefundFailed));
        Ok(())
    }

    /// What a lost dispute has paid. It has a row only when there is no other.
    fn settle(&mut self, new: &OpenRefund, paid: Amount, context: Context) -> Result<(), Refusal> {
        self.after.settled = sum(self.after.settled, paid)?;
        if self.refunds.is_empty() {
            let row = row(new.id, paid, &self.after, context).settled(RefundState::Settled);
            let row = RailRefund { order_refund: new.order_refund, ..row };
            self.put(row, Some(EventKind::RefundSucceeded));
        }
        Ok(())
    }

    fn finish(self, before: &Payment, posted: Posted) -> Result<Outcome, Refusal> {
        let Begun { after, refunds, events } = self;
        let outcome = Outcome::of_payment(before, after);
        Ok(Outcome { refunds, events, ..outcome }.with_posted(posted))
    }
}

/// Posts that the payer is owed what is to go back, and what a lost dispute has paid of it.
fn owe(
    id: RailRefundId,
    payment: &Payment,
    [owed, paid]: [Amount; 2],
    accounts: OwedAccounts<'_>,
    context: Context,
) -> Result<Posted, Refusal> {
    let currency = payment.amount.currency;
    let order = Account::or_open(accounts.order, AccountName::OrderClearing, currency);
    let payable = Account::or_open(accounts.payable, AccountName::RefundPayable, currency);
    let loss = Account::or_open(accounts.loss, AccountName::ChargebackLoss, currency);
    let mut sheet = Sheet::new(context, Reason::RefundOwed, Subject::of(id));
    sheet.transfer_some(Reason::RefundOwed, &order, &payable, payment.money(owed))?;
    sheet.transfer_some(Reason::RefundOwed, &order, &loss, payment.money(paid))?;
    Ok(sheet.finish())
}

/// Notes that the rail is about to be called with a refund. This is committed before the call:
/// afterwards the money may be on the wire whatever happens to us, and only the rail can say.
///
/// # Errors
///
/// In this order: `NothingToChange` when it was begun before; `RefundNotOpen`;
/// `AmountExceedsRefundable` while a dispute takes more than there is.
pub fn begin_refund(refund: &RailRefund, payment: &Payment) -> Result<Outcome, Refusal> {
    match refund.state {
        RefundState::Waiting => {}
        RefundState::Sent => return Err(Refusal::NothingToChange),
        _ => return Err(Refusal::RefundNotOpen),
    }
    payment.check_not_overdrawn()?;
    let refund = RailRefund { state: RefundState::Sent, ..refund.clone() };
    Ok(Outcome::default().with_refund(refund))
}
