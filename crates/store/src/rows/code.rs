//! Codes by their keyed hash.

use base::CardId;
use giftcards::{CodeHash, CodeRow};
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource};
use super::table::{Table, bytes, integer};

pub(crate) const TABLE: Table = Table {
    number: 5,
    version: 1,
    name: "code",
    key_columns: 1,
    columns: &[bytes("hash"), bytes("card"), integer("live")],
    indexes: &[],
};

pub(super) fn write(row: &CodeRow, sink: &mut impl ValueSink) {
    sink.bytes(&row.hash.0);
    sink.bytes(&row.card.to_bytes());
    sink.flag(row.live);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<CodeRow, ReadError> {
    Ok(CodeRow {
        hash: CodeHash(source.fixed16()?),
        card: CardId::from_bytes(source.fixed16()?),
        live: source.flag()?,
    })
}
