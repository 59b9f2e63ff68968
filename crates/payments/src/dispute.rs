//! Disputes: the payer's bank takes money back, and somebody decides whether it stays there.

use base::{DisputeId, Instant, Money, PaymentId, Text, Token};
use ledger::{Account, AccountName, Posted, Reason, Subject};

use crate::cap::sum;
use crate::credit::check_part_of;
use crate::post::Sheet;
use crate::{Context, EventKind, FailureCode, Outcome, Payment, RailRefund, Refusal, limits};

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

/// Money that a payer's bank takes back.
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
}

/// Notes that a dispute was opened, or goes on in a later stage.
///
/// The amount is posted in full, debit `rail/{rail}/disputes`, credit `rail/{rail}/clearing` (or
/// `chargeback/loss` when it had been lost), and blocks refunds as far as the payment goes.
///
/// `refunds` are the payment's open refunds. Those that no rail can have and that do not fit any
/// more are cancelled with the code `disputed`; the older ones stay when they fit. What was sent
/// stays. So does a refund that is not told, but it is not sent while the dispute needs its money.
///
/// # Errors
///
/// In this order: `IdTaken` by a dispute of another payment; `NotCaptured`; `CurrencyMismatch`;
/// `LimitExceeded` when nothing is taken, more than [`limits::AMOUNT_MAX`], or a total would
/// overflow; `NothingToChange` when this stage or a later one is known; `Contradiction` when it is
/// known with another amount.
pub fn open_dispute(
    new: &OpenDispute,
    payment: &Payment,
    refunds: &[&RailRefund],
    existing: Option<&Dispute>,
    accounts: DisputeAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if existing.is_some_and(|known| known.payment != payment.id) {
        return Err(Refusal::IdTaken);
    }
    check_part_of(payment, new.amount)?;
    if new.amount.amount.minor() > limits::AMOUNT_MAX {
        return Err(Refusal::LimitExceeded);
    }
    let before = existing.map(|known| (known.state, known.amount));
    existing.map_or(Ok(()), |known| check_goes_on(new, known))?;
    let mut after = payment.clone();
    let is_counted = matches!(before, Some((DisputeState::Open | DisputeState::Lost, _)));
    if !is_counted {
        after.disputed = sum(payment.disputed, new.amount.amount)?;
    }
    let mut cancelled = Vec::new();
    for refund in displaced(&after, refunds) {
        after = after.release(refund.id, refund.amount.amount)?;
        cancelled.push(refund);
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
        Some((DisputeState::Open, _)) => None,
        Some((DisputeState::Lost, _)) => Some(Place::Loss),
        Some((DisputeState::Won, _)) | None => Some(Place::Clearing),
    };
    let ways = from.map(|from| (Reason::DisputeOpened, Place::Disputes, from));
    let posted = post(ways, &dispute, payment, accounts, context)?;
    let kind = match existing {
        Some(_) => EventKind::DisputeReopened,
        None => EventKind::DisputeOpened,
    };
    let mut outcome = Outcome::of_payment(payment, after).with_posted(posted);
    outcome = outcome.with_event(kind, Subject::of(dispute.id));
    outcome.disputes.push(dispute);
    let code = FailureCode::new("disputed").map_err(|_| Refusal::LimitExceeded)?;
    for refund in cancelled {
        let subject = Subject::of(refund.id);
        outcome = outcome.with_refund(refund.failed(code.clone()));
        outcome = outcome.with_event(EventKind::RefundFailed, subject);
    }
    Ok(outcome)
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

/// The refunds that must give way: of those that no rail can have, the oldest stay while they fit
/// beside what is sent, settled and disputed.
fn displaced<'a>(payment: &Payment, refunds: &[&'a RailRefund]) -> Vec<&'a RailRefund> {
    let is_ours = |refund: &&&RailRefund| refund.payment == payment.id && refund.state.is_here();
    let mut here: Vec<&RailRefund> = refunds.iter().filter(is_ours).copied().collect();
    let age = |refund: &&RailRefund| payment.open_refunds.iter().position(|id| *id == refund.id);
    here.sort_by_key(age);
    let total: i64 = here.iter().map(|refund| refund.amount.amount.minor()).sum();
    let beyond = payment.disputed_beyond_cap().minor();
    // What is beyond the cap must come from these; the rest of them fits.
    let mut room = (total - beyond).max(0);
    here.retain(|refund| {
        let amount = refund.amount.amount.minor();
        let fits = amount <= room;
        room -= if fits { amount } else { 0 };
        !fits
    });
    here
}

/// Notes that a dispute was decided for us: what it took is free again. Refunds that it cancelled
/// stay cancelled.
///
/// Posts, debit `rail/{rail}/clearing`, credit `rail/{rail}/disputes`.
///
/// # Errors
///
/// In this order: `NothingToChange` when that, or a later stage, is known; `DisputeNotOpen` at this
/// stage; `Contradiction` when it was lost at this stage; `LimitExceeded` when a total would
/// overflow.
pub fn win(
    stage: u8,
    dispute: &Dispute,
    payment: &Payment,
    accounts: DisputeAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    check_decision(stage, dispute, DisputeState::Won)?;
    let disputed = payment.disputed.checked_sub(dispute.amount.amount);
    let disputed = disputed.ok_or(Refusal::LimitExceeded)?;
    let after = Payment { disputed, ..payment.clone() };
    let way = (Reason::DisputeWon, Place::Clearing, Place::Disputes);
    let posted = post(Some(way), dispute, payment, accounts, context)?;
    let outcome = Outcome::of_payment(payment, after).with_posted(posted);
    Ok(decided(outcome, dispute, DisputeState::Won, EventKind::DisputeWon))
}

/// Notes that a dispute was decided against us: what it took stays taken.
///
/// Posts, debit `chargeback/loss`, credit `rail/{rail}/disputes`.
///
/// # Errors
///
/// As [`win`], with won and lost exchanged.
pub fn lose(
    stage: u8,
    dispute: &Dispute,
    payment: &Payment,
    accounts: DisputeAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    check_decision(stage, dispute, DisputeState::Lost)?;
    let way = (Reason::DisputeLost, Place::Loss, Place::Disputes);
    let posted = post(Some(way), dispute, payment, accounts, context)?;
    let outcome = Outcome::default().with_posted(posted);
    Ok(decided(outcome, dispute, DisputeState::Lost, EventKind::DisputeLost))
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

fn decided(
    mut outcome: Outcome,
    dispute: &Dispute,
    state: DisputeState,
    kind: EventKind,
) -> Outcome {
    outcome.disputes.push(Dispute { state, ..dispute.clone() });
    outcome.with_event(kind, Subject::of(dispute.id))
}

/// The accounts a dispute moves money between.
#[derive(Clone, Copy)]
enum Place {
    Clearing,
    Disputes,
    Loss,
}

/// Posts the dispute's amount: why, debit, credit.
fn post(
    way: Option<(Reason, Place, Place)>,
    dispute: &Dispute,
    payment: &Payment,
    accounts: DisputeAccounts<'_>,
    context: Context,
) -> Result<Posted, Refusal> {
    let Some((reason, debit, credit)) = way else { return Ok(Posted::default()) };
    let [debit, credit] = [debit, credit].map(|place| {
        let rail = payment.rail.clone();
        let (row, name) = match place {
            Place::Clearing => (accounts.clearing, AccountName::RailClearing(rail)),
            Place::Disputes => (accounts.disputes, AccountName::RailDisputes(rail)),
            Place::Loss => (accounts.loss, AccountName::ChargebackLoss),
        };
        Account::or_open(row, name, dispute.amount.currency)
    });
    let mut sheet = Sheet::new(context, reason, Subject::of(dispute.id));
    sheet.transfer(reason, &debit, &credit, dispute.amount)?;
    Ok(sheet.finish())
}
