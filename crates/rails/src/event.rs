//! Messages of rails, after they were checked.

use base::{Instant, Text};

use crate::{DisputeState, PaymentState, Reference, RefundState};

/// A header of a message: name and value. Names are compared without regard to case.
pub type Header<'a> = (&'a str, &'a str);

/// A rail says that something changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RailEvent {
    /// The rail's id of the message. The same id twice is the same message twice.
    pub id: Text<255>,
    /// When it changed, by the rail's clock.
    pub at: Instant,
    /// What changed, as it was then.
    pub change: Change,
}

/// What changed at a rail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A payment.
    Payment(PaymentState),
    /// A refund.
    Refund(RefundState),
    /// A dispute.
    Dispute(DisputeState),
    /// Something of this payment was disputed or refunded, in a way that the message does not tell
    /// in words of ours.
    TakenBack(Reference),
}

/// Why a message is not believed; checked in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The header with the signature is missing or not in its form.
    #[error("the signature is missing or not in its form")]
    NoSignature,
    /// No signature in it was made with a secret of ours.
    #[error("the message was not signed with the secret of this endpoint")]
    Forged,
    /// It was signed too long ago, or in the future: perhaps somebody sends it again.
    #[error("the message was signed too long ago, or the clocks differ")]
    OutOfTime,
    /// It is signed, and cannot be read. The adapter and the rail's version do not fit.
    #[error("the message is signed but cannot be read")]
    Unreadable,
}
