//! Refunds of orders.

use base::Token;
use journal::{ReadError, ValueSink, ValueSource};
use shop::{LineRefund, OrderRefund, RefundAllocation, RefundStatus, TenderId};

use super::fields::{FieldSink, FieldSource, invalid, sum};
use super::table::{Index, Table, bytes, integer, text};
use super::{line, list};

pub(crate) const TABLE: Table = Table {
    number: 17,
    version: 1,
    name: "order_refund",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("shop_order"),
        integer("amount"),
        text("currency"),
        bytes("allocations"),
        bytes("lines"),
        bytes("parts"),
        text("reason"),
        integer("credit_note"),
        integer("created_at"),
    ],
    indexes: &[Index { column: "shop_order", only: None }],
};

/// In the place of a status: it has succeeded, and the card that was given for it follows.
const CREDITED: i64 = 16;

/// In the place of a status: it has succeeded, for it was paid by hand.
const BY_HAND: i64 = 17;

pub(super) fn write(row: &OrderRefund, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.id(row.order);
    sink.money(row.amount);
    list::write(&row.allocations, sink, |part, sink| {
        sink.int(i64::from(part.tender.0));
        line::write_id(part.line, sink);
        sink.amount(part.amount);
        match part.credit {
            Some(card) => {
                sink.int(CREDITED);
                sink.id(card);
            }
            None if part.by_hand => sink.int(BY_HAND),
            None => sink.int(i64::from(part.status as u8)),
        }
    });
    list::write(&row.lines, sink, |refund, sink| {
        line::write_id(refund.line, sink);
        sink.int(i64::from(refund.units));
        sink.amount(refund.amount);
    });
    line::write_parts(&row.parts, sink);
    sink.text(row.reason.as_str());
    sink.int(row.credit_note.cast_signed());
    sink.instant(row.created_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<OrderRefund, ReadError> {
    let (id, order, amount) = (source.id()?, source.id()?, source.money()?);
    let allocations = list::read(source, |source| {
        let tender = TenderId(source.number("number of a tender")?);
        let (line, amount) = (line::read_id(source)?, source.amount()?);
        let number = source.int()?;
        let credit = if number == CREDITED { Some(source.id()?) } else { None };
        let (status, by_hand) = (status(number)?, number == BY_HAND);
        Ok(RefundAllocation { tender, line, amount, status, credit, by_hand })
    })?;
    let lines = list::read(source, |source| {
        Ok(LineRefund {
            line: line::read_id(source)?,
            units: source.number("refunded units of a line")?,
            amount: source.amount()?,
        })
    })?;
    let of_tenders = sum(allocations.iter().map(|part| part.amount));
    let of_lines = sum(lines.iter().map(|line| line.amount));
    if of_tenders != Some(amount.amount) || of_lines != Some(amount.amount) {
        return Err(invalid("refund of an order: does not add up"));
    }
    if allocations.iter().any(|part| part.amount.is_zero()) {
        return Err(invalid("refund of an order: nothing to a tender"));
    }
    Ok(OrderRefund {
        id,
        order,
        amount,
        allocations,
        lines,
        parts: line::read_parts(source, amount.amount)?,
        reason: source.parsed("reason of a refund", Token::new)?,
        credit_note: source.number("number of a credit note")?,
        created_at: source.instant()?,
    })
}

fn status(number: i64) -> Result<RefundStatus, ReadError> {
    if [CREDITED, BY_HAND].contains(&number) {
        return Ok(RefundStatus::Succeeded);
    }
    let status = u8::try_from(number).ok().and_then(RefundStatus::from_number);
    status.ok_or(invalid("status of a refund"))
}
