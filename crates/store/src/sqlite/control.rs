//! Books and API keys in `control.db`.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use base::{Instant, KeyId};
use journal::{ReadError, ValueSource};
use rusqlite::{Connection, Params, Row, params};

use super::connection::{self, Options};
use super::migrations;
use super::transaction::{plainly, read, write};
use super::values::Columns;
use crate::catalogue::control;
use crate::rows::{FieldSource, invalid};
use crate::{
    ApiKey, BookName, BookRecord, ControlContents, ControlStore, KeyCreation, KeyKind,
    KeyOperation, StoreError,
};

/// Columns of a book, in the order of the statement that reads them.
const BOOK_COLUMNS: usize = 4;

/// Columns of a key, in the order of every statement that reads one.
const KEY_COLUMNS: usize = 9;

/// The control store of a data folder.
#[derive(Debug)]
pub struct SqliteControl {
    connection: Connection,
    /// Keeps the folder ours for as long as something may be written.
    _lock: Arc<File>,
}

impl SqliteControl {
    pub(super) fn open(path: &Path, lock: Arc<File>) -> Result<SqliteControl, StoreError> {
        let connection = connection::open_writer(path, Options::default())?;
        migrations::run(&connection, migrations::OF_CONTROL)?;
        Ok(SqliteControl { connection, _lock: lock })
    }
}

/// Reads books and API keys without asking for the folder: for copies while a server runs.
///
/// # Errors
///
/// [`StoreError::Unavailable`] when there is no `control.db`, or one of an earlier release.
pub fn read_control(folder: &Path) -> Result<ControlContents, StoreError> {
    let connection = connection::open_reader(&folder.join("control.db"))?;
    migrations::require_current(&connection, migrations::OF_CONTROL)?;
    read(&connection, |connection| {
        let books = collect(connection, control::BOOKS, [], read_book)?;
        Ok(ControlContents { books, keys: collect(connection, control::KEYS, [], read_key)? })
    })
}

impl ControlStore for SqliteControl {
    fn create_book(&mut self, book: &BookRecord) -> Result<(), StoreError> {
        let name = book.name.as_str();
        let (is_test, created_at) = (i64::from(book.is_test), book.created_at.micros());
        let values = params![name, is_test, created_at, book.incarnation.cast_signed()];
        match self.connection.prepare_cached(control::INSERT_BOOK)?.execute(values)? {
            1 => Ok(()),
            _ => Err(StoreError::BookExists(name.to_owned())),
        }
    }

    fn books(&mut self) -> Result<Vec<BookRecord>, StoreError> {
        collect(&self.connection, control::BOOKS, [], read_book)
    }

    fn create_key(
        &mut self,
        key: &ApiKey,
        operation: Option<&KeyOperation>,
    ) -> Result<KeyCreation, StoreError> {
        write(&self.connection, |connection| create_key(connection, key, operation))
            .map_err(plainly)
    }

    fn find_all_keys(&mut self) -> Result<Vec<ApiKey>, StoreError> {
        collect(&self.connection, control::KEYS, [], read_key)
    }

    fn keys_of(&mut self, book: &BookName) -> Result<Vec<ApiKey>, StoreError> {
        collect(&self.connection, control::KEYS_OF, [book.as_str()], read_key)
    }

    fn revoke_key(
        &mut self,
        book: &BookName,
        id: KeyId,
        at: Instant,
    ) -> Result<Option<ApiKey>, StoreError> {
        write(&self.connection, |connection| {
            let book = book.as_str();
            let values = params![at.micros(), book, id.to_bytes()];
            connection.prepare_cached(control::REVOKE)?.execute(values)?;
            first(connection, control::KEY_OF, params![book, id.to_bytes()], read_key)
        })
        .map_err(plainly)
    }

    fn forget_key_operations(&mut self, before: Instant) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(control::FORGET_OPERATIONS)?;
        let forgotten = statement.execute([before.micros()])?;
        Ok(u64::try_from(forgotten).unwrap_or(u64::MAX))
    }
}

fn create_key(
    connection: &Connection,
    key: &ApiKey,
    operation: Option<&KeyOperation>,
) -> Result<KeyCreation, StoreError> {
    let book = key.book.as_str();
    let count: i64 =
        connection.prepare_cached(control::BOOK_COUNT)?.query_row([book], |row| row.get(0))?;
    if count == 0 {
        return Err(StoreError::NoSuchBook(book.to_owned()));
    }
    if let Some(operation) = operation
        && let Some(earlier) = repetition(connection, book, operation)?
    {
        return Ok(earlier);
    }
    let inserted = connection.prepare_cached(control::INSERT_KEY)?.execute(params![
        key.id.to_bytes(),
        book,
        key.kind.as_str(),
        key.hash,
        key.scopes,
        key.version,
        key.last4,
        key.created_at.micros(),
        key.revoked_at.map(Instant::micros),
    ])?;
    if inserted == 0 {
        let same = params![key.id.to_bytes(), key.hash];
        let existing = first(connection, control::KEY, same, read_key)?;
        return existing.map(KeyCreation::Exists).ok_or_else(key_is_gone);
    }
    if let Some(operation) = operation {
        connection.prepare_cached(control::INSERT_OPERATION)?.execute(params![
            book,
            operation.operation,
            operation.fingerprint,
            key.id.to_bytes(),
            key.created_at.micros(),
        ])?;
    }
    Ok(KeyCreation::Created)
}

/// What an earlier request with the same idempotency key means for this one.
fn repetition(
    connection: &Connection,
    book: &str,
    operation: &KeyOperation,
) -> Result<Option<KeyCreation>, StoreError> {
    let noted = first(connection, control::OPERATION, params![book, operation.operation], |row| {
        let mut source = Columns::new(row, 0, 2);
        Ok((source.fixed16()?, source.fixed16()?))
    })?;
    let Some((fingerprint, id)) = noted else { return Ok(None) };
    if fingerprint != operation.fingerprint {
        return Ok(Some(KeyCreation::Mismatch));
    }
    let made = first(connection, control::KEY_OF, params![book, id], read_key)?;
    Ok(Some(KeyCreation::Replayed(made.ok_or_else(key_is_gone)?)))
}

fn read_book(row: &Row<'_>) -> Result<BookRecord, ReadError> {
    let mut source = Columns::new(row, 0, BOOK_COLUMNS);
    Ok(BookRecord {
        name: source.parsed("name of a book", BookName::new)?,
        is_test: source.flag()?,
        created_at: source.instant()?,
        incarnation: source.int()?.cast_unsigned(),
    })
}

fn read_key(row: &Row<'_>) -> Result<ApiKey, ReadError> {
    let mut source = Columns::new(row, 0, KEY_COLUMNS);
    Ok(ApiKey {
        id: KeyId::from_bytes(source.fixed16()?),
        book: source.parsed("name of a book", BookName::new)?,
        kind: KeyKind::parse(&source.text()?).ok_or(invalid("kind of a key"))?,
        hash: source.fixed16()?,
        scopes: source.text()?,
        version: source.text()?,
        last4: source.fixed()?,
        created_at: source.instant()?,
        revoked_at: source.opt_instant()?,
    })
}

fn first<T>(
    connection: &Connection,
    statement: &str,
    values: impl Params,
    read: impl Fn(&Row<'_>) -> Result<T, ReadError>,
) -> Result<Option<T>, StoreError> {
    Ok(collect(connection, statement, values, read)?.into_iter().next())
}

fn collect<T>(
    connection: &Connection,
    statement: &str,
    values: impl Params,
    read: impl Fn(&Row<'_>) -> Result<T, ReadError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(statement)?;
    let mut rows = statement.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

fn key_is_gone() -> StoreError {
    StoreError::Corrupt("a key that was there is gone".to_owned())
}
