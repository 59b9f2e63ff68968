//! The writer of a book: one thread that decides, commits and answers.
//!
//! # Vocabulary
//!
//! * **Batch**: whatever waits in the queue when the writer is free, at most
//!   [`Options::batch_commands_max`]. There is no timer: a lone command is a batch of one.
//! * **Unswept**: changed in the journal and in memory, but not yet in its table.
//! * **Round**: one pass of the sweep over every unswept row in key order. When it ends, the
//!   watermark rises to the sequence at which it began.
//! * **Operation**: a request with an idempotency key. See [`Operation`].
//!
//! # Invariants
//!
//! * Nothing is answered before the transaction that contains it is synced.
//! * A transaction that fails leaves memory as it was before its batch.
//! * Rows, entries and watermark move in the same transaction as the journal block, and only
//!   when the head row is what the writer believes it to be.
//! * Memory is bounded: unswept rows up to about twice their target, and a cache.
//! * An operation is decided once. Whoever repeats it gets the first answer, made from its
//!   journal record.
//! * When the writer cannot know what is on disk, it ends; it does not guess.

mod batch;
mod commit;
mod encode;
mod figures;
mod handle;
mod histogram;
mod memory;
mod operations;
mod options;
mod queue;
mod refused;
mod replay;
mod time;
mod writer;

pub use figures::Figures;
pub use handle::{Decided, Handle, Operation, Outcome, Request, Trouble};
pub use histogram::Histogram;
pub use options::Options;
pub use time::Times;
pub use writer::{BookSpec, OpenError, Running, Writer, spawn};
