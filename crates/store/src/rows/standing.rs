//! What was moved at a rail, and what its files tell of it.

use base::{StandingId, Token};
use journal::{ReadError, ValueSink, ValueSource};
use ledger::Subject;
use payments::{Moved, Standing, StandingState};

use super::fields::{FieldSink, FieldSource, invalid};
use super::settlement::{read_sum, write_sum};
use super::table::{Index, Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 23,
    version: 1,
    name: "standing",
    key_columns: 1,
    columns: &[
        bytes("id"),
        integer("moved_kind"),
        text("rail"),
        text("currency"),
        integer("our_gross"),
        integer("our_fee"),
        integer("told_gross"),
        integer("told_fee"),
        integer("line_count"),
        integer("books_fee"),
        integer("is_open"),
        integer("moved_at"),
        integer("created_at"),
    ],
    indexes: &[Index { column: "is_open", only: Some("is_open = 1") }],
};

pub(super) fn write(row: &Standing, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.int(i64::from(row.of.kind()));
    sink.text(row.rail.as_str());
    sink.currency(row.currency);
    write_sum(row.ours, sink);
    write_sum(row.told, sink);
    sink.int(i64::from(row.lines));
    sink.flag(row.books_fee);
    sink.flag(is_open(row));
    sink.instant(row.moved_at);
    sink.instant(row.created_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Standing, ReadError> {
    let id: StandingId = source.id()?;
    let kind = source.number("kind of what was moved")?;
    let of = Moved::from_parts(kind, Subject(id.to_bytes()));
    let of = of.ok_or(invalid("kind of what was moved"))?;
    let rail = source.parsed("rail", Token::new)?;
    let currency = source.currency()?;
    let (ours, told) = (read_sum(source)?, read_sum(source)?);
    let lines = source.number("lines of a standing")?;
    let (books_fee, open) = (source.flag()?, source.flag()?);
    let (moved_at, created_at) = (source.instant()?, source.instant()?);
    let row =
        Standing { id, of, rail, currency, ours, told, lines, books_fee, moved_at, created_at };
    if open != is_open(&row) {
        return Err(invalid("standing: open or not, against its amounts"));
    }
    Ok(row)
}

fn is_open(row: &Standing) -> bool {
    row.state() != StandingState::Settled
}
