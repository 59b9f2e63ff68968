//! Who has claimed that they did not agree to charges over one instrument.

use std::collections::BTreeSet;

use claims::{InstrumentClaim, InstrumentClaims, limits};
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid};
use super::list;
use super::table::{Table, bytes};

pub(crate) const TABLE: Table = Table {
    number: 45,
    version: 1,
    name: "instrument_claims",
    key_columns: 1,
    columns: &[bytes("id"), bytes("claims")],
    indexes: &[],
};

pub(super) fn write(row: &InstrumentClaims, sink: &mut impl ValueSink) {
    sink.id(row.id);
    list::write(&row.claims, sink, |entry, sink| {
        let InstrumentClaim { claim, claimant, at } = *entry;
        sink.id(claim);
        sink.id(claimant);
        sink.instant(at);
    });
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<InstrumentClaims, ReadError> {
    let row = InstrumentClaims {
        id: source.id()?,
        claims: list::read(source, |source| {
            Ok(InstrumentClaim {
                claim: source.id()?,
                claimant: source.id()?,
                at: source.instant()?,
            })
        })?,
    };
    if row.claims.len() > limits::INSTRUMENT_CLAIMS_MAX {
        return Err(invalid("claims over an instrument: too many"));
    }
    let each: BTreeSet<_> = row.claims.iter().map(|entry| entry.claim).collect();
    if each.len() < row.claims.len() || !row.claims.is_sorted_by_key(|entry| entry.at) {
        return Err(invalid("claims over an instrument: one twice, or not in order"));
    }
    Ok(row)
}
