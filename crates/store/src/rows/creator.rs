//! Creators.

use base::{Text, Token};
use journal::{ReadError, ValueSink, ValueSource};
use shop::Creator;

use super::fields::{FieldSink, FieldSource};
use super::line::read_points;
use super::metadata_text;
use super::table::{Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 13,
    version: 1,
    name: "creator",
    key_columns: 1,
    columns: &[
        bytes("id"),
        text("name"),
        text("handle"),
        integer("share_points"),
        text("metadata").or_null(),
        integer("created_at"),
    ],
    indexes: &[],
};

pub(super) fn write(row: &Creator, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.text(row.name.as_str());
    sink.text(row.handle.as_str());
    sink.int(i64::from(row.share.get()));
    sink.opt_text(metadata_text::write(&row.metadata).as_deref());
    sink.instant(row.created_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Creator, ReadError> {
    Ok(Creator {
        id: source.id()?,
        name: source.parsed("name of a creator", Text::new)?,
        handle: source.parsed("handle of a creator", Token::new)?,
        share: read_points(source)?,
        metadata: metadata_text::read(source.opt_text()?.as_deref())?,
        created_at: source.instant()?,
    })
}
