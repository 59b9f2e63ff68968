//! Operation runs as sorted pages of packed pairs.
//!
//! A page is 16 bytes an operation: short hash and sequence, most significant byte first, so that
//! pages sort and search as bytes. All operations of one short hash are on one page: a look-up
//! reads a single row.

use ::journal::{Value, ValueSource};

use super::{SqlConnection, collect, columns, first, signed, unsigned};
use crate::catalogue::operations;
use crate::rows::FieldSource;
use crate::{OperationRun, RunInfo, StoreError};

const OPERATION_BYTES: usize = 16;

/// Operations on a page, a few more when the last of them share their short hash.
const PAGE_OPERATIONS: usize = 512;

/// The values of [`operations::INSERT_RUN`].
pub(crate) fn run_values(run: &OperationRun) -> [Value; 3] {
    let info = run.info();
    [
        Value::Int(signed(info.run)),
        Value::Int(info.last_at.micros()),
        Value::Int(signed(info.count)),
    ]
}

/// The values of [`operations::INSERT_PAGE`] for each page of a run.
pub(crate) fn page_values(run: &OperationRun) -> impl Iterator<Item = [Value; 3]> {
    let number = signed(run.run);
    Pages { rest: &run.entries }.map(move |page| {
        let first_hash = page.first().map_or(0, |(hash, _)| *hash);
        [Value::Int(number), Value::Int(ordered(first_hash)), Value::Bytes(pack(page))]
    })
}

/// The runs there are, oldest first.
pub(crate) fn runs<C: SqlConnection>(connection: &mut C) -> Result<Vec<RunInfo>, StoreError> {
    collect(connection, operations::RUNS, &[], |row| {
        let mut source = columns(row, 0, 3);
        let run = unsigned(source.int()?)?;
        Ok(RunInfo { run, last_at: source.instant()?, count: unsigned(source.int()?)? })
    })
}

/// A run with everything in it.
pub(crate) fn whole<C: SqlConnection>(
    connection: &mut C,
    run: u64,
) -> Result<Option<OperationRun>, StoreError> {
    let Some(info) = runs(connection)?.into_iter().find(|info| info.run == run) else {
        return Ok(None);
    };
    let mut entries = Vec::new();
    connection.each_row(operations::PAGES, &[Value::Int(signed(run))], &mut |row| {
        entries.extend(unpack(&columns(row, 0, 1).bytes()?)?);
        Ok(true)
    })?;
    Ok(Some(OperationRun { run, last_at: info.last_at, entries }))
}

/// Sequences noted for a short hash in some runs, ascending.
pub(crate) fn find<C: SqlConnection>(
    connection: &mut C,
    runs: &[u64],
    hash: u64,
) -> Result<Vec<u64>, StoreError> {
    let mut found = Vec::new();
    for run in runs {
        let values = [Value::Int(signed(*run)), Value::Int(ordered(hash))];
        let page =
            first(connection, operations::PAGE_OF, &values, |row| Ok(columns(row, 0, 1).bytes()?))?;
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
