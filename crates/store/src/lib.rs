//! Where books are kept: the contract of a store, its tables, and the stores there are.

mod commit_check;
mod error;
mod memory;
pub mod rows;
mod run;
mod traits;

pub use error::StoreError;
pub use memory::{MemoryBook, MemoryReader, MemoryStore};
pub use run::OperationRun;
pub use traits::{
    CardFilter, Commit, CommitError, Due, DueObject, EntryRow, Head, Page, Reader, RunInfo, Store,
    SweptRow,
};
