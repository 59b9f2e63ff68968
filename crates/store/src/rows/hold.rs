//! Holds.

use base::{AccountId, Amount, CardId, CheckoutId, HoldId, Text};
use giftcards::Hold;
use journal::{ReadError, ValueSink, ValueSource};
use ledger::Pending;

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Index, Table, bytes, integer, text};

/// `is_open` repeats what the amounts say, so that an index can contain open holds only and no
/// statement computes with money; the reader compares the two.
pub(crate) const TABLE: Table = Table {
    number: 6,
    version: 3,
    name: "hold",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("card"),
        bytes("debit"),
        bytes("credit"),
        text("currency"),
        integer("reserved"),
        integer("posted"),
        integer("voided"),
        integer("is_open"),
        integer("is_expired"),
        integer("refunded"),
        integer("expires_at"),
        text("reference"),
        integer("created_at"),
        bytes("checkout").or_null(),
        integer("goodwill").or_null(),
    ],
    indexes: &[
        Index { column: "reference", only: None },
        Index { column: "expires_at", only: Some("is_open = 1") },
    ],
};

pub(super) fn write(row: &Hold, sink: &mut impl ValueSink) {
    sink.bytes(&row.id.to_bytes());
    sink.bytes(&row.card.to_bytes());
    sink.bytes(&row.pending.debit.to_bytes());
    sink.bytes(&row.pending.credit.to_bytes());
    sink.currency(row.pending.currency);
    sink.amount(row.pending.reserved);
    sink.amount(row.pending.posted);
    sink.amount(row.pending.voided);
    sink.flag(!row.pending.open().is_zero());
    sink.flag(row.pending.expired);
    sink.amount(row.refunded);
    sink.instant(row.expires_at);
    sink.text(row.reference.as_str());
    sink.instant(row.created_at);
    sink.opt_bytes(row.checkout.map(CheckoutId::to_bytes).as_ref().map(<[u8; 16]>::as_slice));
    sink.amount_or_null(row.goodwill);
}

/// Reads a row of the present version, or of one that did not tell goodwill apart, or had no
/// checkouts either.
pub(super) fn read(source: &mut impl ValueSource, version: u8) -> Result<Hold, ReadError> {
    let id = HoldId::from_bytes(source.fixed16()?);
    let card = CardId::from_bytes(source.fixed16()?);
    let mut pending = Pending {
        debit: AccountId::from_bytes(source.fixed16()?),
        credit: AccountId::from_bytes(source.fixed16()?),
        currency: source.currency()?,
        reserved: source.amount()?,
        posted: source.amount()?,
        voided: source.amount()?,
        expired: false,
    };
    let settled = pending.posted.checked_add(pending.voided);
    if settled.is_none_or(|settled| settled > pending.reserved) {
        return Err(invalid("amounts of a hold: more settled than reserved"));
    }
    if source.flag()? == pending.open().is_zero() {
        return Err(invalid("openness of a hold: not what its amounts say"));
    }
    pending.expired = source.flag()?;
    let refunded = source.amount()?;
    if refunded > pending.posted {
        return Err(invalid("amounts of a hold: more refunded than captured"));
    }
    let mut hold = Hold {
        id,
        card,
        pending,
        refunded,
        goodwill: Amount::ZERO,
        expires_at: source.instant()?,
        reference: source.parsed("reference of a hold", Text::new)?,
        created_at: source.instant()?,
        checkout: match version {
            1 => None,
            _ => source.opt_fixed16()?.map(CheckoutId::from_bytes),
        },
    };
    if version > 2 {
        hold.goodwill = source.amount_or_zero()?;
    }
    if hold.goodwill > hold.refundable() {
        return Err(invalid("goodwill of a hold: more than was captured and not refunded"));
    }
    Ok(hold)
}
