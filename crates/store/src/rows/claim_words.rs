//! What claimants have written: ciphertext.

use claims::{Words, limits};
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Table, bytes};

pub(crate) const TABLE: Table = Table {
    number: 38,
    version: 1,
    name: "claim_words",
    key_columns: 1,
    columns: &[bytes("claim"), bytes("person"), bytes("sealed")],
    indexes: &[],
};

pub(super) fn write(row: &Words, sink: &mut impl ValueSink) {
    sink.id(row.claim);
    sink.id(row.person);
    sink.bytes(&row.sealed);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Words, ReadError> {
    let (claim, person) = (source.id()?, source.id()?);
    let sealed: Box<[u8]> = source.bytes()?.into();
    if sealed.len() > limits::SEALED_BYTES_MAX {
        return Err(invalid("words of a claim: too long"));
    }
    Ok(Words { claim, person, sealed })
}
