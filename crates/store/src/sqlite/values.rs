//! Rows to and from statements.

use journal::{ReadError, Value, ValueSink};
use rusqlite::types::{Null, ValueRef as Stored};
use rusqlite::{Connection, Row, Rows, Statement, ToSql};

use crate::StoreError;
use crate::catalogue::{Grouped, ROWS_WRITTEN};
use crate::sql::{SqlRow, ValueRef};

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

impl SqlRow for Row<'_> {
    fn value(&self, column: usize) -> Result<ValueRef<'_>, ReadError> {
        match self.get_ref(column).map_err(|_| ReadError::Truncated)? {
            Stored::Null => Ok(ValueRef::Null),
            Stored::Integer(value) => Ok(ValueRef::Int(value)),
            Stored::Text(bytes) => {
                let text = str::from_utf8(bytes).map_err(|_| ReadError::NotUtf8)?;
                Ok(ValueRef::Text(text))
            }
            Stored::Blob(bytes) => Ok(ValueRef::Bytes(bytes)),
            Stored::Real(_) => Err(ReadError::Invalid { what: "value: a fraction" }),
        }
    }
}
