//! Rows to and from statements.

use engine::Row as EngineRow;
use journal::{ReadError, Value, ValueKind, ValueSink, ValueSource};
use rusqlite::types::{Null, ValueRef};
use rusqlite::{Connection, Row, Rows, Statement, ToSql};

use crate::catalogue::{Grouped, ROWS_WRITTEN};
use crate::rows::{self, Table};
use crate::{StoreError, SweptRow};

/// Binds values to the parameters of a statement, one after the other.
pub(super) struct Binder<'a, 'connection> {
    statement: &'a mut Statement<'connection>,
    place: usize,
    failure: Option<rusqlite::Error>,
}

impl<'a, 'connection> Binder<'a, 'connection> {
    pub(super) fn new(statement: &'a mut Statement<'connection>) -> Binder<'a, 'connection> {
        Binder { statement, place: 0, failure: None }
    }

    /// Binds values whatever their kind.
    pub(super) fn values(&mut self, values: &[Value]) {
        for value in values {
            match value {
                Value::Null => self.null(),
                Value::Int(value) => self.int(*value),
                Value::Text(value) => self.text(value),
                Value::Bytes(value) => self.bytes(value),
            }
        }
    }

    /// Runs the statement and tells how many rows it changed.
    pub(super) fn execute(self) -> Result<usize, StoreError> {
        match self.failure {
            Some(failure) => Err(failure.into()),
            None => Ok(self.statement.raw_execute()?),
        }
    }

    /// Runs the statement and hands out its rows.
    pub(super) fn query(self) -> Result<Rows<'a>, StoreError> {
        match self.failure {
            Some(failure) => Err(failure.into()),
            None => Ok(self.statement.raw_query()),
        }
    }

    fn bind(&mut self, value: impl ToSql) {
        self.place += 1;
        if let Err(failure) = self.statement.raw_bind_parameter(self.place, value) {
            self.failure.get_or_insert(failure);
        }
    }
}

impl ValueSink for Binder<'_, '_> {
    fn null(&mut self) {
        self.bind(Null);
    }

    fn int(&mut self, value: i64) {
        self.bind(value);
    }

    fn text(&mut self, value: &str) {
        self.bind(value);
    }

    fn bytes(&mut self, value: &[u8]) {
        self.bind(value);
    }
}

/// Writes items by statements for [`ROWS_WRITTEN`] of them, and the rest one by one.
pub(super) fn write_grouped<T>(
    connection: &Connection,
    statements: &Grouped,
    items: &[T],
    write: impl Fn(&T, &mut Binder<'_, '_>),
) -> Result<(), StoreError> {
    let (groups, rest) = items.as_chunks::<ROWS_WRITTEN>();
    let run = |text: &str, parts: &mut dyn Iterator<Item = &[T]>| -> Result<(), StoreError> {
        let mut statement = connection.prepare_cached(text)?;
        for part in parts {
            let mut binder = Binder::new(&mut statement);
            part.iter().for_each(|item| write(item, &mut binder));
            binder.execute()?;
        }
        Ok(())
    };
    if !groups.is_empty() {
        run(&statements.several, &mut groups.iter().map(|group| &group[..]))?;
    }
    if !rest.is_empty() {
        run(&statements.one, &mut rest.chunks(1))?;
    }
    Ok(())
}

/// Reads some columns of a row, one after the other.
pub(super) struct Columns<'a, 'statement> {
    row: &'a Row<'statement>,
    place: usize,
    end: usize,
}

impl<'a, 'statement> Columns<'a, 'statement> {
    /// The columns from `start` on, `count` of them.
    pub(super) fn new(row: &'a Row<'statement>, start: usize, count: usize) -> Self {
        Columns { row, place: start, end: start + count }
    }

    fn next(&mut self) -> Result<ValueRef<'a>, ReadError> {
        if self.place == self.end {
            return Err(ReadError::Truncated);
        }
        let value = self.row.get_ref(self.place).map_err(|_| ReadError::Truncated)?;
        self.place += 1;
        Ok(value)
    }

    fn next_bytes(&mut self) -> Result<Option<&'a [u8]>, ReadError> {
        match self.next()? {
            ValueRef::Null => Ok(None),
            ValueRef::Blob(bytes) => Ok(Some(bytes)),
            other => Err(wrong_kind(ValueKind::Bytes, other)),
        }
    }
}

impl ValueSource for Columns<'_, '_> {
    fn opt_int(&mut self) -> Result<Option<i64>, ReadError> {
        match self.next()? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(value) => Ok(Some(value)),
            other => Err(wrong_kind(ValueKind::Int, other)),
        }
    }

    fn opt_text(&mut self) -> Result<Option<String>, ReadError> {
        match self.next()? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(bytes) => {
                let text = str::from_utf8(bytes).map_err(|_| ReadError::NotUtf8)?;
                Ok(Some(text.to_owned()))
            }
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

/// A row of `table` whose columns begin at `start`.
pub(super) fn read_row(
    table: &Table,
    row: &Row<'_>,
    start: usize,
) -> Result<EngineRow, StoreError> {
    let mut columns = Columns::new(row, start, table.columns.len());
    Ok(rows::read_row(table.number, table.version, &mut columns)?)
}

/// A row of `table` with its `applied_seq` behind it.
pub(super) fn read_swept(table: &Table, row: &Row<'_>) -> Result<SweptRow, StoreError> {
    let applied_seq = unsigned(row.get(table.columns.len())?)?;
    Ok(SweptRow { row: read_row(table, row, 0)?, applied_seq })
}

/// A sequence for a statement. None that is ever stored is too large; those that are merely
/// compared are cut to the largest.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A number of a table that is never negative.
pub(super) fn unsigned(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value)
        .map_err(|_| StoreError::Corrupt("a number that is never negative is".to_owned()))
}

fn wrong_kind(expected: ValueKind, found: ValueRef<'_>) -> ReadError {
    let found = match found {
        ValueRef::Null => ValueKind::Null,
        ValueRef::Integer(_) => ValueKind::Int,
        ValueRef::Text(_) => ValueKind::Text,
        ValueRef::Blob(_) => ValueKind::Bytes,
        ValueRef::Real(_) => return ReadError::Invalid { what: "value: a fraction" },
    };
    ReadError::WrongKind { expected, found }
}
