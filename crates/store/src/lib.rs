//! Where books are kept: the contract of a store, its tables, and the stores there are.
//!
//! # Vocabulary
//!
//! * **Store**, **reader**: the write side and the read side of one book: [`Store`], [`Reader`].
//! * **Head**: the one row that every transaction compares and sets; whoever finds another than
//!   it expects has lost the book and is [fenced](StoreError::Fenced).
//! * **Sweep**: rows reach their tables later than their journal record, with the sequence of
//!   the last change they contain. An older row never overwrites a later one.
//! * **Watermark**: every change at or below this sequence is in the tables.
//! * **Operation run**: the short hashes of the idempotency keys of a stretch of the journal.
//! * **Filling**: writing a copy of a book that nobody serves: [`Store::fill`].
//! * **Control store**: books and API keys: [`ControlStore`].
//! * **Lease**: which process owns a book when several share a database: [`Leases`].
//!
//! # Invariants
//!
//! * A commit happens as a whole or not at all, and is durable before it returns. When that is
//!   not known, it says so: [`CommitError::Unknown`].
//! * A commit that contradicts itself is refused before anything is touched:
//!   [`StoreError::Inconsistent`].
//! * Blocks and entries are appended and never changed. No statement computes with money.
//! * What is read is checked: bytes that are no row are [`StoreError::Corrupt`], never a panic.
//! * The store in memory is the oracle: all tests of behavior run on every store.
//!
//! # Use
//!
//! ```
//! use store::sqlite::open_folder;
//! use store::{BookName, Reader, Store};
//!
//! # let directory = tempfile::tempdir()?;
//! let folder = open_folder(&directory.path().join("data"))?;
//! let name = BookName::new("test")?;
//! let mut store = folder.book(&name)?;
//! let head = store.take_over()?;
//! assert_eq!((head.epoch, head.seq), (1, 0));
//! assert_eq!(folder.reader(&name)?.head()?, head);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `docs/store.md` tells what is stored where, and why the settings are what they are.

mod boxed;
mod catalogue;
mod commit_check;
mod control;
mod dialect;
mod endpoints;
pub mod entry_values;
mod error;
mod leases;
mod mails;
mod memory;
pub mod postgres;
pub mod rows;
mod run;
mod sql;
pub mod sqlite;
mod traits;

pub use control::{
    ApiKey, BookName, BookRecord, ControlContents, ControlStore, KeyCreation, KeyKind,
    KeyOperation, Outgoing, ToldEndpoint,
};
pub use endpoints::{
    EndpointCreation, EndpointProgress, EndpointState, EndpointStore, EventPlace, WebhookEndpoint,
    WebhookRetry,
};
pub use error::StoreError;
pub use leases::{LeaseClock, Leases, Member, MemoryLeases, Owner, Renewal, Term};
pub use mails::{MailCause, MailStage, MailStore, WaitingMail};
pub use memory::{MemoryBook, MemoryControl, MemoryReader, MemoryStore};
pub use run::OperationRun;
pub use traits::{
    AccountAt, CardFilter, Commit, CommitError, Due, DueObject, EntryRow, FillPart, Head, List,
    Page, Reader, RunInfo, Store, SweptRow,
};
