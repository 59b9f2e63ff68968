//! How far streams of deliveries were billed.

use base::Label;
use journal::{ReadError, ValueSink, ValueSource};
use promotions::{BillingStream, stream_id};

use super::fields::{FieldSink, FieldSource, count, invalid};
use super::table::{Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 31,
    version: 1,
    name: "stream",
    key_columns: 1,
    columns: &[bytes("id"), text("name"), integer("billed_to"), integer("unknown_units")],
    indexes: &[],
};

pub(super) fn write(row: &BillingStream, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.text(row.stream.as_str());
    sink.int(count(row.billed_to));
    sink.int(count(row.unknown_units));
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<BillingStream, ReadError> {
    let row = BillingStream {
        id: source.id()?,
        stream: source.parsed("name of a stream", Label::new)?,
        billed_to: source.number("records of a stream")?,
        unknown_units: source.number("units")?,
    };
    if row.id != stream_id(&row.stream) || row.billed_to == 0 {
        return Err(invalid("stream: another one's id, or nothing of it was billed"));
    }
    Ok(row)
}
