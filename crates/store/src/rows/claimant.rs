//! How many claims somebody has made.

use base::PersonId;
use claims::{Claimant, ClaimantClaims, Fingerprint, limits};
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid};
use super::list;
use super::table::{Table, bytes, integer};

pub(crate) const TABLE: Table = Table {
    number: 36,
    version: 2,
    name: "claimant",
    key_columns: 1,
    columns: &[
        bytes("id"),
        integer("claimant_kind"),
        bytes("claimant"),
        integer("open"),
        integer("ever"),
        bytes("recent").or_null(),
    ],
    indexes: &[],
};

pub(super) fn write(row: &ClaimantClaims, sink: &mut impl ValueSink) {
    sink.id(row.id);
    write_claimant(row.claimant, sink);
    sink.int(i64::from(row.open));
    sink.int(i64::from(row.ever));
    list::write(&row.recent, sink, |at, sink| sink.instant(*at));
}

/// Version 1 knows only how many there ever were: none of them is counted to a year.
pub(super) fn read(
    source: &mut impl ValueSource,
    version: u8,
) -> Result<ClaimantClaims, ReadError> {
    let mut row = ClaimantClaims {
        id: source.id()?,
        claimant: read_claimant(source)?,
        open: source.number("open claims")?,
        ever: source.number("claims")?,
        recent: Vec::new(),
    };
    if version >= 2
        && let Some(packed) = source.opt_bytes()?
    {
        row.recent = list::read_packed(&packed, |source| source.instant())?;
    }
    if row.recent.len() > limits::CLAIMS_REMEMBERED_MAX || !row.recent.is_sorted() {
        return Err(invalid("claimant: times of claims that cannot be"));
    }
    if row.id != row.claimant.id() || row.open > row.ever {
        return Err(invalid("claimant: another one's id, or more claims open than made"));
    }
    Ok(row)
}

/// The kind tells what the bytes are.
pub(super) fn write_claimant(claimant: Claimant, sink: &mut impl ValueSink) {
    let (kind, bytes) = match claimant {
        Claimant::Person(person) => (1, person.to_bytes()),
        Claimant::Contact(contact) => (2, contact.0),
    };
    sink.int(kind);
    sink.bytes(&bytes);
}

pub(super) fn read_claimant(source: &mut impl ValueSource) -> Result<Claimant, ReadError> {
    let kind = source.int()?;
    let bytes = source.fixed16()?;
    Ok(match kind {
        1 => Claimant::Person(PersonId::from_bytes(bytes)),
        2 => Claimant::Contact(Fingerprint(bytes)),
        _ => return Err(invalid("kind of a claimant")),
    })
}
