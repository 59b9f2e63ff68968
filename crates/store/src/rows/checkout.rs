//! Checkouts.

use base::{Amount, Region, Token};
use journal::{ReadError, ValueSink, ValueSource};
use shop::{Checkout, CheckoutState, Line, LineId, Tender, TenderId, TenderKind, TenderStatus};

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Index, Table, bytes, integer, text};
use super::{line, list, metadata_text};

pub(crate) const TABLE: Table = Table {
    number: 15,
    version: 2,
    name: "checkout",
    key_columns: 1,
    columns: &[
        bytes("id"),
        text("currency"),
        text("region"),
        bytes("buyer").or_null(),
        bytes("lines"),
        integer("source_kind").or_null(),
        text("source_id").or_null(),
        bytes("tenders"),
        integer("tenders_ever"),
        integer("state"),
        text("failure").or_null(),
        bytes("shop_order").or_null(),
        text("metadata").or_null(),
        integer("expires_at"),
        integer("due_at").or_null(),
        integer("created_at"),
        bytes("promotion").or_null(),
    ],
    indexes: &[
        Index { column: "due_at", only: Some("due_at is not null") },
        Index { column: "buyer", only: Some("buyer is not null") },
    ],
};

pub(super) fn write(row: &Checkout, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.currency(row.currency);
    sink.text(row.region.as_str());
    sink.opt_id(row.buyer);
    list::write(&row.lines, sink, |line, sink| line::write(line, sink));
    line::write_source(row.source.as_ref(), sink);
    list::write(&row.tenders, sink, |tender, sink| write_tender(tender, sink));
    sink.int(i64::from(row.tenders_ever));
    sink.int(i64::from(row.state as u8));
    sink.opt_text(row.failure.as_ref().map(Token::as_str));
    sink.opt_id(row.order);
    sink.opt_text(metadata_text::write(&row.metadata).as_deref());
    sink.instant(row.expires_at);
    sink.opt_instant(row.due_at);
    sink.instant(row.created_at);
    sink.opt_id(row.promotion);
}

/// Reads a row of the present version, or of one that knew no promotions.
pub(super) fn read(source: &mut impl ValueSource, version: u8) -> Result<Checkout, ReadError> {
    let mut row = Checkout {
        id: source.id()?,
        currency: source.currency()?,
        region: source.parsed("region of a checkout", Region::parse)?,
        buyer: source.opt_id()?,
        lines: list::read(source, |source| line::read(source))?,
        promotion: None,
        source: line::read_source(source)?,
        tenders: list::read(source, |source| read_tender(source))?,
        tenders_ever: source.number("tenders there ever were")?,
        state: source.one_of("state of a checkout", CheckoutState::from_number)?,
        failure: source.opt_parsed("failure of a checkout", Token::new)?,
        order: source.opt_id()?,
        metadata: metadata_text::read(source.opt_text()?.as_deref())?,
        expires_at: source.instant()?,
        due_at: source.opt_instant()?,
        created_at: source.instant()?,
    };
    if version > 1 {
        row.promotion = source.opt_id()?;
    }
    check(&row)?;
    Ok(row)
}

fn check(row: &Checkout) -> Result<(), ReadError> {
    if row.promotion.is_some() != row.lines.iter().any(Line::is_promotion) {
        return Err(invalid("promotion of a checkout: no line pays for it, or one for none"));
    }
    line::check_together(row.lines.iter())?;
    let ids: Vec<LineId> = row.lines.iter().map(|line| line.id).collect();
    let tenders = row.tenders.iter().map(|tender| (tender.id, tender.allocations.as_slice()));
    let paid = line::paid_per_line(&ids, tenders)?;
    let left = |(line, paid): (&Line, &Amount)| line.total().checked_sub(*paid);
    let left: Option<Vec<Amount>> = row.lines.iter().zip(&paid).map(left).collect();
    let left = left.ok_or(invalid("tenders of a checkout: pay more than a line"))?;
    if row.tenders.last().is_some_and(|last| last.id.0 > row.tenders_ever) {
        return Err(invalid("tenders of a checkout: more than there ever were"));
    }
    let (is_paying, is_paid) = match row.state {
        CheckoutState::Open | CheckoutState::Failed | CheckoutState::Expired => (false, false),
        CheckoutState::Paying | CheckoutState::RequiresAction => (true, false),
        CheckoutState::Paid => (true, true),
    };
    if is_paying && left.iter().any(|left| !left.is_zero()) {
        return Err(invalid("state of a checkout: its tenders leave something to pay"));
    }
    if row.order.is_some() != is_paid {
        return Err(invalid("state of a checkout: an order is that of a paid one"));
    }
    if row.state == CheckoutState::Failed && row.failure.is_none() {
        return Err(invalid("state of a checkout: failed for no reason"));
    }
    Ok(())
}

/// The kind tells what follows: of a gift card the card and its hold, of a payment method the
/// method, the payment and the most it shall pay.
fn write_tender(tender: &Tender, sink: &mut impl ValueSink) {
    sink.int(i64::from(tender.id.0));
    match tender.kind {
        TenderKind::GiftCard { card, hold } => {
            sink.int(1);
            sink.id(card);
            sink.opt_id(hold);
        }
        TenderKind::PaymentMethod { method, payment, wanted } => {
            sink.int(2);
            sink.id(method);
            sink.opt_id(payment);
            sink.opt_int(wanted.map(Amount::minor));
        }
    }
    sink.int(i64::from(tender.status as u8));
    line::write_allocations(&tender.allocations, sink);
}

fn read_tender(source: &mut impl ValueSource) -> Result<Tender, ReadError> {
    Ok(Tender {
        id: TenderId(source.number("number of a tender")?),
        kind: match source.int()? {
            1 => TenderKind::GiftCard { card: source.id()?, hold: source.opt_id()? },
            2 => TenderKind::PaymentMethod {
                method: source.id()?,
                payment: source.opt_id()?,
                wanted: source.opt_amount()?,
            },
            _ => return Err(invalid("kind of a tender")),
        },
        status: source.one_of("status of a tender", TenderStatus::from_number)?,
        allocations: line::read_allocations(source)?,
    })
}
