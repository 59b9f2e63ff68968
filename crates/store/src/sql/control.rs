//! Books and API keys.

use ::journal::{Value, ValueSource};
use base::{Instant, KeyId};

use super::{SqlConnection, SqlRow, collect, columns, endpoints, first, mails};
use crate::catalogue::control;
use crate::rows::{FieldSource, invalid};
use crate::{
    ApiKey, BookName, BookRecord, ControlContents, ControlStore, KeyCreation, KeyKind,
    KeyOperation, Outgoing, StoreError, ToldEndpoint,
};

/// Columns of a book, in the order of the statement that reads them.
const BOOK_COLUMNS: usize = 4;

/// Columns of a key, in the order of every statement that reads one.
const KEY_COLUMNS: usize = 9;

/// The table of books and API keys.
#[derive(Debug)]
pub struct SqlControl<C> {
    pub(super) connection: C,
}

impl<C: SqlConnection> SqlControl<C> {
    /// Through this connection, on which the tables are current.
    pub(crate) fn new(connection: C) -> SqlControl<C> {
        SqlControl { connection }
    }

    /// Books, API keys and what leaves books, as they are at one instant.
    pub(crate) fn contents(&mut self) -> Result<ControlContents, StoreError> {
        self.connection.read(|connection| {
            let books = collect(connection, control::BOOKS, &[], read_book)?;
            let keys = collect(connection, control::KEYS, &[], read_key)?;
            let outgoing = books.iter().map(|book| outgoing(connection, &book.name));
            let outgoing = outgoing.collect::<Result<_, _>>()?;
            Ok(ControlContents { books, keys, outgoing })
        })
    }
}

impl<C: SqlConnection> ControlStore for SqlControl<C> {
    fn create_book(&mut self, book: &BookRecord) -> Result<(), StoreError> {
        let values = [
            text(book.name.as_str()),
            Value::Int(i64::from(book.is_test)),
            Value::Int(book.created_at.micros()),
            Value::Int(book.incarnation.cast_signed()),
        ];
        match self.connection.change(control::INSERT_BOOK, &values)? {
            1 => Ok(()),
            _ => Err(StoreError::BookExists(book.name.to_string())),
        }
    }

    fn books(&mut self) -> Result<Vec<BookRecord>, StoreError> {
        collect(&mut self.connection, control::BOOKS, &[], read_book)
    }

    fn create_key(
        &mut self,
        key: &ApiKey,
        operation: Option<&KeyOperation>,
    ) -> Result<KeyCreation, StoreError> {
        self.connection.write(|connection| create_key(connection, key, operation))
    }

    fn find_all_keys(&mut self) -> Result<Vec<ApiKey>, StoreError> {
        collect(&mut self.connection, control::KEYS, &[], read_key)
    }

    fn keys_of(&mut self, book: &BookName) -> Result<Vec<ApiKey>, StoreError> {
        collect(&mut self.connection, control::KEYS_OF, &[text(book.as_str())], read_key)
    }

    fn revoke_key(
        &mut self,
        book: &BookName,
        id: KeyId,
        at: Instant,
    ) -> Result<Option<ApiKey>, StoreError> {
        let (book, id) = (text(book.as_str()), bytes(&id.to_bytes()));
        self.connection.write(|connection| {
            let values = [Value::Int(at.micros()), book.clone(), id.clone()];
            connection.change(control::REVOKE, &values)?;
            first(connection, control::KEY_OF, &[book, id], read_key)
        })
    }

    fn forget_key_operations(&mut self, before: Instant) -> Result<u64, StoreError> {
        self.connection.change(control::FORGET_OPERATIONS, &[Value::Int(before.micros())])
    }
}

fn outgoing<C: SqlConnection>(connection: &mut C, book: &BookName) -> Result<Outgoing, StoreError> {
    let mut told = Vec::new();
    for endpoint in endpoints::of_book(connection, book)? {
        let retries = endpoints::retries_of(connection, endpoint.id, Instant::MAX, u32::MAX)?;
        told.push(ToldEndpoint { endpoint, retries });
    }
    Ok(Outgoing {
        book: book.clone(),
        endpoints: told,
        mail_place: mails::place_of(connection, book)?,
        mails: mails::due_of(connection, book, Instant::MAX, u32::MAX)?,
    })
}

fn create_key<C: SqlConnection>(
    connection: &mut C,
    key: &ApiKey,
    operation: Option<&KeyOperation>,
) -> Result<KeyCreation, StoreError> {
    let book = key.book.as_str();
    let count =
        first(connection, control::BOOK_COUNT, &[text(book)], |row| Ok(columns(row, 0, 1).int()?))?;
    if count == Some(0) {
        return Err(StoreError::NoSuchBook(book.to_owned()));
    }
    if let Some(operation) = operation
        && let Some(earlier) = repetition(connection, book, operation)?
    {
        return Ok(earlier);
    }
    let id = bytes(&key.id.to_bytes());
    let values = [
        id.clone(),
        text(book),
        text(key.kind.as_str()),
        bytes(&key.hash),
        text(&key.scopes),
        text(&key.version),
        bytes(&key.last4),
        Value::Int(key.created_at.micros()),
        key.revoked_at.map_or(Value::Null, |at| Value::Int(at.micros())),
    ];
    if connection.change(control::INSERT_KEY, &values)? == 0 {
        let same = [id, bytes(&key.hash)];
        let existing = first(connection, control::KEY, &same, read_key)?;
        return existing.map(KeyCreation::Exists).ok_or_else(key_is_gone);
    }
    if let Some(operation) = operation {
        let values = [
            text(book),
            bytes(&operation.operation),
            bytes(&operation.fingerprint),
            id,
            Value::Int(key.created_at.micros()),
        ];
        connection.change(control::INSERT_OPERATION, &values)?;
    }
    Ok(KeyCreation::Created)
}

/// What an earlier request with the same idempotency key means for this one.
fn repetition<C: SqlConnection>(
    connection: &mut C,
    book: &str,
    operation: &KeyOperation,
) -> Result<Option<KeyCreation>, StoreError> {
    let asked = [text(book), bytes(&operation.operation)];
    let noted = first(connection, control::OPERATION, &asked, |row| {
        let mut source = columns(row, 0, 2);
        Ok((source.fixed16()?, source.fixed16()?))
    })?;
    let Some((fingerprint, id)) = noted else { return Ok(None) };
    if fingerprint != operation.fingerprint {
        return Ok(Some(KeyCreation::Mismatch));
    }
    let made = first(connection, control::KEY_OF, &[text(book), bytes(&id)], read_key)?;
    Ok(Some(KeyCreation::Replayed(made.ok_or_else(key_is_gone)?)))
}

fn read_book(row: &dyn SqlRow) -> Result<BookRecord, StoreError> {
    let mut source = columns(row, 0, BOOK_COLUMNS);
    Ok(BookRecord {
        name: source.parsed("name of a book", BookName::new)?,
        is_test: source.flag()?,
        created_at: source.instant()?,
        incarnation: source.int()?.cast_unsigned(),
    })
}

fn read_key(row: &dyn SqlRow) -> Result<ApiKey, StoreError> {
    let mut source = columns(row, 0, KEY_COLUMNS);
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

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn bytes(bytes: &[u8]) -> Value {
    Value::Bytes(bytes.to_vec())
}

fn key_is_gone() -> StoreError {
    StoreError::Corrupt("a key that was there is gone".to_owned())
}
