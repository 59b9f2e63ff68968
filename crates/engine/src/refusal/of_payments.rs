//! Refusals of payments: their codes, and their numbers from 200 on.

use payments::Refusal;

super::stored_refusals! {
    Refusal {
        MethodNotFound = 200 => "payment_method_not_found",
        PaymentNotFound = 201 => "payment_not_found",
        RefundNotFound = 202 => "rail_refund_not_found",
        DisputeNotFound = 203 => "dispute_not_found",
        IdTaken = 204 => "id_taken",
        NothingToChange = 205 => "nothing_to_change",
        OutcomePending = 206 => "outcome_pending",
        NotAuthorized = 208 => "payment_not_authorized",
        NotCaptured = 209 => "payment_not_captured",
        AlreadyCaptured = 210 => "payment_captured",
        RefundNotOpen = 211 => "rail_refund_not_open",
        ConsentNotNeeded = 212 => "consent_not_needed",
        MethodExpired = 213 => "payment_method_expired",
        HeldByStore = 214 => "held_by_store",
        DisputeNotOpen = 215 => "dispute_not_open",
        CurrencyMismatch = 216 => "currency_mismatch",
        LimitExceeded = 217 => "limit_exceeded",
        RefundNotFailed = 219 => "rail_refund_not_failed",
        MethodCannotReceive = 220 => "payment_method_cannot_receive",
    }
    telling an amount {
        AmountExceedsRefundable { refundable } = 218 => "amount_exceeds_refundable",
    }
    telling words {
        Contradiction = 207 => "rail_contradiction",
    }
}
