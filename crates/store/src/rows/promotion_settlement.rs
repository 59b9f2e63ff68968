//! What promotions gave back.

use journal::{ReadError, ValueSink, ValueSource};
use promotions::{Settlement, settlement_id};

use super::fields::{FieldSink, FieldSource, count, invalid};
use super::table::{Index, Table, bytes, integer};

pub(crate) const TABLE: Table = Table {
    number: 30,
    version: 1,
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
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Settlement, ReadError> {
    let row = Settlement {
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
    };
    if row.id != settlement_id(row.promotion, row.number) {
        return Err(invalid("settlement of a promotion: another one's id"));
    }
    if row.back > row.back_so_far || row.back_so_far > row.paid {
        return Err(invalid("settlement of a promotion: more goes back than was paid"));
    }
    Ok(row)
}
