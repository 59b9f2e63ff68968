//! Requests with and without a key, alone and in atomic groups: what every model has in common.

use base::{HoldId, Instant, RefundId};
use engine::ReversalStatus;
use engine::{Answer, Command, GiftCardCommand, OperationKey, OperationRefusal, Refusal};
use giftcards::Refusal as No;
use writer::{Decided, Operation, Outcome, Request, Trouble};

use crate::Model;

/// What is known about a key.
#[derive(Clone, Debug)]
pub struct Known {
    /// What was asked under it; `None` when whatever is asked gets the same answer.
    fingerprint: Option<[u8; 16]>,
    pub(crate) did: Did,
    result: Result<Answer, Refusal>,
    seq: u64,
    at: Instant,
}

/// What there is to be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Did {
    /// It was refused, reversed, or barred.
    Nothing,
    /// Something that cannot be undone by key.
    Other,
    Hold(HoldId),
    Capture(HoldId, i64),
    Redemption(HoldId),
    Refund(RefundId),
}

/// Decides the requests of one call in order and says what its caller must be told.
pub(crate) fn decide<M: Model>(model: &mut M, requests: &[Request], atomic: bool) -> Vec<Outcome> {
    if !atomic {
        return requests.iter().map(|request| decide_one(model, request, false)).collect();
    }
    let mark = model.mark();
    let mut outcomes = Vec::new();
    for request in requests {
        let outcome = decide_one(model, request, true);
        let succeeded = outcome.as_ref().is_ok_and(|decided| decided.result.is_ok());
        outcomes.push(outcome);
        if !succeeded {
            model.roll_back(mark);
            return aborted(model, requests.len(), outcomes);
        }
    }
    outcomes
}

fn aborted<M: Model>(model: &M, count: usize, mut outcomes: Vec<Outcome>) -> Vec<Outcome> {
    let culprit = outcomes.len() - 1;
    let refusal = Refusal::Operation(OperationRefusal::BatchAborted);
    let own = outcomes.pop().expect("the culprit was just decided");
    let mut all: Vec<Outcome> = (0..count).map(|_| Ok(passing(model, Err(refusal)))).collect();
    all[culprit] = own;
    all
}

pub(crate) fn decide_one<M: Model>(model: &mut M, request: &Request, atomic: bool) -> Outcome {
    if let Some(operation) = request.operation
        && let Some(known) = model.known(operation.key)
    {
        if known.fingerprint.is_some_and(|print| print != operation.fingerprint) {
            return Err(Trouble::Mismatch);
        }
        let Known { result, seq, at, .. } = known.clone();
        return Ok(Decided { result, replayed: true, seq, at });
    }
    let before = model.captured_so_far(&request.command);
    let result = model.carry_out(&request.command, request.operation);
    let is_final = match &result {
        Ok(_) => true,
        Err(refusal) => !atomic && request.operation.is_some() && !may_change(refusal),
    };
    if !is_final {
        return Ok(passing(model, result));
    }
    model.set_seq(model.seq() + 1);
    let decided = Decided { result, replayed: false, seq: model.seq(), at: model.now() };
    if let Some(operation) = request.operation {
        let captured = model.captured_so_far(&request.command) - before;
        let did = what_it_did(&request.command, decided.result.is_ok(), captured);
        know(model, operation.key, Some(operation.fingerprint), did, &decided);
    }
    note_reversed(model, &request.command, request.operation, &decided);
    Ok(decided)
}

/// A reversed key answers from now on that it was reversed.
fn note_reversed<M: Model>(
    model: &mut M,
    command: &Command,
    own: Option<Operation>,
    decided: &Decided,
) {
    let Command::Reverse { operation } = command else { return };
    let Ok(Answer::Reversal { status, .. }) = &decided.result else { return };
    let is_own = own.is_some_and(|own| own.key == *operation);
    if *status != ReversalStatus::NothingToUndo && !is_own {
        let refusal = Refusal::Operation(OperationRefusal::Reversed);
        let decided = Decided { result: Err(refusal), ..decided.clone() };
        know(model, *operation, None, Did::Nothing, &decided);
    }
}

fn know<M: Model>(
    model: &mut M,
    key: OperationKey,
    fingerprint: Option<[u8; 16]>,
    did: Did,
    decided: &Decided,
) {
    let Decided { result, seq, at, .. } = decided.clone();
    model.know(key, Known { fingerprint, did, result, seq, at });
}

/// A decision that nobody remembers.
fn passing<M: Model>(model: &M, result: Result<Answer, Refusal>) -> Decided {
    Decided { result, replayed: false, seq: 0, at: model.now() }
}

/// True for refusals that the same request may not meet again.
fn may_change(refusal: &Refusal) -> bool {
    use claims::Refusal as Claim;
    use payments::Refusal as Payment;
    use promotions::Refusal as Promotion;
    use shop::Refusal as Shop;
    match refusal {
        Refusal::Operation(refusal) => *refusal == OperationRefusal::BatchAborted,
        Refusal::GiftCards(refusal) | Refusal::Tender { refusal, .. } => {
            matches!(refusal, No::HoldsOpen | No::NotDue | No::IdTaken | No::TooSoon { .. })
        }
        Refusal::Book(_) => false,
        // A rail that is still busy, and a rail that is at odds with itself.
        Refusal::Payments(refusal) => matches!(
            refusal,
            Payment::OutcomePending | Payment::IdTaken | Payment::Contradiction { .. }
        ),
        Refusal::Shop(refusal) => {
            matches!(refusal, Shop::IdTaken | Shop::NotDue | Shop::CheckoutPaying)
        }
        Refusal::Promotions(refusal) => matches!(
            refusal,
            Promotion::IdTaken
                | Promotion::BeingPaid
                | Promotion::SlicesOpen
                | Promotion::PaymentDisputed
                | Promotion::NotDue { .. }
                | Promotion::BillingGap { .. }
                | Promotion::AlreadyBilled { .. }
                | Promotion::BillsMissing { .. }
                | Promotion::DailyBudgetSpent
                | Promotion::NothingLeft
                | Promotion::InFuture
        ),
        Refusal::Claims(refusal) => matches!(
            refusal,
            Claim::IdTaken
                | Claim::NotDue { .. }
                | Claim::NotOver { .. }
                | Claim::AlreadyOpen { .. }
                | Claim::PaymentDisputed
                | Claim::BeingPaid
                | Claim::FactsOutdated
                | Claim::NotInReview
                | Claim::FactsMissing
                | Claim::TooManyOpen
                | Claim::AccountFrozen
        ),
    }
}

fn what_it_did(command: &Command, succeeded: bool, captured: i64) -> Did {
    use GiftCardCommand as C;
    let Command::GiftCards(command) = command else {
        return if succeeded { Did::Other } else { Did::Nothing };
    };
    match command {
        _ if !succeeded => Did::Nothing,
        C::Hold { place, .. } => Did::Hold(place.id),
        C::Redeem { place, .. } => Did::Redemption(place.id),
        C::Capture { hold, .. } => Did::Capture(*hold, captured),
        C::Refund { refund, .. } => Did::Refund(refund.id),
        _ => Did::Other,
    }
}
