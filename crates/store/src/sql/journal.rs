//! Blocks out of the journal table.

use ::journal::{Block, Value, ValueSource};
use base::Instant;

use super::{SqlConnection, SqlRow, columns, entries, first, signed, unsigned};
use crate::catalogue::journal;
use crate::rows::FieldSource;
use crate::{Head, StoreError};

const COLUMNS: usize = 7;

/// Blocks asked for with one statement: a server sends all that was asked for, wanted or not.
const BLOCKS_AT_ONCE: i64 = 32;

/// The values of [`journal::INSERT`].
pub(crate) fn values(block: &Block) -> Vec<Value> {
    vec![
        Value::Int(signed(block.first_seq)),
        Value::Int(signed(block.last_seq())),
        Value::Int(signed(block.epoch)),
        Value::Int(block.at_micros),
        Value::Bytes(block.previous_hash.to_vec()),
        Value::Bytes(block.hash.to_vec()),
        Value::Bytes(block.body.clone()),
    ]
}

/// Blocks with a record after `seq`, about `bytes_max` bytes of them, at least one if any.
pub(crate) fn after<C: SqlConnection>(
    connection: &mut C,
    seq: u64,
    bytes_max: usize,
) -> Result<Vec<Block>, StoreError> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut bytes = 0;
    loop {
        let (before, start) = (blocks.len(), blocks.last().map_or(seq, Block::last_seq));
        let values = [Value::Int(signed(start)), Value::Int(BLOCKS_AT_ONCE)];
        connection.each_row(journal::AFTER, &values, &mut |row| {
            let block = read(row)?;
            bytes += block.body.len();
            blocks.push(block);
            Ok(bytes < bytes_max)
        })?;
        if bytes >= bytes_max || blocks.len() == before {
            return Ok(blocks);
        }
    }
}

/// The block that contains record `seq`.
pub(crate) fn block_of<C: SqlConnection>(
    connection: &mut C,
    seq: u64,
) -> Result<Option<Block>, StoreError> {
    let values = [Value::Int(signed(seq))];
    let block = first(connection, journal::AT_OR_BEFORE, &values, read)?;
    Ok(block.filter(|block| seq <= block.last_seq()))
}

/// Sequence of the last record of the last block at or before `at`. When every block that is
/// still in the journal is later, entries tell.
///
/// Instants never go back along the journal, so bisecting its sequences finds the place without
/// an index that every commit would have to write to.
pub(crate) fn seq_at<C: SqlConnection>(
    connection: &mut C,
    at: Instant,
    head: &Head,
) -> Result<u64, StoreError> {
    // Up to and including `reached`, blocks are at or before `at`; those after `end` are later.
    let (mut reached, mut end) = (head.removed, head.seq);
    while reached < end {
        let middle = reached + (end - reached).div_ceil(2);
        let Some((first_seq, last_seq, at_micros)) = place(connection, middle)? else {
            return Err(StoreError::Corrupt(format!("no block holds record {middle}")));
        };
        if at_micros <= at.micros() {
            reached = last_seq;
        } else {
            end = first_seq.saturating_sub(1);
        }
    }
    if reached == head.removed { entries::seq_at(connection, at, reached) } else { Ok(reached) }
}

fn place<C: SqlConnection>(
    connection: &mut C,
    seq: u64,
) -> Result<Option<(u64, u64, i64)>, StoreError> {
    first(connection, journal::PLACE, &[Value::Int(signed(seq))], |row| {
        let mut source = columns(row, 0, 3);
        Ok((unsigned(source.int()?)?, unsigned(source.int()?)?, source.int()?))
    })
}

fn read(row: &dyn SqlRow) -> Result<Block, StoreError> {
    let mut source = columns(row, 0, COLUMNS);
    let (first_seq, last_seq) = (unsigned(source.int()?)?, unsigned(source.int()?)?);
    let count = last_seq
        .checked_sub(first_seq)
        .and_then(|rest| u32::try_from(rest + 1).ok())
        .ok_or_else(|| StoreError::Corrupt(format!("block {first_seq} ends at {last_seq}")))?;
    Ok(Block {
        first_seq,
        count,
        epoch: unsigned(source.int()?)?,
        at_micros: source.int()?,
        previous_hash: source.fixed()?,
        hash: source.fixed()?,
        body: source.bytes()?,
    })
}
