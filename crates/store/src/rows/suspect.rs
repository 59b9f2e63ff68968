//! Traces of those who may have used the account of somebody else.

use claims::{Code, Fingerprint, Suspect, suspect_id};
use journal::{ReadError, ValueSink, ValueSource};

use super::account_freeze::{read_look, write_look};
use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Index, Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 43,
    version: 1,
    name: "suspect",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("claim"),
        bytes("promotion"),
        bytes("person"),
        bytes("device").or_null(),
        text("code"),
        integer("is_open"),
        bytes("looked_by").or_null(),
        integer("looked_at").or_null(),
        integer("created_at"),
    ],
    indexes: &[Index { column: "is_open", only: Some("is_open = 1") }],
};

pub(super) fn write(row: &Suspect, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.id(row.claim);
    sink.id(row.promotion);
    sink.id(row.person);
    sink.opt_bytes(row.device.as_ref().map(|device| device.0.as_slice()));
    sink.text(row.code.as_str());
    sink.flag(row.looked_at.is_none());
    write_look(row.looked_at, sink);
    sink.instant(row.found_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Suspect, ReadError> {
    let (id, claim, promotion) = (source.id()?, source.id()?, source.id()?);
    let (person, device) = (source.id()?, source.opt_fixed16()?.map(Fingerprint));
    let code = source.parsed("reason of a suspect", Code::new)?;
    let is_open = source.flag()?;
    let looked_at = read_look(source)?;
    let found_at = source.instant()?;
    let row = Suspect { id, claim, promotion, person, device, code, found_at, looked_at };
    if row.id != suspect_id(row.claim) || row.looked_at.is_none() != is_open {
        return Err(invalid("suspect: of another claim, or open and looked at"));
    }
    Ok(row)
}
