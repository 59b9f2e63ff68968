//! Copies of books: from one store to another, into a backup file, and back out of it.
//!
//! # Vocabulary
//!
//! * **Place**: what holds books with their control records: a data folder, a database.
//! * **Stream**: a book as it goes by: journal with entries, then rows, then operation runs.
//! * **Sink**: whatever takes a stream: a [`Filler`], a [`Tally`], a [`BackupWriter`].
//! * **Summary**: counts, totals and a digest of a book; equal books have equal summaries.
//! * **Segment**: a stretch of a journal sealed into a file of its own.
//! * **Incarnation**: the number of a book that a restore changes.
//! * **Outgoing**: what leaves a book by itself: webhook endpoints and mails, and how far they are.
//!
//! # Invariants
//!
//! * A stream is read inside one snapshot, so journal, tables and runs are of one instant.
//! * Every block that goes by is checked: its hash, and that it follows the one before.
//! * A book is listed, and so can be served, only once it was filled and compared.
//! * What leaves a book is there before the book is listed, and is never further than the book:
//!   what is told again does harm to nobody, what is left out is missed. A restored book tells
//!   endpoints nothing by itself.
//! * Nothing here knows an engine, a file system, a clock or randomness.
//!
//! `docs/backup.md` has the format of a backup, `docs/moving.md` tells how to move.

mod backup;
mod error;
mod fill;
mod frame;
mod place;
mod segment;
mod stream;
mod summary;

pub use backup::{
    BackupReader, BackupWriter, BookStart, Manifest, Part, check_backup, restore, write_backup,
};
pub use error::{CopyError, Damage};
pub use fill::Filler;
pub use place::{Moved, Place, TargetPlace, move_books};
pub use segment::{Segment, SegmentChain, write_segment};
pub use stream::{Chunks, Progress, Sink, Step, stream};
pub use summary::{CurrencyTotal, Summary, Tally, summarize};
