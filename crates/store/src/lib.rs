//! Where books are kept: the contract of a store, its tables, and the stores there are.

mod catalogue;
mod commit_check;
mod control;
mod dialect;
mod entry_values;
mod error;
mod memory;
pub mod rows;
mod run;
pub mod sqlite;
mod traits;

pub use control::{ApiKey, BookName, BookRecord, ControlStore, KeyCreation, KeyKind, KeyOperation};
pub use error::StoreError;
pub use memory::{MemoryBook, MemoryControl, MemoryReader, MemoryStore};
pub use run::OperationRun;
pub use traits::{
    AccountAt, CardFilter, Commit, CommitError, Due, DueObject, EntryRow, Head, Page, Reader,
    RunInfo, Store, SweptRow,
};
