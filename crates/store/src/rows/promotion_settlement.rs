//! What promotions gave back.

use base::Amount;
use journal::{ReadError, ValueSink, ValueSource};
use promotions::{Settlement, settlement_id};

use super::fields::{FieldSink, FieldSource, count, invalid};
use super::table::{Index, Table, bytes, integer};

pub(crate) const TABLE: Table = Table {
    number: 30,
    version: 2,
    name: "promotion_settlement",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("promotion"),
        integer("number"),
        integer("paid"),
        integer("incentive"),
        integer("spent"),
        integer("back"),
        integer("back_so_far"),
        integer("incentive_back"),
        integer("delivered_units"),
        integer("guaranteed_units").or_null(),
        integer("created_at"),
        integer("claimed").or_null(),
        integer("kept").or_null(),
    ],
    indexes: &[Index { column: "promotion", only: None }],
};

pub(super) fn write(row: &Settlement, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.id(row.promotion);
    sink.int(i64::from(row.number));
    sink.amount(row.paid);
    sink.amount(row.incentive);
    sink.amount(row.spent);
    sink.amount(row.back);
    sink.amount(row.back_so_far);
    sink.amount(row.incentive_back);
    sink.int(count(row.delivered_units));
    sink.opt_int(row.guaranteed_units.map(count));
    sink.instant(row.at);
    sink.amount_or_null(row.claimed);
    sink.amount_or_null(row.kept);
}

/// Version 1 is without what claims have to do with it.
pub(super) fn read(source: &mut impl ValueSource, version: u8) -> Result<Settlement, ReadError> {
    let mut row = Settlement {
        id: source.id()?,
        promotion: source.id()?,
        number: source.number("number of a settlement")?,
        paid: source.amount()?,
        incentive: source.amount()?,
        spent: source.amount()?,
        back: source.amount()?,
        back_so_far: source.amount()?,
        incentive_back: source.amount()?,
        delivered_units: source.number("units")?,
        guaranteed_units: source.opt_number("units")?,
        at: source.instant()?,
        claimed: Amount::ZERO,
        kept: Amount::ZERO,
    };
    if version >= 2 {
        row.claimed = source.amount_or_zero()?;
        row.kept = source.amount_or_zero()?;
    }
    check(&row)?;
    Ok(row)
}

/// All that was not spent is back after it, but for what claims have taken: of what was paid, then
/// of what was added.
fn check(row: &Settlement) -> Result<(), ReadError> {
    if row.number == 0 || row.id != settlement_id(row.promotion, row.number) {
        return Err(invalid("settlement of a promotion: another one's id"));
    }
    let of_paid = row.spent.checked_sub(row.incentive).unwrap_or(Amount::ZERO);
    let unspent = row.back_so_far.checked_add(row.claimed);
    if row.paid.checked_sub(of_paid) != unspent || row.back > row.back_so_far {
        return Err(invalid("settlement of a promotion: gives back more or less than is left"));
    }
    let of_incentive = row.incentive.checked_sub(row.spent).unwrap_or(Amount::ZERO);
    if row.incentive_back > of_incentive {
        return Err(invalid("settlement of a promotion: gives back more than was added"));
    }
    let is_all = row.back == row.back_so_far && row.incentive_back == of_incentive;
    if row.number == 1 && !is_all {
        return Err(invalid("settlement of a promotion: the first one, and not all of it"));
    }
    if row.kept > row.claimed {
        return Err(invalid("settlement of a promotion: keeps what nobody has claimed"));
    }
    if row.guaranteed_units == Some(0) {
        return Err(invalid("settlement of a promotion: guarantees nothing"));
    }
    Ok(())
}
