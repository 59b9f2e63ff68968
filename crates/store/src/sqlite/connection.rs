//! Opening files and settings of connections.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::{StoreError, dialect};

/// How long a statement waits for a lock somebody else holds. Readers never block the writer,
/// so this is only ever reached when another program has its hands in the file.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// Statements kept prepared on one connection; there are fewer than this.
const PREPARED_STATEMENTS_MAX: usize = 128;

/// What may differ between the files of a folder.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Pages a book's file may have; `None` for as many as the disk holds. For tests of a full
    /// disk.
    pub max_page_count: Option<u32>,
}

/// Opens a file for writing, making it if there is none.
pub(super) fn open_writer(path: &Path, options: Options) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(LOCK_WAIT)?;
    connection.execute_batch(dialect::SQLITE_NEW_FILE)?;
    connection.execute_batch(dialect::SQLITE_WRITER)?;
    if let Some(pages) = options.max_page_count {
        limit_pages(&connection, pages)?;
    }
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS_MAX);
    Ok(connection)
}

/// Whether a file is there and has any table: one that was cut to nothing is a database, too.
pub(super) fn holds_tables(path: &Path) -> Result<bool, StoreError> {
    if is_missing_or_empty(path)? {
        return Ok(false);
    }
    let connection = open_existing(path, dialect::SQLITE_READER)?;
    let tables: i64 = connection.query_row(dialect::SQLITE_TABLES, [], |row| row.get(0))?;
    Ok(tables > 0)
}

/// A file that was used is never empty: its first page was written when its log began. One that is
/// empty is not opened, not even to look: SQLite would remove the log beside it, which may be all
/// that is left of the book.
fn is_missing_or_empty(path: &Path) -> Result<bool, StoreError> {
    match std::fs::metadata(path) {
        Ok(file) => Ok(file.len() == 0),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(StoreError::Unavailable(error.to_string())),
    }
}

/// Opens a book that exists for copying its log into it.
pub(super) fn open_checkpointer(path: &Path) -> Result<Connection, StoreError> {
    open_existing(path, dialect::SQLITE_CHECKPOINTER)
}

/// Opens a file that exists for reading.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = open_existing(path, dialect::SQLITE_READER)?;
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS_MAX);
    Ok(connection)
}

/// Opens a file that exists, with these settings, and leaves its log alone on closing.
fn open_existing(path: &Path, settings: &str) -> Result<Connection, StoreError> {
    // Not read-only to the operating system: a reader takes part in the log's shared memory.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(LOCK_WAIT)?;
    connection.execute_batch(settings)?;
    leave_log(&connection)?;
    Ok(connection)
}

/// Leaves the log as it is when the connection is the last one to close. Copying it then is for
/// the writer, who knows whether every sync worked: the operating system tells a failed sync only
/// to those who had the file open at the time, and a later one would take the log away.
pub(super) fn leave_log(connection: &Connection) -> Result<(), StoreError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(())
}

/// Limits how large the file may grow.
pub(super) fn limit_pages(connection: &Connection, pages: u32) -> Result<(), StoreError> {
    Ok(connection.execute_batch(&dialect::sqlite_limit_pages(pages))?)
}
