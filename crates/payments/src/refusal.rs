//! Named refusals of payments.

use base::Money;

/// Why something about a payment was refused. When several apply, the first in the order that the
/// rule tells is the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such method.
    #[error("no such payment method")]
    MethodNotFound,
    /// There is no such payment.
    #[error("no such payment")]
    PaymentNotFound,
    /// There is no such refund.
    #[error("no such refund")]
    RefundNotFound,
    /// There is no such dispute.
    #[error("no such dispute")]
    DisputeNotFound,
    /// An object of this id exists.
    #[error("the id is taken")]
    IdTaken,
    /// The notice says what is known, or what was known before; or nothing was to be changed.
    #[error("this is known already")]
    NothingToChange,
    /// What the rail was asked last is not known yet; ask again later.
    #[error("the rail has not answered yet")]
    OutcomePending,
    /// The rail has said something that cannot be true after what it said before. A person must
    /// compare with the rail; nothing was changed.
    #[error("the rail said {told}, but {known} is known")]
    Contradiction {
        /// What the row says.
        known: &'static str,
        /// What the rail has said.
        told: &'static str,
    },
    /// The payment is not authorized, so there is nothing to capture.
    #[error("the payment is not authorized")]
    NotAuthorized,
    /// The payment is not captured, so there is nothing to give back.
    #[error("the payment is not captured")]
    NotCaptured,
    /// The payment is captured: refund it instead.
    #[error("the payment is captured; refund it instead")]
    AlreadyCaptured,
    /// The refund has succeeded, failed, or waits for consent.
    #[error("the refund cannot be sent or stopped now")]
    RefundNotOpen,
    /// The refund has not failed, so no other takes its place.
    #[error("the refund has not failed")]
    RefundNotFailed,
    /// The refund does not wait for consent.
    #[error("the refund does not wait for consent")]
    ConsentNotNeeded,
    /// The other method has expired.
    #[error("the payment method has expired")]
    MethodExpired,
    /// An app store holds the other method, and sends nothing by it but its own refunds.
    #[error("an app store holds the payment method")]
    HeldByStore,
    /// The rail of the other method cannot send money there that did not come from it.
    #[error("the rail cannot send money to this payment method")]
    MethodCannotReceive,
    /// This stage of the dispute was not opened here.
    #[error("the dispute is not open at this stage")]
    DisputeNotOpen,
    /// Another currency than that of the payment.
    #[error("the payment is in another currency")]
    CurrencyMismatch,
    /// Nothing was asked for, or more than a limit allows.
    #[error("a limit would be exceeded")]
    LimitExceeded,
    /// More than may still be given back of the payment.
    #[error("more than may be given back of the payment")]
    AmountExceedsRefundable {
        /// What may still be given back.
        refundable: Money,
    },
}
