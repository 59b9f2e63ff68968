//! What both engines share: reading a book, books and API keys, over one small trait.
//!
//! An engine brings a connection and the writing of a commit, which each does in its own fastest
//! way; every statement that is read by runs here, so that both answer alike.

mod control;
mod endpoints;
pub(crate) mod entries;
pub(crate) mod head;
pub(crate) mod journal;
mod mails;
pub(crate) mod migrations;
pub(crate) mod operations;
mod reader;

use ::journal::{ReadError, Value, ValueKind, ValueSource};

use crate::StoreError;

pub use control::SqlControl;
pub use reader::SqlReader;
pub(crate) use reader::read_swept;

/// A connection to one book, or to the table of books.
///
/// Public because the readers of both engines are [`SqlReader`]s over it; nobody else makes one.
pub trait SqlConnection: Send {
    /// Runs a statement and hands out its rows, until `each` returns false.
    ///
    /// # Errors
    ///
    /// [`StoreError`], also that of `each`.
    fn each_row(
        &mut self,
        statement: &str,
        values: &[Value],
        each: EachRow<'_>,
    ) -> Result<(), StoreError>;

    /// Runs a statement that changes rows and tells how many.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn change(&mut self, statement: &str, values: &[Value]) -> Result<u64, StoreError>;

    /// Runs DDL in neutral words.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn define(&mut self, neutral: &str) -> Result<(), StoreError>;

    /// Starts a transaction that sees one state of the tables until [`SqlConnection::end_read`].
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn begin_read(&mut self) -> Result<(), StoreError>;

    /// Ends it. Nothing was written, so there is nothing that could be lost.
    fn end_read(&mut self);

    /// Runs `work` in such a transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError`], also that of `work`.
    fn read<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError>
    where
        Self: Sized,
    {
        self.begin_read()?;
        let result = work(self);
        self.end_read();
        result
    }

    /// Runs `work` in a transaction, and commits it unless `work` fails.
    ///
    /// # Errors
    ///
    /// [`StoreError`], also that of `work`; whether anything was written is known only for the
    /// latter.
    fn write<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError>
    where
        Self: Sized;
}

/// What is done with each row; false asks for no more.
pub(crate) type EachRow<'a> = &'a mut dyn FnMut(&dyn SqlRow) -> Result<bool, StoreError>;

/// A row of an answer.
pub trait SqlRow {
    /// The value of a column.
    ///
    /// # Errors
    ///
    /// [`ReadError`] for a column that is not there, or of a kind that no table has.
    fn value(&self, column: usize) -> Result<ValueRef<'_>, ReadError>;
}

/// A value in a row.
#[derive(Clone, Copy, Debug)]
pub enum ValueRef<'row> {
    /// The absence of a value.
    Null,
    /// A signed integer of 64 bits.
    Int(i64),
    /// UTF-8 text.
    Text(&'row str),
    /// Bytes.
    Bytes(&'row [u8]),
}

/// Reads some columns of a row, one after the other.
pub(crate) struct Columns<'row> {
    row: &'row dyn SqlRow,
    place: usize,
    end: usize,
}

/// The columns of `row` from `start` on, `count` of them.
pub(crate) fn columns(row: &dyn SqlRow, start: usize, count: usize) -> Columns<'_> {
    Columns { row, place: start, end: start + count }
}

impl<'row> Columns<'row> {
    fn next(&mut self) -> Result<ValueRef<'row>, ReadError> {
        if self.place == self.end {
            return Err(ReadError::Truncated);
        }
        self.place += 1;
        self.row.value(self.place - 1)
    }

    fn next_bytes(&mut self) -> Result<Option<&'row [u8]>, ReadError> {
        match self.next()? {
            ValueRef::Null => Ok(None),
            ValueRef::Bytes(bytes) => Ok(Some(bytes)),
            other => Err(wrong_kind(ValueKind::Bytes, other)),
        }
    }
}

impl ValueSource for Columns<'_> {
    fn opt_int(&mut self) -> Result<Option<i64>, ReadError> {
        match self.next()? {
            ValueRef::Null => Ok(None),
            ValueRef::Int(value) => Ok(Some(value)),
            other => Err(wrong_kind(ValueKind::Int, other)),
        }
    }

    fn opt_text(&mut self) -> Result<Option<String>, ReadError> {
        match self.next()? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(text) => Ok(Some(text.to_owned())),
            other => Err(wrong_kind(ValueKind::Text, other)),
        }
    }

    fn opt_bytes(&mut self) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(self.next_bytes()?.map(<[u8]>::to_vec))
    }

    fn opt_fixed16(&mut self) -> Result<Option<[u8; 16]>, ReadError> {
        let fixed = |bytes: &[u8]| {
            bytes
                .try_into()
                .map_err(|_| ReadError::WrongLength { expected: 16, found: bytes.len() })
        };
        self.next_bytes()?.map(fixed).transpose()
    }

    fn finish(&mut self) -> Result<(), ReadError> {
        if self.place == self.end { Ok(()) } else { Err(ReadError::Trailing) }
    }
}

fn wrong_kind(expected: ValueKind, found: ValueRef<'_>) -> ReadError {
    let found = match found {
        ValueRef::Null => ValueKind::Null,
        ValueRef::Int(_) => ValueKind::Int,
        ValueRef::Text(_) => ValueKind::Text,
        ValueRef::Bytes(_) => ValueKind::Bytes,
    };
    ReadError::WrongKind { expected, found }
}

/// Every row of an answer, read by `read`.
pub(crate) fn collect<C: SqlConnection, T>(
    connection: &mut C,
    statement: &str,
    values: &[Value],
    mut read: impl FnMut(&dyn SqlRow) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    connection.each_row(statement, values, &mut |row| {
        found.push(read(row)?);
        Ok(true)
    })?;
    Ok(found)
}

/// The first row of an answer, if there is one.
pub(crate) fn first<C: SqlConnection, T>(
    connection: &mut C,
    statement: &str,
    values: &[Value],
    mut read: impl FnMut(&dyn SqlRow) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut found = None;
    connection.each_row(statement, values, &mut |row| {
        found = Some(read(row)?);
        Ok(false)
    })?;
    Ok(found)
}

/// A sequence for a statement. None that is ever stored is too large; those that are merely
/// compared are cut to the largest.
pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A number of a table that is never negative.
pub(crate) fn unsigned(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value)
        .map_err(|_| StoreError::Corrupt("a number that is never negative is".to_owned()))
}
