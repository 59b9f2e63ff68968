//! What was repaid without a claim.

use claims::{Digest, Fingerprint, Restitution, RestitutionKind, Way};
use claims::{restitution_id, restitution_statement_id};
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Index, Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 37,
    version: 1,
    name: "restitution",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("promotion"),
        integer("number"),
        integer("kind"),
        bytes("cause"),
        text("currency"),
        integer("loss"),
        integer("net"),
        integer("gross").or_null(),
        bytes("order_refund"),
        bytes("facts"),
        integer("due_at"),
        integer("paid_at").or_null(),
        integer("created_at"),
    ],
    indexes: &[
        Index { column: "promotion", only: None },
        Index { column: "created_at", only: Some("paid_at is null") },
    ],
};

pub(super) fn write(row: &Restitution, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.id(row.promotion);
    sink.int(i64::from(row.number));
    sink.int(i64::from(row.kind as u8));
    sink.bytes(&row.cause.0);
    sink.currency(row.currency);
    sink.amount(row.loss);
    sink.amount(row.net);
    sink.opt_int(row.gross.map(base::Amount::minor));
    sink.id(row.refund);
    sink.bytes(&row.facts.0);
    sink.instant(row.due_at);
    sink.opt_instant(row.paid_at);
    sink.instant(row.at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Restitution, ReadError> {
    let id = source.id()?;
    let row = Restitution {
        id,
        promotion: source.id()?,
        number: source.number("number of a restitution")?,
        kind: source.one_of("kind of a restitution", RestitutionKind::from_number)?,
        cause: Fingerprint(source.fixed16()?),
        currency: source.currency()?,
        loss: source.amount()?,
        net: source.amount()?,
        gross: source.opt_amount()?,
        refund: source.id()?,
        statement: restitution_statement_id(id),
        facts: Digest(source.fixed()?),
        due_at: source.instant()?,
        paid_at: source.opt_instant()?,
        at: source.instant()?,
    };
    if row.number == 0 || row.id != restitution_id(row.promotion, row.kind, row.cause) {
        return Err(invalid("restitution: another one's id"));
    }
    if row.net.is_zero() || row.net > row.loss {
        return Err(invalid("restitution: of nothing, or of more than the loss"));
    }
    let is_settled = row.kind.way() == Way::Settlement;
    if row.gross.is_none_or(|gross| gross < row.net) != is_settled
        || is_settled != row.gross.is_none()
    {
        return Err(invalid("restitution: its tax is told where it is not, or not where it is"));
    }
    Ok(row)
}
