//! What people do about a refund that is stuck: name another way, try again, or give it up.

use base::Instant;

use ledger::Subject;

use crate::refund_notice::fail;
use crate::{
    ConsentReason, Context, Destination, EventKind, FailureCode, Method, Outcome, Payment,
};
use crate::{RailRefund, RefundState, Refusal};

/// Sends a refund by another method, by the payer's word. `can_receive` is whether the rail of the
/// method can send money there that did not come from it: what it cannot send would wait for ever.
///
/// # Errors
///
/// In this order: `ConsentNotNeeded`; `HeldByStore`; `MethodCannotReceive`; `MethodExpired`;
/// `AmountExceedsRefundable` while a dispute takes more than there is.
pub fn consent(
    other: &Method,
    can_receive: bool,
    refund: &RailRefund,
    payment: &Payment,
    context: Context,
) -> Result<Outcome, Refusal> {
    check_stuck(refund)?;
    if other.is_store_mediated {
        return Err(Refusal::HeldByStore);
    }
    if !can_receive {
        return Err(Refusal::MethodCannotReceive);
    }
    if other.expires_before(context.now) {
        return Err(Refusal::MethodExpired);
    }
    payment.check_not_overdrawn()?;
    let destination = Destination::Other { method: other.id, consented_at: context.now };
    let refund = RailRefund { rail: other.rail.clone(), destination, ..refund.clone() };
    let again = again(&refund, other, context.now);
    let event = (EventKind::RefundRedirected, Subject::of(refund.id));
    Ok(Outcome::default().with_refund(again).with_event(event.0, event.1))
}

/// Sends a refund once more to where it was to go, for instance because the payer's bank has taken
/// the account up again. A refund that failed is not retried: it holds nothing any more, and
/// another one takes its place ([`replace_refund`](crate::replace_refund)). `method` is the
/// payment's: when an app store holds it, the store was asked, and makes the refund. One that the
/// store has made already and that came back keeps the store's name for it, so that the store's
/// word about it is never taken for one about another: it is given up and replaced.
///
/// # Errors
///
/// In this order: `ConsentNotNeeded`; `HeldByStore` when a store has made it before;
/// `AmountExceedsRefundable` while a dispute takes more than there is.
pub fn retry(
    refund: &RailRefund,
    payment: &Payment,
    method: &Method,
    context: Context,
) -> Result<Outcome, Refusal> {
    check_stuck(refund)?;
    if was_with_store(refund, method) {
        return Err(Refusal::HeldByStore);
    }
    payment.check_not_overdrawn()?;
    let mut again = again(refund, method, context.now);
    if matches!(again.state, RefundState::NeedsConsent { .. }) {
        again = again.settled(RefundState::Sent);
    }
    let outcome = Outcome::default().with_refund(again);
    Ok(outcome.with_event(EventKind::RefundRetried, Subject::of(refund.id)))
}

/// Gives up a refund that no rail can have. What it held is free; it is owed still.
///
/// # Errors
///
/// `NothingToChange` when it has failed; `OutcomePending` when the rail may have it;
/// `RefundNotOpen` when it has succeeded, was given otherwise, or a lost dispute has paid it.
pub fn give_up(
    code: &FailureCode,
    refund: &RailRefund,
    payment: &Payment,
) -> Result<Outcome, Refusal> {
    match refund.state {
        RefundState::Waiting | RefundState::NeedsConsent { .. } => fail(refund, code, payment),
        RefundState::Failed { .. } => Err(Refusal::NothingToChange),
        RefundState::Sent => Err(Refusal::OutcomePending),
        RefundState::Succeeded
        | RefundState::Settled
        | RefundState::Credited
        | RefundState::PaidByHand => Err(Refusal::RefundNotOpen),
    }
}

fn check_stuck(refund: &RailRefund) -> Result<(), Refusal> {
    match refund.state {
        RefundState::NeedsConsent { .. } => Ok(()),
        _ => Err(Refusal::ConsentNotNeeded),
    }
}

/// The next attempt: another operation for the rail, so it begins without a reference. There is
/// none of what a store has made once: a person decides.
pub(crate) fn again(refund: &RailRefund, method: &Method, now: Instant) -> RailRefund {
    if was_with_store(refund, method) {
        return refund.settled(RefundState::NeedsConsent { reason: ConsentReason::CameBack });
    }
    let attempt = refund.attempt.saturating_add(1);
    to_be_sent(&RailRefund { attempt, rail_reference: None, ..refund.clone() }, method, now)
}

/// This refund, waiting for its call. Nobody calls an app store: it makes refunds of orders by
/// itself, and must be asked by people to give back what was taken in vain.
pub(crate) fn to_be_sent(refund: &RailRefund, method: &Method, now: Instant) -> RailRefund {
    if !is_the_stores(refund, method) {
        return RailRefund { due_at: Some(now), ..refund.settled(RefundState::Waiting) };
    }
    refund.settled(match refund.order_refund {
        Some(_) => RefundState::Sent,
        None => RefundState::NeedsConsent { reason: ConsentReason::HeldByStore },
    })
}

/// Whether an app store makes the refund, and nobody else.
fn is_the_stores(refund: &RailRefund, method: &Method) -> bool {
    refund.destination == Destination::Original && method.is_store_mediated
}

/// Whether an app store has a name for it: the store has decided about it, or will.
fn was_with_store(refund: &RailRefund, method: &Method) -> bool {
    is_the_stores(refund, method) && refund.rail_reference.is_some()
}
