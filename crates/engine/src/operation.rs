//! Operations: requests with an idempotency key, and what they did.

use giftcards::Undo;

/// Keyed hash of an idempotency key, 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationKey(pub [u8; 16]);

/// What an earlier operation did, as far as undoing it is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationTrace {
    /// It moved money of a card in this way.
    Did(Undo),
    /// It did something that `reverse` does not undo.
    Irreversible,
    /// It was refused, so there is nothing to undo.
    Refused,
    /// It was undone, or barred before it arrived.
    Reversed,
}

/// Refusals about operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OperationRefusal {
    /// The operation was reversed by its key; it stays that way.
    #[error("this operation was reversed by its key")]
    Reversed,
    /// Only holds, captures, redemptions and refunds are undone by key.
    #[error("this operation cannot be reversed by its key")]
    Irreversible,
    /// Another operation of the same atomic batch was refused.
    #[error("another operation of the batch was refused")]
    BatchAborted,
}
