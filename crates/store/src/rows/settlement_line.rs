//! Lines of settlement files.

use base::Text;
use journal::{ReadError, ValueSink, ValueSource};
use ledger::Subject;
use payments::{Moved, SettledKind, SettlementLine};

use super::fields::{FieldSink, FieldSource, invalid};
use super::settlement::{read_sum, write_sum};
use super::table::{Index, Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 22,
    version: 1,
    name: "settlement_line",
    key_columns: 1,
    columns: &[
        bytes("id"),
        text("reference"),
        bytes("settlement"),
        integer("kind"),
        text("currency"),
        integer("gross"),
        integer("fee"),
        integer("moved_at"),
        integer("moved_kind").or_null(),
        bytes("moved").or_null(),
        text("source_reference").or_null(),
        bytes("told_otherwise_by").or_null(),
        integer("created_at"),
    ],
    indexes: &[Index { column: "settlement", only: None }],
};

pub(super) fn write(row: &SettlementLine, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.text(row.reference.as_str());
    sink.id(row.settlement);
    sink.int(i64::from(row.kind as u8));
    sink.currency(row.currency);
    write_sum(row.sum, sink);
    sink.instant(row.at);
    sink.opt_int(row.of.map(|of| i64::from(of.kind())));
    sink.opt_bytes(row.of.map(Moved::subject).as_ref().map(|subject| subject.0.as_slice()));
    sink.opt_text(row.source.as_ref().map(Text::as_str));
    sink.opt_id(row.told_otherwise_by);
    sink.instant(row.created_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<SettlementLine, ReadError> {
    let row = SettlementLine {
        id: source.id()?,
        reference: source.parsed("reference of a line", Text::new)?,
        settlement: source.id()?,
        kind: source.one_of("kind of a line", SettledKind::from_number)?,
        currency: source.currency()?,
        sum: read_sum(source)?,
        at: source.instant()?,
        of: read_moved(source)?,
        source: source.opt_parsed("reference of what was moved", Text::new)?,
        told_otherwise_by: source.opt_id()?,
        created_at: source.instant()?,
    };
    if row.of.is_some_and(|of| !row.kind.is_about(of)) {
        return Err(invalid("line: about something of another kind"));
    }
    Ok(row)
}

fn read_moved(source: &mut impl ValueSource) -> Result<Option<Moved>, ReadError> {
    let kind: Option<u8> = source.opt_number("kind of what was moved")?;
    match (kind, source.opt_fixed16()?) {
        (None, None) => Ok(None),
        (Some(kind), Some(id)) => {
            let of = Moved::from_parts(kind, Subject(id));
            of.map(Some).ok_or(invalid("kind of what was moved"))
        }
        _ => Err(invalid("what was moved: half of it")),
    }
}
