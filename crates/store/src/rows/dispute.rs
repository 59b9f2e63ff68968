//! Disputes.

use base::{Text, Token};
use journal::{ReadError, ValueSink, ValueSource};
use payments::{Dispute, DisputeState};

use super::fields::{FieldSink, FieldSource};
use super::table::{Index, Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 11,
    version: 1,
    name: "dispute",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("payment"),
        integer("amount"),
        text("currency"),
        text("reason"),
        integer("due_by").or_null(),
        integer("state"),
        integer("stage"),
        text("rail_reference").or_null(),
        integer("created_at"),
    ],
    indexes: &[
        Index { column: "state", only: None },
        Index { column: "rail_reference", only: Some("rail_reference is not null") },
    ],
};

pub(super) fn write(row: &Dispute, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.id(row.payment);
    sink.money(row.amount);
    sink.text(row.reason.as_str());
    sink.opt_instant(row.due_by);
    sink.int(i64::from(row.state as u8));
    sink.int(i64::from(row.stage));
    sink.opt_text(row.rail_reference.as_ref().map(Text::as_str));
    sink.instant(row.created_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Dispute, ReadError> {
    Ok(Dispute {
        id: source.id()?,
        payment: source.id()?,
        amount: source.money()?,
        reason: source.parsed("reason of a dispute", Token::new)?,
        due_by: source.opt_instant()?,
        state: source.one_of("state of a dispute", DisputeState::from_number)?,
        stage: source.number("stage of a dispute")?,
        rail_reference: source.opt_parsed("reference of a dispute", Text::new)?,
        created_at: source.instant()?,
    })
}
