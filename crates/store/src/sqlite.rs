//! Books in SQLite files: a folder with `control.db`, and one file a book.

mod checkpoint;
mod connection;
mod control;
mod entries;
mod errors;
mod folder;
mod head;
mod journal;
mod migrations;
mod operations;
mod reader;
mod store;
mod table_rows;
#[cfg(test)]
mod tests;
mod transaction;
mod values;

pub use connection::Options;
pub use control::{SqliteControl, read_control};
pub use folder::{Folder, open_folder, open_folder_with, open_reader};
pub use reader::SqliteReader;
pub use store::SqliteStore;
