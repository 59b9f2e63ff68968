//! Letting go of what was reserved.

use crate::authorize::{changed, contradiction};
use crate::notice::waiting;
use crate::{Context, EventKind, Outcome, Payment, PaymentState, Refusal, VoidNotice};

/// Asks to let go of what is reserved, or of what waits for the payer.
///
/// # Errors
///
/// `NothingToChange` when that was asked or done before, or the payment has failed;
/// `OutcomePending` while the rail is asked to authorize or to capture: a void could overtake that;
/// `AlreadyCaptured`.
pub fn begin_void(payment: &Payment, context: Context) -> Result<Outcome, Refusal> {
    match payment.state {
        PaymentState::Authorized | PaymentState::RequiresAction { .. } => {
            let after = payment.starting(PaymentState::Voiding, context.now);
            Ok(Outcome::of_payment(payment, after))
        }
        PaymentState::Voiding | PaymentState::Voided | PaymentState::Failed { .. } => {
            Err(Refusal::NothingToChange)
        }
        PaymentState::Authorizing | PaymentState::Capturing => Err(Refusal::OutcomePending),
        PaymentState::Captured => Err(Refusal::AlreadyCaptured),
    }
}

/// Notes what the rail has said about letting go. A rail may let go by itself, because a
/// reservation has lapsed: in every open state the payment is voided then.
///
/// # Errors
///
/// `NothingToChange`; `Contradiction` when the money was taken and is said to be let go, or no void
/// was asked for and one is said to have been refused.
pub fn note_void(
    notice: &VoidNotice,
    payment: &Payment,
    context: Context,
) -> Result<Outcome, Refusal> {
    match (notice, &payment.state) {
        (_, PaymentState::Voided | PaymentState::Failed { .. })
        | (VoidNotice::Failed, PaymentState::Captured) => Err(Refusal::NothingToChange),
        (VoidNotice::Voided, PaymentState::Captured) => Err(contradiction(payment, "voided")),
        (VoidNotice::Voided, _) => {
            let after = payment.settled(PaymentState::Voided);
            Ok(changed(payment, after, EventKind::PaymentVoided))
        }
        (VoidNotice::Failed, PaymentState::Voiding) => {
            let after = waiting(Payment { is_unknown: false, ..payment.clone() }, context);
            Ok(Outcome::of_payment(payment, after))
        }
        (VoidNotice::Failed, _) => Err(contradiction(payment, "refused to void")),
    }
}
