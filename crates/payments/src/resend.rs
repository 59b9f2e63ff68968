//! What people do about a refund that is stuck: name another way, try again, or give it up.

use base::Instant;

use ledger::Subject;

use crate::refund_notice::fail;
use crate::{Context, Destination, EventKind, FailureCode, Method, Outcome, Payment, RailRefund};
use crate::{RefundState, Refusal};

/// Sends a refund by another method, by the payer's word.
///
/// # Errors
///
/// In this order: `ConsentNotNeeded`; `HeldByStore`; `MethodExpired`; `AmountExceedsRefundable`
/// while a dispute takes more than there is.
pub fn consent(
    other: &Method,
    refund: &RailRefund,
    payment: &Payment,
    context: Context,
) -> Result<Outcome, Refusal> {
    check_stuck(refund)?;
    if other.is_store_mediated {
        return Err(Refusal::HeldByStore);
    }
    if other.expires_before(context.now) {
        return Err(Refusal::MethodExpired);
    }
    payment.check_not_overdrawn()?;
    let destination = Destination::Other { method: other.id, consented_at: context.now };
    let refund = RailRefund { rail: other.rail.clone(), destination, ..refund.clone() };
    let again = again(&refund, context.now);
    let event = (EventKind::RefundRedirected, Subject::of(refund.id));
    Ok(Outcome::default().with_refund(again).with_event(event.0, event.1))
}

/// Sends a refund once more to where it was to go, for instance because the payer's bank has taken
/// the account up again. A refund that failed is not retried: it holds nothing any more, and
/// another one takes its place ([`replace_refund`](crate::replace_refund)).
///
/// # Errors
///
/// In this order: `ConsentNotNeeded`; `AmountExceedsRefundable` while a dispute takes more than
/// there is.
pub fn retry(refund: &RailRefund, payment: &Payment, context: Context) -> Result<Outcome, Refusal> {
    check_stuck(refund)?;
    payment.check_not_overdrawn()?;
    let again = again(refund, context.now);
    let outcome = Outcome::default().with_refund(again);
    Ok(outcome.with_event(EventKind::RefundRetried, Subject::of(refund.id)))
}

/// Gives up a refund that no rail can have. What it held is free, and can go back in another way.
///
/// # Errors
///
/// `NothingToChange` when it has failed; `OutcomePending` when the rail may have it;
/// `RefundNotOpen` when it has succeeded.
pub fn give_up(
    code: &FailureCode,
    refund: &RailRefund,
    payment: &Payment,
) -> Result<Outcome, Refusal> {
    match refund.state {
        RefundState::Waiting | RefundState::NeedsConsent { .. } => fail(refund, code, payment),
        RefundState::Failed { .. } => Err(Refusal::NothingToChange),
        RefundState::Sent => Err(Refusal::OutcomePending),
        RefundState::Succeeded => Err(Refusal::RefundNotOpen),
    }
}

fn check_stuck(refund: &RailRefund) -> Result<(), Refusal> {
    match refund.state {
        RefundState::NeedsConsent { .. } => Ok(()),
        _ => Err(Refusal::ConsentNotNeeded),
    }
}

/// The next attempt: another operation for the rail, so it begins without a reference.
fn again(refund: &RailRefund, now: Instant) -> RailRefund {
    RailRefund {
        attempt: refund.attempt.saturating_add(1),
        rail_reference: None,
        due_at: Some(now),
        ..refund.settled(RefundState::Waiting)
    }
}
