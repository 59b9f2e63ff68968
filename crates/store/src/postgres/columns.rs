//! Values on their way to statements: single ones, and a list for each column of many rows.
//!
//! A statement that writes a thousand rows takes one list a column, in PostgreSQL's binary form
//! of an array, instead of a thousand times as many parameters: its text stays the same whatever
//! the number of rows.

use std::error::Error;
use std::fmt;

use bytes::{BufMut, BytesMut};
use journal::{Value, ValueSink};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::rows::ColumnKind;

type Encoded = Result<IsNull, Box<dyn Error + Sync + Send>>;

/// A single value.
pub(super) struct Single<'a>(&'a Value);

impl ToSql for Single<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Encoded {
        match self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(value) => value.to_sql(kind, out),
            Value::Text(value) => value.to_sql(kind, out),
            Value::Bytes(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(kind)
    }

    to_sql_checked!();
}

impl fmt::Debug for Single<'_> {
    // The library prints parameters at its debug level; they are none of a log's business.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0.kind())
    }
}

/// Single values, one for each parameter of a statement.
pub(super) fn singles(values: &[Value]) -> Vec<Single<'_>> {
    values.iter().map(Single).collect()
}

/// Values or lists of them as the library takes parameters.
pub(super) fn parameters<P: ToSql + Sync>(values: &[P]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// The values of one column of many rows.
pub(super) struct Column {
    kind: ColumnKind,
    count: i32,
    has_null: bool,
    body: BytesMut,
}

/// Columns of a table that take the values of its rows one after the other.
pub(super) struct Columns {
    columns: Vec<Column>,
    next: usize,
}

impl Columns {
    /// No rows yet, of columns of these kinds.
    pub(super) fn new(kinds: impl IntoIterator<Item = ColumnKind>) -> Columns {
        let empty = |kind| Column { kind, count: 0, has_null: false, body: BytesMut::new() };
        Columns { columns: kinds.into_iter().map(empty).collect(), next: 0 }
    }

    /// The columns, to be the parameters of a statement.
    pub(super) fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        parameters(&self.columns)
    }

    /// Bytes of all values.
    pub(super) fn bytes(&self) -> usize {
        self.columns.iter().map(|column| column.body.len()).sum()
    }

    fn take(&mut self, kind: ColumnKind) -> &mut BytesMut {
        let column = self.step();
        assert!(column.kind == kind, "a row has the columns of its table");
        &mut column.body
    }

    fn step(&mut self) -> &mut Column {
        let place = self.next;
        self.next = (place + 1) % self.columns.len();
        let column = &mut self.columns[place];
        column.count += 1;
        column
    }
}

impl ValueSink for Columns {
    fn null(&mut self) {
        let column = self.step();
        column.has_null = true;
        column.body.put_i32(-1);
    }

    fn int(&mut self, value: i64) {
        let body = self.take(ColumnKind::Integer);
        body.put_i32(8);
        body.put_i64(value);
    }

    fn text(&mut self, value: &str) {
        put(self.take(ColumnKind::Text), value.as_bytes());
    }

    fn bytes(&mut self, value: &[u8]) {
        put(self.take(ColumnKind::Bytes), value);
    }
}

fn put(body: &mut BytesMut, value: &[u8]) {
    body.put_i32(i32::try_from(value.len()).expect("a value has less than two gigabytes"));
    body.put_slice(value);
}

/// The type of a column, and that of a list of its values.
pub(super) fn types_of(kind: ColumnKind) -> (Type, Type) {
    match kind {
        ColumnKind::Integer => (Type::INT8, Type::INT8_ARRAY),
        ColumnKind::Text => (Type::TEXT, Type::TEXT_ARRAY),
        ColumnKind::Bytes => (Type::BYTEA, Type::BYTEA_ARRAY),
    }
}

impl ToSql for Column {
    /// Dimensions, whether there are nulls, type of the values; length and lower bound of the one
    /// dimension; the values, each with its length.
    /// (PostgreSQL source, `array_recv` in `src/backend/utils/adt/arrayfuncs.c`.)
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Encoded {
        out.put_i32(i32::from(self.count > 0));
        out.put_i32(i32::from(self.has_null));
        out.put_u32(types_of(self.kind).0.oid());
        if self.count > 0 {
            out.put_i32(self.count);
            out.put_i32(1);
        }
        out.put_slice(&self.body);
        Ok(IsNull::No)
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8_ARRAY, Type::TEXT_ARRAY, Type::BYTEA_ARRAY].contains(kind)
    }

    to_sql_checked!();
}

impl fmt::Debug for Column {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} values", self.count)
    }
}
