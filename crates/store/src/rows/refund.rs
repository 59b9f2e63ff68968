//! Refunds.

use base::{Amount, CardId, HoldId, Money, RefundId};
use giftcards::Refund;
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 7,
    version: 2,
    name: "refund",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("hold"),
        bytes("card"),
        integer("amount"),
        text("currency"),
        integer("reversed"),
        integer("created_at"),
        integer("goodwill").or_null(),
    ],
    indexes: &[],
};

pub(super) fn write(row: &Refund, sink: &mut impl ValueSink) {
    sink.bytes(&row.id.to_bytes());
    sink.bytes(&row.hold.to_bytes());
    sink.bytes(&row.card.to_bytes());
    sink.amount(row.amount.amount);
    sink.currency(row.amount.currency);
    sink.flag(row.reversed);
    sink.instant(row.created_at);
    sink.amount_or_null(row.goodwill);
}

/// Reads a row of the present version, or of one that did not tell goodwill apart.
pub(super) fn read(source: &mut impl ValueSource, version: u8) -> Result<Refund, ReadError> {
    let mut refund = Refund {
        id: RefundId::from_bytes(source.fixed16()?),
        hold: HoldId::from_bytes(source.fixed16()?),
        card: CardId::from_bytes(source.fixed16()?),
        amount: Money { amount: source.amount()?, currency: source.currency()? },
        goodwill: Amount::ZERO,
        reversed: source.flag()?,
        created_at: source.instant()?,
    };
    if version > 1 {
        refund.goodwill = source.amount_or_zero()?;
    }
    if refund.goodwill > refund.amount.amount {
        return Err(invalid("goodwill of a refund: more than it gives back"));
    }
    Ok(refund)
}
