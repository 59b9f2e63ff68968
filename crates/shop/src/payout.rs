//! Payouts: what sellers and creators are owed, on its way out.

use base::{Amount, CreatorId, Currency, Instant, Money, PayoutId, SellerId, Token};
use ledger::{Account, AccountName, LinkedSet, Posted, RailName, Reason, Subject};

use crate::outcome::or_open;
use crate::{Context, EventKind, Outcome, Refusal};

/// Who is paid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Payee {
    /// A seller.
    Seller(SellerId),
    /// A creator.
    Creator(CreatorId),
}

impl Payee {
    /// The account of what they are owed.
    pub fn account(self) -> AccountName {
        match self {
            Payee::Seller(seller) => AccountName::SellerPayable(seller),
            Payee::Creator(creator) => AccountName::CreatorPayable(creator),
        }
    }
}

/// Where a payout stands. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum PayoutState {
    /// Exported to be paid.
    Pending = 1,
    /// It has arrived.
    Paid = 2,
    /// It has not arrived, or came back, and is owed again.
    Failed = 3,
}

impl PayoutState {
    /// Every state.
    pub const ALL: [PayoutState; 3] =
        [PayoutState::Pending, PayoutState::Paid, PayoutState::Failed];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            PayoutState::Pending => "pending",
            PayoutState::Paid => "paid",
            PayoutState::Failed => "failed",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<PayoutState> {
        PayoutState::ALL.into_iter().find(|state| *state as u8 == number)
    }
}

/// Money owed on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    /// Its id.
    pub id: PayoutId,
    /// Who is paid.
    pub payee: Payee,
    /// How much.
    pub amount: Money,
    /// The rail whose clearing account it leaves from.
    pub rail: RailName,
    /// Sales up to here are paid.
    pub until: Instant,
    /// Where it stands.
    pub state: PayoutState,
    /// Why it has failed.
    pub failure: Option<Token<40>>,
    /// When it was created.
    pub created_at: Instant,
}

/// A payout to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPayout {
    /// Its id, drawn by the caller.
    pub id: PayoutId,
    /// Who is to be paid.
    pub payee: Payee,
    /// In which currency.
    pub currency: Currency,
    /// The rail whose clearing account it leaves from.
    pub rail: RailName,
    /// Sales up to here are to be paid.
    pub until: Instant,
    /// What was credited to the payee up to there: the total of the account at that cut.
    pub credited: Amount,
}

/// Rows a payout is decided on.
#[derive(Clone, Copy, Debug)]
pub struct PayoutRows<'a> {
    /// The payout of the same id, if there is one.
    pub existing: Option<&'a Payout>,
    /// Account of the payee and clearing account of the rail, as far as they were opened before.
    pub accounts: &'a [&'a Account],
}

/// Takes what a payee is owed out of the books, to be paid: what was credited up to `until`, less
/// all that was ever debited. So refunds and payouts count however late they come, sales only when
/// their time has come, and who owes from refunds gets nothing until later sales have made it up.
///
/// # Errors
///
/// In this order: `IdTaken`; `NothingOwed`; `LimitExceeded` when a total would overflow.
pub fn create_payout(
    new: &NewPayout,
    rows: PayoutRows<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if rows.existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    let account = or_open(rows.accounts, new.payee.account(), new.currency);
    let credited = new.credited.min(account.credits_posted);
    let amount = credited.saturating_sub(account.debits_posted);
    if amount.is_zero() {
        return Err(Refusal::NothingOwed);
    }
    let payout = Payout {
        id: new.id,
        payee: new.payee,
        amount: Money { amount, currency: new.currency },
        rail: new.rail.clone(),
        until: new.until,
        state: PayoutState::Pending,
        failure: None,
        created_at: context.now,
    };
    let posted = move_money(&payout, Reason::Payout, rows.accounts, context)?;
    let events = vec![(EventKind::PayoutCreated, Subject::of(payout.id))];
    Ok(Outcome { payouts: vec![payout], posted, events, ..Outcome::default() })
}

/// Notes that a payout has arrived.
///
/// # Errors
///
/// `PayoutClosed` unless it is pending.
pub fn payout_paid(payout: &Payout) -> Result<Outcome, Refusal> {
    check_pending(payout)?;
    let payout = Payout { state: PayoutState::Paid, ..payout.clone() };
    let events = vec![(EventKind::PayoutPaid, Subject::of(payout.id))];
    Ok(Outcome { payouts: vec![payout], events, ..Outcome::default() })
}

/// Notes that a payout has not arrived, or came back after it had: the money is owed again. It
/// counts as credited from now on, so the first run up to a date after this one pays it.
/// `accounts` as in [`PayoutRows`].
///
/// # Errors
///
/// In this order: `PayoutClosed` when that is known; `LimitExceeded` when a total would overflow.
pub fn payout_failed(
    payout: &Payout,
    reason: Token<40>,
    accounts: &[&Account],
    context: Context,
) -> Result<Outcome, Refusal> {
    if payout.state == PayoutState::Failed {
        return Err(Refusal::PayoutClosed);
    }
    let payout = Payout { state: PayoutState::Failed, failure: Some(reason), ..payout.clone() };
    let posted = move_money(&payout, Reason::PayoutReturned, accounts, context)?;
    let events = vec![(EventKind::PayoutFailed, Subject::of(payout.id))];
    Ok(Outcome { payouts: vec![payout], posted, events, ..Outcome::default() })
}

fn check_pending(payout: &Payout) -> Result<(), Refusal> {
    if payout.state == PayoutState::Pending { Ok(()) } else { Err(Refusal::PayoutClosed) }
}

fn move_money(
    payout: &Payout,
    reason: Reason,
    rows: &[&Account],
    context: Context,
) -> Result<Posted, Refusal> {
    let currency = payout.amount.currency;
    let payable = or_open(rows, payout.payee.account(), currency);
    let clearing = or_open(rows, AccountName::RailClearing(payout.rail.clone()), currency);
    let (debit, credit) = match reason {
        Reason::PayoutReturned => (clearing.id, payable.id),
        _ => (payable.id, clearing.id),
    };
    let mut set = LinkedSet::new(context.position, reason, Subject::of(payout.id));
    set = set.with(payable).with(clearing);
    set.transfer(debit, credit, payout.amount).map_err(|_| Refusal::LimitExceeded)?;
    Ok(set.finish())
}
