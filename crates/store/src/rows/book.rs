//! The book's own row.

use engine::BookRow;
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Table, bytes, integer};

/// The one key there is: the table has one row.
const THE_ROW: i64 = 1;

pub(crate) const TABLE: Table = Table {
    number: 1,
    version: 1,
    name: "book",
    key_columns: 1,
    columns: &[
        integer("row_number"),
        integer("is_test"),
        integer("clock_ahead_micros"),
        bytes("ring"),
        integer("created_at"),
    ],
    indexes: &[],
};

pub(super) fn write_key(sink: &mut impl ValueSink) {
    sink.int(THE_ROW);
}

pub(super) fn write(row: &BookRow, sink: &mut impl ValueSink) {
    write_key(sink);
    sink.flag(row.is_test);
    sink.int(row.clock_ahead_micros);
    sink.bytes(&row.ring);
    sink.instant(row.created_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<BookRow, ReadError> {
    if source.int()? != THE_ROW {
        return Err(invalid("number of a book row"));
    }
    Ok(BookRow {
        is_test: source.flag()?,
        clock_ahead_micros: source.int()?,
        ring: source.fixed()?,
        created_at: source.instant()?,
    })
}
