//! From what a rail says of a refund to the notice of it. Pure, as for payments.

use payments::{RailRefund, RefundNotice, RefundState as Known};
use rails::{FailureCode, Outcome, RefundStage, RefundState};

use super::payment_words::word;

/// What is noted after a call. A refusal that is not final has done nothing, so the call is made
/// again later.
pub(super) fn after_call(outcome: Outcome<RefundState>) -> RefundNotice {
    match outcome {
        Outcome::Succeeded(state) => of_state(state),
        Outcome::Pending { reference } => RefundNotice::Pending { reference: Some(reference) },
        Outcome::Failed(code) if !code.is_final() => RefundNotice::NotReceived,
        Outcome::Failed(code) => failed(code),
        Outcome::RequiresAction(_) | Outcome::Unknown(_) => RefundNotice::Unknown,
    }
}

/// What is noted after a question about an attempt; nothing when nothing is wanted from the rail
/// and it has no news.
pub(super) fn after_question(
    refund: &RailRefund,
    attempt: u32,
    outcome: Outcome<Option<RefundState>>,
) -> Option<RefundNotice> {
    let is_awaited = refund.state == Known::Sent && refund.attempt == attempt;
    match outcome {
        Outcome::Succeeded(Some(state))
            if attempt == refund.attempt && is_known(refund, &state) =>
        {
            None
        }
        Outcome::Succeeded(Some(state)) => Some(of_state(state)),
        Outcome::Succeeded(None) => is_awaited.then_some(RefundNotice::NotReceived),
        Outcome::Failed(_)
        | Outcome::RequiresAction(_)
        | Outcome::Pending { .. }
        | Outcome::Unknown(_) => is_awaited.then_some(RefundNotice::Unknown),
    }
}

fn is_known(refund: &RailRefund, state: &RefundState) -> bool {
    let is_success = state.stage == RefundStage::Succeeded;
    is_success && refund.state == Known::Succeeded
}

fn of_state(state: RefundState) -> RefundNotice {
    let reference = Some(state.reference);
    match state.stage {
        RefundStage::Pending => RefundNotice::Pending { reference },
        RefundStage::Succeeded => RefundNotice::Succeeded { reference },
        RefundStage::Failed(code) => failed(code),
    }
}

/// The payer is owed the money still when there is no way to the method any more. What fails for
/// another reason can be replaced by another refund.
fn failed(code: FailureCode) -> RefundNotice {
    match code {
        FailureCode::MethodGone | FailureCode::ExpiredMethod => RefundNotice::MethodGone,
        code => RefundNotice::Failed { code: word(code) },
    }
}

#[cfg(test)]
pub(super) mod tests;
