//! Slices of promotions.

use base::{Label, PromotionId};
use journal::{ReadError, ValueSink, ValueSource};
use ledger::{AccountName, Pending};
use promotions::{Micros, Refused, Slice, SliceState, slice_id};

use super::fields::{FieldSink, FieldSource, count, invalid, sum};
use super::table::{Index, Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 28,
    version: 1,
    name: "slice",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("promotion"),
        integer("number"),
        text("holder"),
        text("currency"),
        integer("reserved"),
        integer("posted"),
        integer("voided"),
        integer("is_expired"),
        integer("used"),
        integer("refused_units"),
        integer("refused_price"),
        integer("state"),
        integer("created_at"),
        integer("expires_at"),
        integer("kept_until"),
    ],
    indexes: &[
        Index { column: "promotion", only: None },
        Index { column: "kept_until", only: Some("state = 1") },
    ],
};

pub(super) fn write(row: &Slice, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.id(row.promotion);
    sink.int(i64::from(row.number));
    sink.text(row.holder.as_str());
    sink.currency(row.pending.currency);
    sink.amount(row.pending.reserved);
    sink.amount(row.pending.posted);
    sink.amount(row.pending.voided);
    sink.flag(row.pending.expired);
    sink.int(count(row.used.get()));
    sink.int(count(row.refused.units));
    sink.int(count(row.refused.price.get()));
    sink.int(i64::from(row.state as u8));
    sink.instant(row.leased_at);
    sink.instant(row.expires_at);
    sink.instant(row.kept_until);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Slice, ReadError> {
    let id = source.id()?;
    let promotion: PromotionId = source.id()?;
    let number = source.number("number of a slice")?;
    let holder = source.parsed("holder of a slice", Label::new)?;
    let currency = source.currency()?;
    let pending = Pending {
        debit: AccountName::PromotionEscrow(promotion).id(currency),
        credit: AccountName::PromotionRevenue.id(currency),
        currency,
        reserved: source.amount()?,
        posted: source.amount()?,
        voided: source.amount()?,
        expired: source.flag()?,
    };
    let row = Slice {
        id,
        promotion,
        number,
        holder,
        pending,
        used: read_micros(source)?,
        refused: Refused { units: source.number("units")?, price: read_micros(source)? },
        state: source.one_of("state of a slice", SliceState::from_number)?,
        leased_at: source.instant()?,
        expires_at: source.instant()?,
        kept_until: source.instant()?,
    };
    check(&row)?;
    Ok(row)
}

fn check(row: &Slice) -> Result<(), ReadError> {
    let Pending { reserved, posted, voided, expired, .. } = row.pending;
    let gone = sum([posted, voided]);
    let is_its = row.number > 0 && row.id == slice_id(row.promotion, row.number);
    if !is_its || reserved.is_zero() || gone.is_none_or(|gone| gone > reserved) {
        return Err(invalid("slice: another one's id, or more is gone than was reserved"));
    }
    let is_open = row.state == SliceState::Open;
    if !is_open && !row.pending.open().is_zero() {
        return Err(invalid("slice: closed, and something is left"));
    }
    if expired && row.state != SliceState::Lapsed {
        return Err(invalid("slice: lapsed by its amounts, and not by its state"));
    }
    // A fraction of a minor unit is charged when it closes, with what was carried.
    let charged_at_most = if is_open { row.used.whole() } else { row.used.covering() };
    if posted > charged_at_most || row.used > Micros::of(reserved) {
        return Err(invalid("slice: charged more than was used, or used more than there was"));
    }
    if is_open && row.used > Micros::of(row.granted()) {
        return Err(invalid("slice: has given back what was used"));
    }
    if row.refused.units == 0 && row.refused.price != Micros::ZERO {
        return Err(invalid("slice: a price of no refused units"));
    }
    if row.leased_at > row.expires_at || row.expires_at > row.kept_until {
        return Err(invalid("slice: its instants do not follow one another"));
    }
    Ok(())
}

pub(super) fn read_micros(source: &mut impl ValueSource) -> Result<Micros, ReadError> {
    source.number("millionths").map(Micros::new)
}
