//! The write side of a book in a SQLite file.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use ::journal::{Block, ValueSink};
use engine::Key;
use rusqlite::Connection;

use super::connection::{self, Options};
use super::transaction::{plainly, write};
use super::values::{Binder, read_swept, signed};
use super::{head, journal, migrations, operations};
use crate::rows::{self, Table};
use crate::{
    BookName, Commit, CommitError, EntryRow, Head, RunInfo, Store, StoreError, SweptRow, catalogue,
    commit_check,
};

/// The write side of one book in one file.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    book: BookName,
    /// Keeps the folder ours for as long as something may be written.
    _lock: Arc<File>,
}

impl SqliteStore {
    pub(super) fn open(
        path: &Path,
        book: &BookName,
        options: Options,
        lock: Arc<File>,
    ) -> Result<SqliteStore, StoreError> {
        let connection = connection::open_writer(path, options)?;
        migrations::run(&connection, migrations::OF_BOOKS)?;
        head::create(&connection, book.as_str())?;
        Ok(SqliteStore { connection, book: book.clone(), _lock: lock })
    }

    /// Limits the file to so many pages, as though the disk ended there. For tests.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when SQLite refuses.
    pub fn limit_pages(&mut self, pages: u32) -> Result<(), StoreError> {
        connection::limit_pages(&self.connection, pages)
    }
}

impl Store for SqliteStore {
    fn take_over(&mut self) -> Result<Head, StoreError> {
        let book = self.book.as_str();
        write(&self.connection, |connection| head::take_over(connection, book)).map_err(plainly)
    }

    fn head(&mut self) -> Result<Head, StoreError> {
        head::read(&self.connection, self.book.as_str())
    }

    fn load(&mut self, keys: &[Key], found: &mut Vec<Option<SweptRow>>) -> Result<(), StoreError> {
        // Looking up one key after the other is as fast as a list of keys where the tables are
        // in the same process, and needs no statement for each length of the list.
        found.reserve(keys.len());
        for key in keys {
            found.push(match rows::table_of_key(key) {
                Some(table) => load_one(&self.connection, table, key)?,
                None => None,
            });
        }
        Ok(())
    }

    fn commit(&mut self, commit: Commit<'_>) -> Result<(), CommitError> {
        commit_check::check(&commit)?;
        let book = self.book.as_str();
        write(&self.connection, |connection| write_all(connection, book, &commit))
    }

    fn blocks_after(&mut self, seq: u64, bytes_max: usize) -> Result<Vec<Block>, StoreError> {
        journal::after(&self.connection, seq, bytes_max)
    }

    fn block_of(&mut self, seq: u64) -> Result<Option<Block>, StoreError> {
        journal::block_of(&self.connection, seq)
    }

    fn operation_runs(&mut self) -> Result<Vec<RunInfo>, StoreError> {
        operations::runs(&self.connection)
    }

    fn operation_hashes(&mut self, run: u64) -> Result<Vec<u64>, StoreError> {
        operations::hashes(&self.connection, run)
    }

    fn find_operation(&mut self, runs: &[u64], hash: u64) -> Result<Vec<u64>, StoreError> {
        operations::find(&self.connection, runs, hash)
    }
}

fn load_one(
    connection: &Connection,
    table: &Table,
    key: &Key,
) -> Result<Option<SweptRow>, StoreError> {
    let mut statement = connection.prepare_cached(&catalogue::of(table).select)?;
    let mut binder = Binder::new(&mut statement);
    rows::write_key(key, &mut binder);
    match binder.query()?.next()? {
        Some(row) => Ok(Some(read_swept(table, row)?)),
        None => Ok(None),
    }
}

/// Everything a commit writes. The head goes first: a fenced writer does no work.
fn write_all(connection: &Connection, book: &str, commit: &Commit<'_>) -> Result<(), StoreError> {
    head::compare_and_set(connection, book, commit.expected, commit.next)?;
    if let Some(block) = commit.block {
        journal::insert(connection, block)?;
    }
    write_rows(connection, commit.rows)?;
    write_entries(connection, commit.entries)?;
    for run in commit.dropped_runs {
        operations::delete(connection, *run)?;
    }
    if let Some(run) = commit.run {
        if operations::runs(connection)?.iter().any(|other| other.run == run.run) {
            return Err(StoreError::Inconsistent("a run of operations of this number exists"));
        }
        operations::insert(connection, run)?;
    }
    Ok(())
}

fn write_rows(connection: &Connection, swept: &[SweptRow]) -> Result<(), StoreError> {
    let same_table = |one: &SweptRow, other: &SweptRow| {
        rows::describe(&one.row).number == rows::describe(&other.row).number
    };
    for group in swept.chunk_by(same_table) {
        let table = rows::describe(&group[0].row);
        let mut statement = connection.prepare_cached(&catalogue::of(table).upsert)?;
        for row in group {
            let mut binder = Binder::new(&mut statement);
            rows::write_row(&row.row, &mut binder);
            binder.int(signed(row.applied_seq));
            binder.execute()?;
        }
    }
    Ok(())
}

fn write_entries(connection: &Connection, entries: &[EntryRow]) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut statement = connection.prepare_cached(catalogue::entries::INSERT)?;
    for row in entries {
        let mut binder = Binder::new(&mut statement);
        crate::entry_values::write(row, &mut binder);
        binder.execute()?;
    }
    Ok(())
}
