//! Books in SQLite files: a folder with `control.db`, and one file a book.

mod checkpoint;
mod connection;
mod entries;
mod errors;
mod folder;
mod head;
mod journal;
mod operations;
mod sql;
mod store;
mod table_rows;
#[cfg(test)]
mod tests;
mod transaction;
mod values;

pub use connection::Options;
pub use folder::{Folder, open_folder, open_folder_with, open_reader, read_control};
pub use sql::SqliteConnection;
pub use store::SqliteStore;

/// Books and API keys in `control.db`.
pub type SqliteControl = crate::sql::SqlControl<SqliteConnection>;

/// The read side of one book in one file.
pub type SqliteReader = crate::sql::SqlReader<SqliteConnection>;
