//! Sellers.

use base::Text;
use journal::{ReadError, ValueSink, ValueSource};
use shop::Seller;

use super::fields::{FieldSink, FieldSource};
use super::line::read_points;
use super::metadata_text;
use super::table::{Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 12,
    version: 1,
    name: "seller",
    key_columns: 1,
    columns: &[
        bytes("id"),
        text("name"),
        integer("commission_points"),
        text("metadata").or_null(),
        integer("created_at"),
    ],
    indexes: &[],
};

pub(super) fn write(row: &Seller, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.text(row.name.as_str());
    sink.int(i64::from(row.commission.get()));
    sink.opt_text(metadata_text::write(&row.metadata).as_deref());
    sink.instant(row.created_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Seller, ReadError> {
    Ok(Seller {
        id: source.id()?,
        name: source.parsed("name of a seller", Text::new)?,
        commission: read_points(source)?,
        metadata: metadata_text::read(source.opt_text()?.as_deref())?,
        created_at: source.instant()?,
    })
}
