//! The write side of a book in a SQLite file.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use ::journal::Block;
use engine::Key;
use rusqlite::Connection;

use super::checkpoint::Checkpoints;
use super::connection::{self, Options};
use super::sql::SqliteConnection;
use super::transaction::{plainly, write};
use super::{entries, head, journal, operations, table_rows};
use crate::sql::{self, migrations, operations as runs};
use crate::{
    BookName, Commit, CommitError, FillPart, Head, OperationRun, RunInfo, Store, StoreError,
    SweptRow, commit_check, dialect,
};

/// The write side of one book in one file.
#[derive(Debug)]
pub struct SqliteStore {
    checkpoints: Checkpoints,
    sqlite: SqliteConnection,
    book: BookName,
}

impl SqliteStore {
    pub(super) fn open(
        path: &Path,
        book: &BookName,
        options: Options,
        lock: Arc<File>,
    ) -> Result<SqliteStore, StoreError> {
        let connection = connection::open_writer(path, options)?;
        let mut sqlite = SqliteConnection::locked(connection, lock);
        migrations::run(&mut sqlite, migrations::OF_BOOKS)?;
        head::create(&sqlite.connection, book.as_str())?;
        sqlite.connection.execute_batch(dialect::SQLITE_LONG_LOG)?;
        let checkpoints = Checkpoints::new(path);
        Ok(SqliteStore { checkpoints, sqlite, book: book.clone() })
    }

    /// Limits the file to so many pages, as though the disk ended there. For tests.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when SQLite refuses.
    pub fn limit_pages(&mut self, pages: u32) -> Result<(), StoreError> {
        connection::limit_pages(&self.sqlite.connection, pages)
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        if !self.checkpoints.end() {
            // The log is all that is sure. A connection that cannot be told so copies it, and its
            // own sync, of a file it had open, tells of the failure again.
            let _ = connection::leave_log(&self.sqlite.connection);
        }
    }
}

impl Store for SqliteStore {
    fn take_over(&mut self) -> Result<Head, StoreError> {
        let book = self.book.as_str();
        let taken = write(&mut self.sqlite, |sqlite| {
            head::take_over(&sqlite.connection, book)?;
            sql::head::read(sqlite, book)
        });
        taken.map_err(plainly)
    }

    fn head(&mut self) -> Result<Head, StoreError> {
        sql::head::read(&mut self.sqlite, self.book.as_str())
    }

    fn load(&mut self, keys: &[Key], found: &mut Vec<Option<SweptRow>>) -> Result<(), StoreError> {
        table_rows::load(&self.sqlite.connection, keys, found)
    }

    fn commit(&mut self, commit: Commit<'_>) -> Result<(), CommitError> {
        commit_check::check(&commit)?;
        let book = self.book.as_str();
        write(&mut self.sqlite, |sqlite| write_all(sqlite, book, &commit))?;
        self.checkpoints.after_commit(&self.sqlite.connection).map_err(CommitError::Unknown)
    }

    fn fill(&mut self, part: FillPart<'_>) -> Result<(), CommitError> {
        commit_check::check_fill(&part)?;
        let book = self.book.as_str();
        write(&mut self.sqlite, |sqlite| fill_all(&sqlite.connection, book, &part))?;
        self.checkpoints.after_commit(&self.sqlite.connection).map_err(CommitError::Unknown)
    }

    fn blocks_after(&mut self, seq: u64, bytes_max: usize) -> Result<Vec<Block>, StoreError> {
        sql::journal::after(&mut self.sqlite, seq, bytes_max)
    }

    fn block_of(&mut self, seq: u64) -> Result<Option<Block>, StoreError> {
        sql::journal::block_of(&mut self.sqlite, seq)
    }

    fn operation_runs(&mut self) -> Result<Vec<RunInfo>, StoreError> {
        runs::runs(&mut self.sqlite)
    }

    fn operation_run(&mut self, run: u64) -> Result<Option<OperationRun>, StoreError> {
        runs::whole(&mut self.sqlite, run)
    }

    fn find_operation(&mut self, runs: &[u64], hash: u64) -> Result<Vec<u64>, StoreError> {
        runs::find(&mut self.sqlite, runs, hash)
    }
}

/// Everything a commit writes. The head goes first: a fenced writer does no work.
fn write_all(
    sqlite: &mut SqliteConnection,
    book: &str,
    commit: &Commit<'_>,
) -> Result<(), StoreError> {
    let connection = &sqlite.connection;
    head::compare_and_set(connection, book, commit.expected, commit.next)?;
    journal::remove(connection, commit.expected, commit.next)?;
    if let Some(block) = commit.block {
        journal::insert(connection, block)?;
    }
    table_rows::write(connection, commit.rows)?;
    entries::append(connection, commit.entries)?;
    for run in commit.dropped_runs {
        operations::delete(connection, *run)?;
    }
    if let Some(run) = commit.run {
        if runs::runs(sqlite)?.iter().any(|other| other.run == run.run) {
            return Err(StoreError::Inconsistent("a run of operations of this number exists"));
        }
        operations::insert(&sqlite.connection, run)?;
    }
    Ok(())
}

/// Everything a part of a filled book writes.
fn fill_all(connection: &Connection, book: &str, part: &FillPart<'_>) -> Result<(), StoreError> {
    head::compare_and_set(connection, book, part.expected, part.next)?;
    journal::remove(connection, part.expected, part.next)?;
    for block in part.blocks {
        journal::insert(connection, block)?;
    }
    table_rows::write(connection, part.rows)?;
    entries::append(connection, part.entries)?;
    for run in part.dropped_runs {
        operations::delete(connection, *run)?;
    }
    for run in part.runs {
        operations::delete(connection, run.run)?;
        operations::insert(connection, run)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::open_folder;
    use super::*;

    const FILLERS: &str = "select count(*) from filler";

    /// Commits until a sync fails, closes the book, and looks at what is left.
    fn check(checkpoints: impl Fn(&Path) -> Checkpoints, sync_fails: bool) {
        let folder = tempfile::tempdir().unwrap();
        let book = BookName::new("shop").unwrap();
        let path: PathBuf = folder.path().join("books/shop.db");
        let mut store = open_folder(folder.path()).unwrap().book(&book).unwrap();
        store.sqlite.connection.execute_batch("create table filler (bytes blob)").unwrap();
        store.checkpoints = checkpoints(&path);
        let mut commits = 0;
        // Many more than it takes, for the other thread answers when it gets to it.
        let failure = (0..200).find_map(|_| {
            commits += 1;
            let text = "insert into filler values (zeroblob(200000))";
            store.sqlite.connection.execute_batch(text).unwrap();
            store.checkpoints.after_commit(&store.sqlite.connection).err()
        });
        assert_eq!(matches!(failure, Some(StoreError::SyncFailed(_))), sync_fails, "{failure:?}");
        drop(store);
        let log = path.with_extension("db-wal");
        let is_left = std::fs::metadata(log).is_ok_and(|log| log.len() > 1_000_000);
        assert_eq!(is_left, sync_fails, "the log is all that is sure after a failed sync");
        let store = open_folder(folder.path()).unwrap().book(&book).unwrap();
        let found: u32 = store.sqlite.connection.query_row(FILLERS, [], |row| row.get(0)).unwrap();
        assert_eq!(found, commits, "what was committed is there either way");
    }

    #[test]
    fn a_sync_that_fails_beside_the_writer_is_told_and_the_log_is_left() {
        check(Checkpoints::failing, true);
        check(Checkpoints::new, false);
    }
}
