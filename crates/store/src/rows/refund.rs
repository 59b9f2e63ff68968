//! Refunds.

use base::{CardId, HoldId, Money, RefundId};
use giftcards::Refund;
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource};
use super::table::{Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 7,
    version: 1,
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
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Refund, ReadError> {
    Ok(Refund {
        id: RefundId::from_bytes(source.fixed16()?),
        hold: HoldId::from_bytes(source.fixed16()?),
        card: CardId::from_bytes(source.fixed16()?),
        amount: Money { amount: source.amount()?, currency: source.currency()? },
        reversed: source.flag()?,
        created_at: source.instant()?,
    })
}
