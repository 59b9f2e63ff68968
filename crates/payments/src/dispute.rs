//! Disputes: the payer's bank takes money back, and somebody decides whether it stays there.

use base::{Amount, DisputeId, Instant, Money, PaymentId, RailRefundId, Text, Token};
use ledger::{Account, AccountName, Reason, Subject};

use crate::cap::{less, sum};
use crate::credit::check_part_of;
use crate::limits;
use crate::owed::Shift;
use crate::post::Sheet;
use crate::{Context, EventKind, Method, Outcome, Payment, RailRefund, RefundState, Refusal};

/// The state of a dispute. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum DisputeState {
    /// Not decided; the payer's bank has the money.
    Open = 1,
    /// The payment stands; the money is back.
    Won = 2,
    /// The payment does not stand; the money is gone.
    Lost = 3,
}

impl DisputeState {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            DisputeState::Open => "open",
            DisputeState::Won => "won",
            DisputeState::Lost => "lost",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<DisputeState> {
        [DisputeState::Open, DisputeState::Won, DisputeState::Lost]
            .into_iter()
            .find(|state| *state as u8 == number)
    }
}

/// The reason of a refund that somebody has made at the rail itself: nobody disputes anything, and
/// the payer has the money without a word of ours. It is kept as a dispute that was opened and lost
/// at once, and won in a later stage when the refund comes back.
pub const REFUNDED_AT_RAIL: &str = "refunded_at_rail";

/// Money that a payer's bank takes back, or that was given back at the rail itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Its id.
    pub id: DisputeId,
    /// Of which payment.
    pub payment: PaymentId,
    /// How much the bank takes; it may be more or less than the payment.
    pub amount: Money,
    /// The bank's or the rail's machine word for why.
    pub reason: Token<40>,
    /// Until when it can be answered.
    pub due_by: Option<Instant>,
    /// What became of it.
    pub state: DisputeState,
    /// The stage it is in, from 1. A decided dispute may go on in a later stage.
    pub stage: u8,
    /// The rail's own name for it.
    pub rail_reference: Option<Text<255>>,
    /// When it was opened here.
    pub created_at: Instant,
}

impl Dispute {
    /// True for a refund that somebody has made at the rail itself.
    pub fn is_refund_at_rail(&self) -> bool {
        self.reason.as_str() == REFUNDED_AT_RAIL
    }
}

/// A dispute, or a later stage of one, as a rail tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDispute {
    /// Its id, drawn by the caller; that of the row when the dispute is known.
    pub id: DisputeId,
    /// How much the bank takes.
    pub amount: Money,
    /// Why.
    pub reason: Token<40>,
    /// Until when it can be answered.
    pub due_by: Option<Instant>,
    /// The stage it is in; 1 for rails without stages.
    pub stage: u8,
    /// The rail's own name for it.
    pub rail_reference: Option<Text<255>>,
}

/// Accounts on which a dispute is posted, each when it was opened before.
#[derive(Clone, Copy, Debug, Default)]
pub struct DisputeAccounts<'a> {
    /// `rail/{rail}/clearing` of the payment.
    pub clearing: Option<&'a Account>,
    /// `rail/{rail}/disputes` of the payment.
    pub disputes: Option<&'a Account>,
    /// `chargeback/loss`.
    pub loss: Option<&'a Account>,
    /// `refund/payable`.
    pub payable: Option<&'a Account>,
}

/// An id for what a dispute cuts off a refund, drawn by the caller.
#[derive(Clone, Copy, Debug)]
pub struct Rest<'a> {
    /// The id.
    pub id: RailRefundId,
    /// The refund that has it, if there is one.
    pub existing: Option<&'a RailRefund>,
}

/// Rows a dispute is decided on.
#[derive(Clone, Copy, Debug)]
pub struct DisputeRows<'a> {
    /// The payment.
    pub payment: &'a Payment,
    /// Those of its refunds that it lists as not settled. One that is not told stays as it is, but
    /// it is not sent while a dispute needs its money.
    pub refunds: &'a [&'a RailRefund],
    /// Accounts.
    pub accounts: DisputeAccounts<'a>,
}

/// Notes that a dispute was opened, or goes on in a later stage.
///
/// The amount is posted in full, debit `rail/{rail}/disputes`, credit `rail/{rail}/clearing` (or
/// `chargeback/loss` when it had been lost), and blocks refunds as far as the payment goes.
///
/// It first takes what nobody has asked back, then refunds that no rail can have, the newest first:
/// they fail with the code `disputed`. Of the last of these it may take a part alone, which is a
/// refund of its own then, with the id `rest`. What was sent stays.
///
/// When it had been lost and had paid refunds, these are owed again, credit `refund/payable`: as
/// one refund with the id `rest` that has failed.
///
/// # Errors
///
/// In this order: `IdTaken` by a dispute of another payment, or by a refund; `NotCaptured`;
/// `CurrencyMismatch`; `LimitExceeded` when nothing is taken, more than [`limits::AMOUNT_MAX`], or
/// a total would overflow; `NothingToChange` when this stage or a later one is known;
/// `Contradiction` when it is known with another amount. When it is a refund that was made at the
/// rail, and takes money: `OutcomePending` while the rail may have a refund of ours of that amount
/// by a name that we do not know; `Contradiction` when it is more than is not lost of the capture.
pub fn open_dispute(
    new: &OpenDispute,
    rows: DisputeRows<'_>,
    rest: Rest<'_>,
    existing: Option<&Dispute>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let payment = rows.payment;
    let is_anothers = existing.is_some_and(|known| known.payment != payment.id);
    if is_anothers || rest.existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    check_part_of(payment, new.amount)?;
    if new.amount.amount.minor() > limits::AMOUNT_MAX {
        return Err(Refusal::LimitExceeded);
    }
    let before = existing.map(|known| known.state);
    existing.map_or(Ok(()), |known| check_goes_on(new, known))?;
    let amount = new.amount.amount;
    let mut shift = Shift::of(payment.clone());
    let mut owed_again = Amount::ZERO;
    match before {
        Some(DisputeState::Open) => {}
        Some(DisputeState::Lost) => {
            shift.payment.lost = less(payment.lost, amount)?;
            owed_again = shift.unsettle(rest, context)?;
        }
        Some(DisputeState::Won) | None => {
            check_refund_at_rail(new, rows)?;
            shift.payment.disputed = sum(payment.disputed, amount)?;
            shift.displace(rows.refunds, rest.id, context)?;
        }
    }
    let dispute = Dispute {
        id: new.id,
        payment: payment.id,
        amount: new.amount,
        reason: new.reason.clone(),
        due_by: new.due_by,
        state: DisputeState::Open,
        stage: new.stage,
        rail_reference: new.rail_reference.clone(),
        created_at: existing.map_or(context.now, |known| known.created_at),
    };
    let from = match before {
        Some(DisputeState::Open) => None,
        Some(DisputeState::Lost) => Some(Place::Loss),
        Some(DisputeState::Won) | None => Some(Place::Clearing),
    };
    let mut posting = Posting::of(Reason::DisputeOpened, &dispute, rows, context);
    if let Some(from) = from {
        posting.post(Place::Disputes, from, less(amount, owed_again)?)?;
        posting.post(Place::Disputes, Place::Payable, owed_again)?;
    }
    let kind = match existing {
        Some(_) => EventKind::DisputeReopened,
        None => EventKind::DisputeOpened,
    };
    Ok(told(shift, kind, dispute, payment, posting))
}

/// Whether a known dispute goes on in a later stage. Only a won one may go on with another amount:
/// of any other the money is posted.
fn check_goes_on(new: &OpenDispute, known: &Dispute) -> Result<(), Refusal> {
    let told = "opened with another amount";
    if new.stage < known.stage {
        return Err(Refusal::NothingToChange);
    }
    let is_back = known.state == DisputeState::Won && new.stage > known.stage;
    if new.amount != known.amount && !is_back {
        return Err(Refusal::Contradiction { known: known.state.as_str(), told });
    }
    if new.stage == known.stage { Err(Refusal::NothingToChange) } else { Ok(()) }
}

/// Notes that a dispute was decided for us: what it took is free again. Refunds that disputes have
/// taken go on as far as there is room, the oldest first; of the last of these a part alone may go
/// on, as a refund of its own with the id `rest`. `method` is the payment's.
///
/// Posts, debit `rail/{rail}/clearing`, credit `rail/{rail}/disputes`.
///
/// # Errors
///
/// In this order: `IdTaken` by a refund; `NothingToChange` when that, or a later stage, is known;
/// `DisputeNotOpen` at this stage; `Contradiction` when it was lost at this stage; `LimitExceeded`
/// when a total would overflow.
pub fn win(
    stage: u8,
    dispute: &Dispute,
    rows: DisputeRows<'_>,
    rest: Rest<'_>,
    method: &Method,
    context: Context,
) -> Result<Outcome, Refusal> {
    if rest.existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    check_decision(stage, dispute, DisputeState::Won)?;
    let payment = rows.payment;
    let mut shift = Shift::of(payment.clone());
    shift.payment.disputed = less(payment.disputed, dispute.amount.amount)?;
    shift.resume(rows.refunds, rest.id, method, context)?;
    let mut posting = Posting::of(Reason::DisputeWon, dispute, rows, context);
    posting.post(Place::Clearing, Place::Disputes, dispute.amount.amount)?;
    let won = Dispute { state: DisputeState::Won, ..dispute.clone() };
    Ok(told(shift, EventKind::DisputeWon, won, payment, posting))
}

/// Notes that a dispute was decided against us: what it took stays taken. What it took of refunds
/// that are not sent is owed no more, because the payer has it from the bank; they are settled, or
/// smaller by that much. The rest is lost.
///
/// Posts, debit `refund/payable` and `chargeback/loss`, credit `rail/{rail}/disputes`.
///
/// # Errors
///
/// As [`win`], with won and lost exchanged, and no id taken.
pub fn lose(
    stage: u8,
    dispute: &Dispute,
    rows: DisputeRows<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    check_decision(stage, dispute, DisputeState::Lost)?;
    let payment = rows.payment;
    let mut shift = Shift::of(payment.clone());
    shift.payment.lost = sum(payment.lost, dispute.amount.amount)?;
    let paid = shift.settle(rows.refunds)?;
    let mut posting = Posting::of(Reason::DisputeLost, dispute, rows, context);
    posting.post(Place::Payable, Place::Disputes, paid)?;
    posting.post(Place::Loss, Place::Disputes, less(dispute.amount.amount, paid)?)?;
    let lost = Dispute { state: DisputeState::Lost, ..dispute.clone() };
    Ok(told(shift, EventKind::DisputeLost, lost, payment, posting))
}

/// Whether a refund that was made at the rail, if this is one, can be none of ours, and can have
/// been made. What was refunded by us is not held against it: that may have been paid by hand, or
/// have come back, and the rail lets nobody refund more than it has. Nor is what a bank disputes:
/// it may ask for the same money once more, until that is decided.
fn check_refund_at_rail(new: &OpenDispute, rows: DisputeRows<'_>) -> Result<(), Refusal> {
    if new.reason.as_str() != REFUNDED_AT_RAIL {
        return Ok(());
    }
    let amount = new.amount.amount;
    let may_be_it = |row: &&RailRefund| {
        let is_nameless = row.state == RefundState::Sent && row.rail_reference.is_none();
        is_nameless && row.amount == new.amount
    };
    if rows.refunds.iter().any(may_be_it) {
        return Err(Refusal::OutcomePending);
    }
    if amount > rows.payment.captured.saturating_sub(rows.payment.lost) {
        return Err(Refusal::Contradiction { known: "lost", told: "refunded" });
    }
    Ok(())
}

fn check_decision(stage: u8, dispute: &Dispute, to: DisputeState) -> Result<(), Refusal> {
    if stage < dispute.stage || (stage == dispute.stage && dispute.state == to) {
        return Err(Refusal::NothingToChange);
    }
    if stage > dispute.stage {
        return Err(Refusal::DisputeNotOpen);
    }
    if dispute.state != DisputeState::Open {
        let (known, told) = (dispute.state.as_str(), to.as_str());
        return Err(Refusal::Contradiction { known, told });
    }
    Ok(())
}

/// The dispute's own event comes first.
fn told(
    shift: Shift,
    kind: EventKind,
    dispute: Dispute,
    before: &Payment,
    posting: Posting<'_>,
) -> Outcome {
    let mut outcome = shift.into_outcome(before).with_posted(posting.sheet.finish());
    outcome.events.insert(0, (kind, Subject::of(dispute.id)));
    outcome.disputes.push(dispute);
    outcome
}

/// The accounts a dispute moves money between.
#[derive(Clone, Copy)]
enum Place {
    Clearing,
    Disputes,
    Loss,
    Payable,
}

/// What a dispute moves.
struct Posting<'a> {
    sheet: Sheet,
    reason: Reason,
    rows: DisputeRows<'a>,
}

impl<'a> Posting<'a> {
    fn of(
        reason: Reason,
        dispute: &Dispute,
        rows: DisputeRows<'a>,
        context: Context,
    ) -> Posting<'a> {
        Posting { sheet: Sheet::new(context, reason, Subject::of(dispute.id)), reason, rows }
    }

    fn post(&mut self, debit: Place, credit: Place, amount: Amount) -> Result<(), Refusal> {
        let DisputeRows { payment, accounts, .. } = self.rows;
        let [debit, credit] = [debit, credit].map(|place| {
            let rail = payment.rail.clone();
            let (row, name) = match place {
                Place::Clearing => (accounts.clearing, AccountName::RailClearing(rail)),
                Place::Disputes => (accounts.disputes, AccountName::RailDisputes(rail)),
                Place::Loss => (accounts.loss, AccountName::ChargebackLoss),
                Place::Payable => (accounts.payable, AccountName::RefundPayable),
            };
            Account::or_open(row, name, payment.amount.currency)
        });
        self.sheet.transfer_some(self.reason, &debit, &credit, payment.money(amount))
    }
}
