//! Stripe's error codes in our words.

use super::objects::StripeError;
use crate::{FailureCode, Outcome, Unknown};

/// What an error with a 4xx status means.
pub(super) fn of_error<T>(error: &StripeError) -> Outcome<T> {
    if error.kind.as_deref() == Some("idempotency_error") {
        return Outcome::Unknown(Unknown::OperationReused);
    }
    if error.code.as_deref() == Some("idempotency_key_in_use") {
        return Outcome::Unknown(Unknown::InProgress);
    }
    Outcome::Failed(failure(error))
}

/// Why a payment failed.
pub(super) fn failure(error: &StripeError) -> FailureCode {
    let code = error.code.as_deref().unwrap_or_default();
    match code {
        "card_declined" => declined(error.decline_code.as_deref().unwrap_or_default()),
        "insufficient_funds" => FailureCode::InsufficientFunds,
        "expired_card" | "expired_payment_method" => FailureCode::ExpiredMethod,
        "authentication_required"
        | "payment_intent_authentication_failure"
        | "payment_intent_payment_attempt_expired" => FailureCode::ChallengeFailed,
        "capture_charge_authorization_expired" | "charge_expired_for_capture" => {
            FailureCode::AuthorizationLapsed
        }
        "charge_already_refunded" => FailureCode::AlreadyRefunded,
        "charge_disputed" | "refund_disputed_payment" => FailureCode::Disputed,
        "charge_not_refundable" => FailureCode::RefundWindowClosed,
        "amount_too_large" => FailureCode::AmountTooLarge,
        "amount_too_small" => FailureCode::AmountTooSmall,
        "charge_already_captured" | "payment_intent_unexpected_state" => FailureCode::WrongState,
        "resource_missing" if error.param.as_deref() == Some("payment_method") => {
            FailureCode::MethodGone
        }
        "resource_missing" => FailureCode::NotFound,
        "rate_limit" | "lock_timeout" => FailureCode::RateLimited,
        "api_key_expired" | "secret_key_required" => FailureCode::NotPermitted,
        // A refund above what is left has no code, only the parameter that is at fault.
        "" if error.param.as_deref() == Some("amount") => FailureCode::AmountTooLarge,
        _ if error.kind.as_deref() == Some("card_error") => FailureCode::Declined,
        _ => FailureCode::InvalidRequest,
    }
}

fn declined(decline_code: &str) -> FailureCode {
    match decline_code {
        "insufficient_funds" => FailureCode::InsufficientFunds,
        "expired_card" => FailureCode::ExpiredMethod,
        "authentication_required" => FailureCode::ChallengeFailed,
        "lost_card" | "stolen_card" | "pickup_card" => FailureCode::MethodGone,
        _ => FailureCode::Declined,
    }
}

/// Why a refund failed.
pub(super) fn refund_failure(reason: Option<&str>) -> FailureCode {
    match reason {
        Some("expired_or_canceled_card") => FailureCode::ExpiredMethod,
        Some("lost_or_stolen_card") => FailureCode::MethodGone,
        Some("charge_for_pending_refund_disputed") => FailureCode::Disputed,
        Some("insufficient_funds") => FailureCode::InsufficientFunds,
        _ => FailureCode::Declined,
    }
}
