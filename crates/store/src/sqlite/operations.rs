//! Operation runs as sorted pages of packed pairs.
//!
//! A page is 16 bytes an operation: short hash and sequence, most significant byte first, so that
//! pages sort and search as bytes. All operations of one short hash are on one page: a look-up
//! reads a single row.

use base::Instant;
use rusqlite::{Connection, OptionalExtension, params};

use super::values::{signed, unsigned};
use crate::catalogue::operations;
use crate::{OperationRun, RunInfo, StoreError};

const OPERATION_BYTES: usize = 16;

/// Operations on a page, a few more when the last of them share their short hash.
const PAGE_OPERATIONS: usize = 512;

/// Writes a run.
pub(super) fn insert(connection: &Connection, run: &OperationRun) -> Result<(), StoreError> {
    let info = run.info();
    connection.prepare_cached(operations::INSERT_RUN)?.execute(params![
        signed(info.run),
        info.last_at.micros(),
        signed(info.count),
    ])?;
    let mut statement = connection.prepare_cached(operations::INSERT_PAGE)?;
    for page in (Pages { rest: &run.entries }) {
        let first_hash = page.first().map_or(0, |(hash, _)| *hash);
        statement.execute(params![signed(run.run), ordered(first_hash), pack(page)])?;
    }
    Ok(())
}

/// Drops a run.
pub(super) fn delete(connection: &Connection, run: u64) -> Result<(), StoreError> {
    connection.prepare_cached(operations::DELETE_RUN)?.execute([signed(run)])?;
    connection.prepare_cached(operations::DELETE_PAGES)?.execute([signed(run)])?;
    Ok(())
}

/// The runs there are, oldest first.
pub(super) fn runs(connection: &Connection) -> Result<Vec<RunInfo>, StoreError> {
    let mut statement = connection.prepare_cached(operations::RUNS)?;
    let mut rows = statement.query([])?;
    let mut runs = Vec::new();
    while let Some(row) = rows.next()? {
        let last_at = Instant::try_from_micros(row.get(1)?)
            .ok_or_else(|| StoreError::Corrupt("a run has an impossible time".to_owned()))?;
        let (run, count) = (unsigned(row.get(0)?)?, unsigned(row.get(2)?)?);
        runs.push(RunInfo { run, last_at, count });
    }
    Ok(runs)
}

/// Every short hash of a run.
pub(super) fn hashes(connection: &Connection, run: u64) -> Result<Vec<u64>, StoreError> {
    let mut statement = connection.prepare_cached(operations::PAGES)?;
    let mut rows = statement.query([signed(run)])?;
    let mut hashes = Vec::new();
    while let Some(row) = rows.next()? {
        let page = unpack(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?;
        hashes.extend(page.map(|(hash, _)| hash));
    }
    Ok(hashes)
}

/// A run with everything in it.
pub(super) fn whole(connection: &Connection, run: u64) -> Result<Option<OperationRun>, StoreError> {
    let Some(info) = runs(connection)?.into_iter().find(|info| info.run == run) else {
        return Ok(None);
    };
    let mut statement = connection.prepare_cached(operations::PAGES)?;
    let mut rows = statement.query([signed(run)])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.extend(unpack(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?);
    }
    Ok(Some(OperationRun { run, last_at: info.last_at, entries }))
}

/// Sequences noted for a short hash in some runs, ascending.
pub(super) fn find(
    connection: &Connection,
    runs: &[u64],
    hash: u64,
) -> Result<Vec<u64>, StoreError> {
    let mut statement = connection.prepare_cached(operations::PAGE_OF)?;
    let mut found = Vec::new();
    for run in runs {
        let page: Option<Vec<u8>> = statement
            .query_row(params![signed(*run), ordered(hash)], |row| row.get(0))
            .optional()?;
        if let Some(page) = page {
            found.extend(unpack(&page)?.filter(|(entry, _)| *entry == hash).map(|(_, seq)| seq));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Cuts a sorted run into pages, never between two operations of the same short hash.
struct Pages<'a> {
    rest: &'a [(u64, u64)],
}

impl<'a> Iterator for Pages<'a> {
    type Item = &'a [(u64, u64)];

    fn next(&mut self) -> Option<&'a [(u64, u64)]> {
        if self.rest.is_empty() {
            return None;
        }
        let mut end = PAGE_OPERATIONS.min(self.rest.len());
        let last_hash = self.rest[end - 1].0;
        end += self.rest[end..].iter().take_while(|(hash, _)| *hash == last_hash).count();
        let (page, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(page)
    }
}

fn pack(page: &[(u64, u64)]) -> Vec<u8> {
    page.iter().flat_map(|(hash, seq)| [hash.to_be_bytes(), seq.to_be_bytes()]).flatten().collect()
}

fn unpack(page: &[u8]) -> Result<impl Iterator<Item = (u64, u64)>, StoreError> {
    let (operations, rest) = page.as_chunks::<OPERATION_BYTES>();
    if !rest.is_empty() {
        return Err(StoreError::Corrupt("a page of operations is of odd length".to_owned()));
    }
    Ok(operations.iter().map(|operation| {
        let both = u128::from_be_bytes(*operation);
        ((both >> 64) as u64, both as u64)
    }))
}

/// A short hash as a signed column that sorts as the hash does.
fn ordered(hash: u64) -> i64 {
    (hash ^ (1 << 63)).cast_signed()
}
