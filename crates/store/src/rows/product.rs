//! Products.

use base::{Label, LineKind, Text};
use journal::{ReadError, ValueSink, ValueSource};
use shop::Product;

use super::fields::{FieldSink, FieldSource};
use super::metadata_text;
use super::table::{Index, Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 14,
    version: 1,
    name: "product",
    key_columns: 1,
    columns: &[
        bytes("id"),
        text("name"),
        bytes("seller"),
        bytes("creator").or_null(),
        integer("kind"),
        text("category").or_null(),
        integer("price"),
        text("currency"),
        text("metadata").or_null(),
        integer("created_at"),
    ],
    indexes: &[Index { column: "seller", only: None }],
};

pub(super) fn write(row: &Product, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.text(row.name.as_str());
    sink.id(row.seller);
    sink.opt_id(row.creator);
    sink.int(i64::from(row.kind as u8));
    sink.opt_text(row.category.as_ref().map(Label::as_str));
    sink.money(row.price);
    sink.opt_text(metadata_text::write(&row.metadata).as_deref());
    sink.instant(row.created_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Product, ReadError> {
    Ok(Product {
        id: source.id()?,
        name: source.parsed("name of a product", Text::new)?,
        seller: source.id()?,
        creator: source.opt_id()?,
        kind: source.one_of("kind of a product", LineKind::from_number)?,
        category: source.opt_parsed("category of a product", Label::new)?,
        price: source.money()?,
        metadata: metadata_text::read(source.opt_text()?.as_deref())?,
        created_at: source.instant()?,
    })
}
