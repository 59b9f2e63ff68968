//! Settlement files of rails.

use base::{Text, Token};
use journal::{ReadError, ValueSink, ValueSource};
use payments::{Settlement, Sum};

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 21,
    version: 1,
    name: "settlement",
    key_columns: 1,
    columns: &[
        bytes("id"),
        text("rail"),
        text("reference"),
        text("currency"),
        integer("line_count"),
        integer("gross"),
        integer("fee"),
        integer("unknown_count"),
        integer("unknown_gross"),
        integer("unknown_fee"),
        integer("paid_out"),
        integer("created_at"),
    ],
    indexes: &[],
};

pub(super) fn write(row: &Settlement, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.text(row.rail.as_str());
    sink.text(row.reference.as_str());
    sink.currency(row.currency);
    sink.int(i64::from(row.lines));
    write_sum(row.sum, sink);
    sink.int(i64::from(row.unknown_lines));
    write_sum(row.unknown, sink);
    sink.int(row.paid_out);
    sink.instant(row.created_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Settlement, ReadError> {
    let row = Settlement {
        id: source.id()?,
        rail: source.parsed("rail", Token::new)?,
        reference: source.parsed("reference of a settlement", Text::new)?,
        currency: source.currency()?,
        lines: source.number("lines of a settlement")?,
        sum: read_sum(source)?,
        unknown_lines: source.number("unknown lines of a settlement")?,
        unknown: read_sum(source)?,
        paid_out: source.int()?,
        created_at: source.instant()?,
    };
    let is_known = row.unknown_lines > 0 || row.unknown == Sum::default();
    if row.unknown_lines > row.lines || !is_known {
        return Err(invalid("settlement: other unknown lines than there are"));
    }
    Ok(row)
}

/// Gross, then fee.
pub(super) fn write_sum(sum: Sum, sink: &mut impl ValueSink) {
    sink.int(sum.gross);
    sink.int(sum.fee);
}

pub(super) fn read_sum(source: &mut impl ValueSource) -> Result<Sum, ReadError> {
    Ok(Sum { gross: source.int()?, fee: source.int()? })
}
