//! Transactions, and how sure one can be of their end.

use rusqlite::Connection;

use super::errors::is_about_the_disk;
use crate::{CommitError, StoreError, dialect};

/// Runs `work` in a transaction that writes, and commits it unless `work` fails.
pub(super) fn write<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, CommitError> {
    begin(connection, dialect::BEGIN_WRITE)?;
    match work(connection) {
        Ok(value) => {
            commit(connection)?;
            Ok(value)
        }
        Err(error) => {
            roll_back(connection);
            Err(judge(error))
        }
    }
}

/// Runs `work` in a transaction that sees one state of the tables throughout.
pub(super) fn read<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    begin(connection, dialect::BEGIN_READ)?;
    let result = work(connection);
    // Nothing was written, so there is nothing a commit would keep.
    roll_back(connection);
    result
}

/// What a caller may conclude who only wants to know that it did not work.
pub(super) fn plainly(error: CommitError) -> StoreError {
    match error {
        CommitError::NotCommitted(error) | CommitError::Unknown(error) => error,
    }
}

fn begin(connection: &Connection, statement: &str) -> Result<(), StoreError> {
    if !connection.is_autocommit() {
        // An earlier roll-back failed, for instance because the disk did; it may work by now.
        connection.execute_batch("rollback")?;
    }
    connection.prepare_cached(statement)?.raw_execute()?;
    Ok(())
}

fn commit(connection: &Connection) -> Result<(), CommitError> {
    let result =
        connection.prepare_cached("commit").and_then(|mut commit| commit.raw_execute());
    let Err(error) = result else { return Ok(()) };
    let may_be_on_disk = is_about_the_disk(&error);
    let ended_by_itself = connection.is_autocommit();
    roll_back(connection);
    let is_full = matches!(StoreError::from(error), StoreError::Full);
    todo(may_be_on_disk, ended_by_itself, is_full)
}

/// Ends a transaction without keeping anything; SQLite may have done so already.
fn roll_back(connection: &Connection) {
    if !connection.is_autocommit() {
        // What cannot be rolled back now is rolled back before the next transaction, or by
        // whoever opens the file next: without a commit record nothing of it counts.
        let _ = connection.execute_batch("rollback");
    }
}
