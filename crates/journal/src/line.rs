use std::fmt;

use crate::encoded::EncodedValues;
use crate::value::Value;

/// Everything about a decided command that is not one of its effects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordHeader {
    /// The place of the record in its book: 1, 2, 3, … without gaps.
    pub seq: u64,
    /// The instant the command was decided at, in microseconds since 1970-01-01 UTC.
    pub at_micros: i64,
    /// The id of who gave the command.
    pub actor: [u8; 16],
    /// The stable number of the kind of command.
    pub command: u16,
    /// The idempotency key the command came with, if any.
    pub operation: Option<OperationMark>,
    /// The key of the earlier operation that this command undoes, if it undoes one.
    pub reverses: Option<Digest16>,
    /// How the command was answered.
    pub outcome: Outcome,
}

/// What recognizes a repeated command: the same key with the same fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OperationMark {
    /// The short hash of the idempotency key and its scope.
    pub key: Digest16,
    /// The short hash of what was asked; another one under the same key is a mismatch.
    pub fingerprint: Digest16,
}

/// How a command was answered: enough to answer it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The command took effect.
    Answered {
        /// The stable number of the kind of object the answer shows.
        kind: u8,
        /// The id of that object.
        id: [u8; 16],
    },
    /// A rule said no, for good: transient refusals are not written.
    Refused {
        /// The stable number of the refusal.
        code: u16,
        /// What the refusal mentions, such as the balance that was too small.
        detail: EncodedValues,
    },
}

/// The after-image of one row: what it is from this record on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The stable number of the table.
    pub table: u8,
    /// The version of the row's list of values, so that old journals stay readable.
    pub version: u8,
    /// The values of the row in the order of its version; the key is among them.
    pub values: Vec<Value>,
}

/// One movement of money, or one step in the life of a pending one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferLine {
    /// The id of the transfer.
    pub id: [u8; 16],
    /// The account that is debited.
    pub debit: [u8; 16],
    /// The account that is credited.
    pub credit: [u8; 16],
    /// The amount in minor units of the currency.
    pub amount: i64,
    /// The ISO 4217 code of the currency, three ASCII letters.
    pub currency: [u8; 3],
    /// One of the numbers in [`transfer_kind`]; carried, not judged.
    pub kind: u8,
    /// The stable number of why the money moved; carried, not judged.
    pub reason: u8,
    /// The id of what the transfer is about: a hold, a card, an order.
    pub subject: [u8; 16],
}

/// The stable numbers of [`TransferLine::kind`].
pub mod transfer_kind {
    /// Moved at once.
    pub const POSTED: u8 = 0;
    /// Reserved, to be posted, voided or expired later.
    pub const PENDING: u8 = 1;
    /// Moves what a pending transfer reserved, or a part of it.
    pub const POST: u8 = 2;
    /// Gives back what a pending transfer reserved, because somebody asked.
    pub const VOID: u8 = 3;
    /// Gives back what a pending transfer reserved, because its time was up.
    pub const EXPIRE: u8 = 4;
}

/// Something that happened, named for the people who listen to events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventLine {
    /// The stable number of the type of event.
    pub kind: u16,
    /// The id of the object it happened to.
    pub subject: [u8; 16],
}

/// A hash cut to 16 bytes: short enough to keep by the million, long enough that nobody meets
/// two equal ones by chance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest16(
    /// The bytes of the hash.
    pub [u8; 16],
);

impl fmt::Display for Digest16 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest16 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Digest16({self})")
    }
}
