//! Orders. A table must not be called `order`, which is a word of SQL.

use base::Region;
use journal::{ReadError, ValueSink, ValueSource};
use shop::{LineId, Order, OrderLine, OrderTender, PaidBy, TenderId};

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Index, Table, bytes, integer, text};
use super::{line, list, metadata_text};

pub(crate) const TABLE: Table = Table {
    number: 16,
    version: 1,
    name: "shop_order",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("checkout"),
        text("currency"),
        text("region"),
        bytes("buyer").or_null(),
        bytes("lines"),
        bytes("tenders"),
        integer("source_kind").or_null(),
        text("source_id").or_null(),
        integer("receipt"),
        text("metadata").or_null(),
        integer("created_at"),
    ],
    indexes: &[Index { column: "buyer", only: Some("buyer is not null") }],
};

pub(super) fn write(row: &Order, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.id(row.checkout);
    sink.currency(row.currency);
    sink.text(row.region.as_str());
    sink.opt_id(row.buyer);
    list::write(&row.lines, sink, |line, sink| {
        line::write(&line.line, sink);
        line::write_parts(&line.parts, sink);
        sink.amount(line.refunded);
        sink.int(i64::from(line.refunded_units));
    });
    list::write(&row.tenders, sink, |tender, sink| write_tender(tender, sink));
    line::write_source(row.source.as_ref(), sink);
    sink.int(row.receipt.cast_signed());
    sink.opt_text(metadata_text::write(&row.metadata).as_deref());
    sink.instant(row.created_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Order, ReadError> {
    let row = Order {
        id: source.id()?,
        checkout: source.id()?,
        currency: source.currency()?,
        region: source.parsed("region of an order", Region::parse)?,
        buyer: source.opt_id()?,
        lines: list::read(source, |source| read_line(source))?,
        tenders: list::read(source, |source| read_tender(source))?,
        source: line::read_source(source)?,
        receipt: source.number("number of a receipt")?,
        metadata: metadata_text::read(source.opt_text()?.as_deref())?,
        created_at: source.instant()?,
    };
    check(&row)?;
    Ok(row)
}

fn read_line(source: &mut impl ValueSource) -> Result<OrderLine, ReadError> {
    let line = line::read(source)?;
    let parts = line::read_parts(source, line.total())?;
    let refunded = source.amount()?;
    let refunded_units = source.number("refunded units of a line")?;
    if refunded > line.total() || refunded_units > line.quantity {
        return Err(invalid("line of an order: more refunded than was bought"));
    }
    Ok(OrderLine { line, parts, refunded, refunded_units })
}

/// Every line is paid exactly.
fn check(row: &Order) -> Result<(), ReadError> {
    line::check_together(row.lines.iter().map(|line| &line.line))?;
    let ids: Vec<LineId> = row.lines.iter().map(|line| line.line.id).collect();
    let tenders = row.tenders.iter().map(|tender| (tender.id, tender.allocations.as_slice()));
    let paid = line::paid_per_line(&ids, tenders)?;
    if row.lines.iter().map(|line| line.line.total()).ne(paid) {
        return Err(invalid("tenders of an order: do not pay its lines"));
    }
    Ok(())
}

/// The kind tells what follows: of a gift card the card and its hold, of a payment method the
/// method and the payment.
fn write_tender(tender: &OrderTender, sink: &mut impl ValueSink) {
    sink.int(i64::from(tender.id.0));
    match tender.paid_by {
        PaidBy::GiftCard { card, hold } => {
            sink.int(1);
            sink.id(card);
            sink.id(hold);
        }
        PaidBy::PaymentMethod { method, payment } => {
            sink.int(2);
            sink.id(method);
            sink.id(payment);
        }
    }
    line::write_allocations(&tender.allocations, sink);
}

fn read_tender(source: &mut impl ValueSource) -> Result<OrderTender, ReadError> {
    Ok(OrderTender {
        id: TenderId(source.number("number of a tender")?),
        paid_by: match source.int()? {
            1 => PaidBy::GiftCard { card: source.id()?, hold: source.id()? },
            2 => PaidBy::PaymentMethod { method: source.id()?, payment: source.id()? },
            _ => return Err(invalid("kind of a tender")),
        },
        allocations: line::read_allocations(source)?,
    })
}
