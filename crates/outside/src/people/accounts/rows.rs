//! Values of columns.

use ::people::{HASH_BYTES, SecretHash, Tries};
use base::Instant;

use super::PeopleError;

/// A row that no version has written: its table.
pub(super) type Table = &'static str;

pub(super) fn damaged<T>(value: Option<T>, table: Table) -> Result<T, PeopleError> {
    value.ok_or(PeopleError::DamagedRow(table))
}

pub(super) fn instant(micros: i64, table: Table) -> Result<Instant, PeopleError> {
    damaged(Instant::try_from_micros(micros), table)
}

pub(super) fn instant_or_none(
    micros: Option<i64>,
    table: Table,
) -> Result<Option<Instant>, PeopleError> {
    micros.map(|micros| instant(micros, table)).transpose()
}

pub(super) fn micros(instant: Option<Instant>) -> Option<i64> {
    instant.map(Instant::micros)
}

pub(super) fn tries(
    failures: u32,
    wait_until: Option<i64>,
    table: Table,
) -> Result<Tries, PeopleError> {
    Ok(Tries { failures, wait_until: instant_or_none(wait_until, table)? })
}

/// Values of one size, one after the other.
pub(super) fn pieces<const SIZE: usize>(
    bytes: &[u8],
    table: Table,
) -> Result<Vec<[u8; SIZE]>, PeopleError> {
    let (pieces, rest) = bytes.as_chunks();
    damaged(rest.is_empty().then(|| pieces.to_vec()), table)
}

pub(super) fn hash_or_none(bytes: Option<[u8; HASH_BYTES]>) -> Option<SecretHash> {
    bytes.map(SecretHash)
}
