//! What was repaid without a claim.

use base::Token;
use claims::{Digest, Fingerprint, Restitution, RestitutionKind, Stuck, Way};
use claims::{restitution_id, restitution_statement_id};
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid};
use super::resolved;
use super::table::{Index, Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 37,
    version: 2,
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
        integer("escalated_at").or_null(),
        integer("stuck_at").or_null(),
        text("stuck_for").or_null(),
        integer("resolved_at").or_null(),
        bytes("resolved_by").or_null(),
        integer("resolved_how").or_null(),
        text("resolved_reference").or_null(),
        integer("is_stuck").or_null(),
    ],
    indexes: &[
        Index { column: "promotion", only: None },
        Index { column: "created_at", only: Some("paid_at is null") },
        Index { column: "is_stuck", only: Some("is_stuck = 1") },
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
    sink.opt_instant(row.escalated_at);
    let stuck = row.stuck.as_ref();
    sink.opt_instant(stuck.map(|stuck| stuck.at));
    sink.opt_text(stuck.map(|stuck| stuck.refusal.as_str()));
    resolved::write(stuck.and_then(|stuck| stuck.resolved.as_ref()), sink);
    sink.opt_int(row.is_stuck().then_some(1));
}

/// Version 1 knows nothing of what was late or stuck.
pub(super) fn read(source: &mut impl ValueSource, version: u8) -> Result<Restitution, ReadError> {
    let id = source.id()?;
    let mut row = Restitution {
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
        escalated_at: None,
        stuck: None,
    };
    if version >= 2 {
        row.escalated_at = source.opt_instant()?;
        row.stuck = read_stuck(source)?;
        if source.opt_int()? != row.is_stuck().then_some(1) {
            return Err(invalid("restitution: said to wait for a person when it does not"));
        }
    }
    if row.stuck.is_some() && !matches!(row.kind.way(), Way::Refund(_)) {
        return Err(invalid("restitution: stuck, though no order refunds it"));
    }
    if row.is_stuck() && row.paid_at.is_some() {
        return Err(invalid("restitution: stuck, though it was paid"));
    }
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

fn read_stuck(source: &mut impl ValueSource) -> Result<Option<Stuck>, ReadError> {
    let at = source.opt_instant()?;
    let refusal = source.opt_parsed("why a restitution is stuck", Token::new)?;
    let resolved = resolved::read(source)?;
    match (at, refusal) {
        (Some(at), Some(refusal)) => Ok(Some(Stuck { at, refusal, resolved })),
        (None, None) if resolved.is_none() => Ok(None),
        _ => Err(invalid("restitution: stuck in part")),
    }
}
