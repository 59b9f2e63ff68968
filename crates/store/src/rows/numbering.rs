//! How far series of numbers have come.

use journal::{ReadError, ValueSink, ValueSource};
use shop::{Numbering, Series};

use super::fields::{FieldSource, invalid};
use super::table::{Table, bytes, integer};

pub(crate) const TABLE: Table = Table {
    number: 19,
    version: 1,
    name: "numbering",
    key_columns: 1,
    columns: &[bytes("series"), integer("next_number")],
    indexes: &[],
};

pub(super) fn write(row: &Numbering, sink: &mut impl ValueSink) {
    sink.bytes(&row.series.bits().to_be_bytes());
    sink.int(row.next.cast_signed());
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Numbering, ReadError> {
    let bits = u128::from_be_bytes(source.fixed16()?);
    let series = Series::ALL.into_iter().find(|series| series.bits() == bits);
    let series = series.ok_or(invalid("series of numbers"))?;
    Ok(Numbering { series, next: source.number("next number of a series")? })
}
