//! The record format of a book's journal, and the hash chain that holds it together.

#![doc = include_str!("../README.md")]

mod block;
mod builder;
pub mod chain;
mod cursor;
mod encoded;
mod error;
mod line;
mod read;
mod v1;
pub mod value;

pub use block::Block;
pub use builder::{BlockBuilder, Mark, RecordBuilder};
pub use chain::{ChainError, ChainHead, GENESIS_HASH, Verifier};
pub use encoded::{EncodedSink, EncodedSource, EncodedValues};
pub use error::ReadError;
pub use line::{
    Change, Digest16, EventLine, OperationMark, Outcome, RecordHeader, TransferLine, transfer_kind,
};
pub use read::{ChangeRef, Changes, Record, Records};
pub use value::{Value, ValueKind, ValueSink, ValueSource, ValuesReader};

/// The version of the body layout that [`BlockBuilder`] writes: the first byte of every body.
pub const FORMAT_VERSION: u8 = 1;
