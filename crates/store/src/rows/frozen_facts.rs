//! Facts on which something was decided.

use claims::{Facts, FrozenFacts};
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Table, bytes};

pub(crate) const TABLE: Table = Table {
    number: 39,
    version: 1,
    name: "frozen_facts",
    key_columns: 1,
    columns: &[bytes("id"), bytes("facts")],
    indexes: &[],
};

pub(super) fn write(row: &FrozenFacts, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.bytes(&row.facts.to_bytes());
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<FrozenFacts, ReadError> {
    let id = source.id()?;
    let facts = Facts::from_bytes(&source.bytes()?).map_err(|_| invalid("facts"))?;
    let row = FrozenFacts::of(facts);
    if row.id == id { Ok(row) } else { Err(invalid("facts: those of another id")) }
}
