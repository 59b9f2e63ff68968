//! Transactions, and how sure one can be of their end.

use rusqlite::Connection;

use super::errors::is_about_the_disk;
use super::sql::SqliteConnection;
use crate::{CommitError, StoreError, dialect};

/// Runs `work` in a transaction that writes, and commits it unless `work` fails.
pub(super) fn write<T>(
    sqlite: &mut SqliteConnection,
    work: impl FnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
) -> Result<T, CommitError> {
    begin(&sqlite.connection, dialect::BEGIN_WRITE)?;
    match work(sqlite) {
        Ok(value) => {
            commit(&sqlite.connection)?;
            Ok(value)
        }
        Err(error) => {
            roll_back(&sqlite.connection);
            Err(judge(error))
        }
    }
}

/// Begins a transaction that sees one state of the tables, for a caller that ends it with
/// [`roll_back`].
pub(super) fn begin_read(connection: &Connection) -> Result<(), StoreError> {
    begin(connection, dialect::BEGIN_READ)
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
    let result = connection.prepare_cached("commit").and_then(|mut commit| commit.raw_execute());
    let Err(error) = result else { return Ok(()) };
    let ended_by_itself = connection.is_autocommit();
    roll_back(connection);
    Err(judge_commit(error, ended_by_itself))
}

/// What a failed commit means for what it was to write.
///
/// The record that makes a transaction count is written last, so a disk without room has not got
/// it. Any other failure of the disk leaves open what is on it, and so does a transaction that
/// ended with an error we cannot name.
fn judge_commit(error: rusqlite::Error, ended_by_itself: bool) -> CommitError {
    let about_the_disk = is_about_the_disk(&error);
    let error = StoreError::from(error);
    if about_the_disk || (ended_by_itself && error != StoreError::Full) {
        CommitError::Unknown(error)
    } else {
        CommitError::NotCommitted(error)
    }
}

/// An error before the commit means that nothing was written; but after a failed sync nothing
/// about the disk is certain any more.
fn judge(error: StoreError) -> CommitError {
    match error {
        StoreError::SyncFailed(_) => CommitError::Unknown(error),
        _ => CommitError::NotCommitted(error),
    }
}

/// Ends a transaction without keeping anything; SQLite may have done so already.
pub(super) fn roll_back(connection: &Connection) {
    if !connection.is_autocommit() {
        // What cannot be rolled back now is rolled back before the next transaction, or by
        // whoever opens the file next: without a commit record nothing of it counts.
        let _ = connection.execute_batch("rollback");
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::{Error, ffi};

    use super::*;

    fn failure(code: i32) -> Error {
        Error::SqliteFailure(ffi::Error::new(code), None)
    }

    #[test]
    fn a_failed_commit_is_judged_by_what_may_be_on_the_disk() {
        // Code, whether the transaction ended by itself, whether the outcome is unknown.
        for (code, ended_by_itself, unknown) in [
            (ffi::SQLITE_FULL, true, false),
            (ffi::SQLITE_FULL, false, false),
            (ffi::SQLITE_BUSY, false, false),
            (ffi::SQLITE_NOMEM, false, false),
            (ffi::SQLITE_NOMEM, true, true),
            (ffi::SQLITE_IOERR_WRITE, true, true),
            (ffi::SQLITE_IOERR_WRITE, false, true),
            (ffi::SQLITE_IOERR_FSYNC, true, true),
            (ffi::SQLITE_IOERR_DIR_FSYNC, false, true),
        ] {
            let judged = judge_commit(failure(code), ended_by_itself);
            assert_eq!(matches!(judged, CommitError::Unknown(_)), unknown, "{code}: {judged:?}");
        }
    }

    #[test]
    fn a_failed_sync_is_unknown_wherever_it_happens() {
        let error = StoreError::from(failure(ffi::SQLITE_IOERR_FSYNC));
        assert!(matches!(error, StoreError::SyncFailed(_)), "{error}");
        assert!(!error.is_transient());
        assert!(matches!(judge(error), CommitError::Unknown(StoreError::SyncFailed(_))));
        let error = StoreError::from(failure(ffi::SQLITE_IOERR_READ));
        assert!(error.is_transient(), "{error}");
        assert!(matches!(judge(error), CommitError::NotCommitted(_)));
    }
}
