//! The writer of a book: one thread that decides, commits and answers.
//!
//! # Vocabulary
//!
//! * **Batch**: whatever waits in the queue when the writer is free, at most
//!   [`Options::batch_commands_max`]. There is no timer: a lone command is a batch of one.
//! * **Unswept**: changed in the journal and in memory, but not yet in its table.
//! * **Round**: one pass of the sweep over every unswept row in key order. When it ends, the
//!   watermark rises to the sequence at which it began.
//! * **Lease**: until when answers may leave that no commit has proven. See [`Lease`].
//! * **Known**: how far a book got, whatever its store shows later. See [`Known`].
//! * **Removal**: blocks at the beginning of the journal leave it once they are archived. See
//!   [`Handle::remove`].
//! * **Operation**: a request with an idempotency key. See [`Operation`].
//!
//! # Invariants
//!
//! * Nothing is answered before the transaction that contains it is synced.
//! * An answer that needed no block leaves only within the lease of the book. One that did is
//!   proven by its commit, which no former owner can make.
//! * A transaction that fails leaves memory as it was before its batch.
//! * Rows, entries and watermark move in the same transaction as the journal block, and only
//!   when the head row is what the writer believes it to be.
//! * Memory is bounded: unswept rows up to about twice their target, and a cache.
//! * A block leaves the journal only when an archive has it, the tables do not need it, and no key
//!   that is still known is answered from it.
//! * An operation is decided once. Whoever repeats it gets the first answer, made from its
//!   journal record.
//! * A book that ends before what is known of it is not opened.
//! * When the writer cannot know what is on disk, it ends; it does not guess.

mod batch;
mod commit;
mod encode;
mod figures;
mod handle;
mod histogram;
mod known;
mod lease;
mod memory;
mod opening;
mod operations;
mod options;
mod queue;
mod refused;
mod removal;
mod replay;
mod running;
mod time;
mod writer;

pub use figures::Figures;
pub use handle::{Decided, Handle, Operation, Outcome, Request, Trouble};
pub use histogram::Histogram;
pub use known::{Known, Mark};
pub use lease::Lease;
pub use opening::{BookSpec, OpenError};
pub use options::Options;
pub use removal::{Archived, Removal};
pub use running::{Running, spawn, spawn_after, spawn_leased};
pub use time::Times;
pub use writer::Writer;
