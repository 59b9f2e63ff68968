//! Refunds over rails.

use base::{Text, Token};
use journal::{ReadError, ValueSink, ValueSource};
use payments::{ConsentReason, Destination, FailureCode, RailRefund, RefundState};

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Index, Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 10,
    version: 2,
    name: "rail_refund",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("payment"),
        text("rail"),
        integer("amount"),
        text("currency"),
        bytes("order_refund").or_null(),
        bytes("other_method").or_null(),
        integer("consented_at").or_null(),
        integer("state"),
        text("failure").or_null(),
        integer("consent_reason").or_null(),
        integer("attempt"),
        integer("returned_attempt").or_null(),
        bytes("replaced_by").or_null(),
        integer("is_unknown"),
        text("rail_reference").or_null(),
        integer("calls"),
        integer("due_at").or_null(),
        integer("created_at"),
    ],
    indexes: &[
        Index { column: "due_at", only: Some("due_at is not null") },
        Index { column: "order_refund", only: Some("order_refund is not null") },
        Index { column: "rail_reference", only: Some("rail_reference is not null") },
    ],
};

pub(super) fn write(row: &RailRefund, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.id(row.payment);
    sink.text(row.rail.as_str());
    sink.money(row.amount);
    sink.opt_id(row.order_refund);
    let other = match row.destination {
        Destination::Original => None,
        Destination::Other { method, consented_at } => Some((method, consented_at)),
    };
    sink.opt_id(other.map(|(method, _)| method));
    sink.opt_instant(other.map(|(_, consented_at)| consented_at));
    write_state(row, sink);
    sink.int(i64::from(row.attempt));
    sink.opt_int(row.returned_attempt.map(i64::from));
    sink.opt_id(row.replaced_by);
    sink.flag(row.is_unknown);
    sink.opt_text(row.rail_reference.as_ref().map(Text::as_str));
    sink.int(i64::from(row.calls));
    sink.opt_instant(row.due_at);
    sink.instant(row.created_at);
}

/// Reads a row of the present version, or of one that knew by the code alone what a dispute keeps
/// back.
pub(super) fn read(source: &mut impl ValueSource, version: u8) -> Result<RailRefund, ReadError> {
    let (id, payment) = (source.id()?, source.id()?);
    let (rail, amount) = (source.parsed("rail", Token::new)?, source.money()?);
    let (order_refund, destination) = (source.opt_id()?, read_destination(source)?);
    let (state, kept_back) = read_state(source, version)?;
    let row = RailRefund {
        id,
        payment,
        rail,
        amount,
        order_refund,
        destination,
        state,
        kept_back,
        attempt: source.number("attempt of a refund")?,
        returned_attempt: source.opt_number("attempt of a refund")?,
        replaced_by: source.opt_id()?,
        is_unknown: source.flag()?,
        rail_reference: source.opt_parsed("reference of a refund", Text::new)?,
        calls: source.number("calls of a refund")?,
        due_at: source.opt_instant()?,
        created_at: source.instant()?,
    };
    if row.attempt == 0 || row.returned_attempt.is_some_and(|returned| returned > row.attempt) {
        return Err(invalid("attempts of a refund"));
    }
    if row.replaced_by.is_some() && !matches!(row.state, RefundState::Failed { .. }) {
        return Err(invalid("state of a refund: replaced before it has failed"));
    }
    if row.next_call().is_none() && (row.is_unknown || row.due_at.is_some()) {
        return Err(invalid("state of a refund: it waits for nothing"));
    }
    Ok(row)
}

fn read_destination(source: &mut impl ValueSource) -> Result<Destination, ReadError> {
    match (source.opt_id()?, source.opt_instant()?) {
        (None, None) => Ok(Destination::Original),
        (Some(method), Some(consented_at)) => Ok(Destination::Other { method, consented_at }),
        _ => Err(invalid("destination of a refund: half of it")),
    }
}

/// Its number, and what belongs to some of the states. The numbers never change.
fn write_state(row: &RailRefund, sink: &mut impl ValueSink) {
    let (number, code, reason) = match &row.state {
        RefundState::Waiting => (1, None, None),
        RefundState::Sent => (2, None, None),
        RefundState::Succeeded => (3, None, None),
        RefundState::Failed { code } if row.kept_back => (9, Some(code), None),
        RefundState::Failed { code } => (4, Some(code), None),
        RefundState::NeedsConsent { reason } => (5, None, Some(*reason)),
        RefundState::Settled => (6, None, None),
        RefundState::Credited => (7, None, None),
        RefundState::PaidByHand => (8, None, None),
    };
    sink.int(number);
    sink.opt_text(code.map(Token::as_str));
    sink.opt_int(reason.map(|reason| i64::from(reason as u8)));
}

/// The state, and whether a dispute keeps the refund back.
fn read_state(
    source: &mut impl ValueSource,
    version: u8,
) -> Result<(RefundState, bool), ReadError> {
    let number = source.int()?;
    let code = source.opt_parsed("failure of a refund", FailureCode::new)?;
    let reason = source.opt_one_of("consent to a refund", ConsentReason::from_number)?;
    let was_disputed = code.as_ref().is_some_and(|code| code.as_str() == "disputed");
    let kept_back = number == 9 || version == 1 && number == 4 && was_disputed;
    let state = match (number, code, reason) {
        (1, None, None) => RefundState::Waiting,
        (2, None, None) => RefundState::Sent,
        (3, None, None) => RefundState::Succeeded,
        (4 | 9, Some(code), None) => RefundState::Failed { code },
        (5, None, Some(reason)) => RefundState::NeedsConsent { reason },
        (6, None, None) => RefundState::Settled,
        (7, None, None) => RefundState::Credited,
        (8, None, None) => RefundState::PaidByHand,
        _ => return Err(invalid("state of a refund")),
    };
    Ok((state, kept_back))
}
