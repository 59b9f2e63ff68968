//! What rails say, and what is noted when they say nothing.

use base::{Money, Text};

use crate::authorize::changed;
use crate::backoff::next_call_at;
use crate::{Context, EventKind, FailureCode, Outcome, Payment, PaymentState, Refusal, Step};

/// What a rail has said about the authorization of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorizationNotice {
    /// The amount is reserved.
    Authorized {
        /// The rail's own name for the payment.
        reference: Option<Text<255>>,
    },
    /// It was refused for good.
    Failed {
        /// Why.
        code: FailureCode,
    },
}

/// What a rail has said about the capture of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaptureNotice {
    /// Money was taken.
    Captured {
        /// How much.
        amount: Money,
        /// What the rail keeps of it, when it has told.
        fee: Option<Money>,
        /// The rail's own name for the payment.
        reference: Option<Text<255>>,
    },
    /// It was refused for good.
    Failed {
        /// Why.
        code: FailureCode,
    },
}

/// What a rail has said about letting go of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VoidNotice {
    /// Nothing is reserved any more, whoever let go of it.
    Voided,
    /// The rail would not let go of it; it is asked again.
    Failed,
}

/// What a rail has said about a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundNotice {
    /// The money has left the rail for the payer.
    Succeeded {
        /// The rail's own name for the refund.
        reference: Option<Text<255>>,
    },
    /// Accepted, and not settled yet.
    Pending {
        /// The rail's own name for the refund.
        reference: Option<Text<255>>,
    },
    /// It was refused for good.
    Failed {
        /// Why.
        code: FailureCode,
    },
    /// The way by which the money came does not exist any more.
    MethodGone,
    /// It had succeeded, and came back.
    Returned,
    /// The answer was not heard.
    Unknown,
    /// The rail has never heard of it: the call did not arrive.
    NotReceived,
}

/// Notes that the answer to a call, or to a question, was not heard, or that it was not final. The
/// rail is asked later. `reference` is the rail's own name for the payment, when it has told.
///
/// # Errors
///
/// `NothingToChange` when the payment is not at this step any more.
pub fn note_unknown(
    step: Step,
    reference: Option<&Text<255>>,
    payment: &Payment,
    context: Context,
) -> Result<Outcome, Refusal> {
    wait(step, payment, payment.clone().named(reference), true, context)
}

/// Notes that the rail has never heard of the operation: the call is made again, by the same
/// operation id. When the payment is not wanted any more nothing is reserved, and it is voided.
///
/// # Errors
///
/// `NothingToChange` when the payment is not at this step any more.
pub fn note_not_received(
    step: Step,
    is_wanted: bool,
    payment: &Payment,
    context: Context,
) -> Result<Outcome, Refusal> {
    let is_asked = step == Step::Authorize && payment.state == PaymentState::Authorizing;
    if is_asked && !is_wanted {
        let after = payment.settled(PaymentState::Voided);
        return Ok(changed(payment, after, EventKind::PaymentVoided));
    }
    wait(step, payment, payment.clone(), false, context)
}

fn wait(
    step: Step,
    payment: &Payment,
    told: Payment,
    is_unknown: bool,
    context: Context,
) -> Result<Outcome, Refusal> {
    if payment.step() != Some(step) {
        return Err(Refusal::NothingToChange);
    }
    let after = waiting(Payment { is_unknown, ..told }, context);
    Ok(Outcome::of_payment(payment, after))
}

/// One more call without a final answer.
pub(crate) fn waiting(payment: Payment, context: Context) -> Payment {
    let calls = payment.calls.saturating_add(1);
    Payment { calls, due_at: next_call_at(context.now, calls), ..payment }
}
