//! Blocks in and out of the journal table.

use ::journal::Block;
use base::Instant;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::values::{signed, unsigned};
use crate::StoreError;
use crate::catalogue::journal;

/// Appends a block.
pub(super) fn insert(connection: &Connection, block: &Block) -> Result<(), StoreError> {
    connection.prepare_cached(journal::INSERT)?.execute(params![
        signed(block.first_seq),
        signed(block.last_seq()),
        signed(block.epoch),
        block.at_micros,
        block.previous_hash,
        block.hash,
        block.body,
    ])?;
    Ok(())
}

/// Blocks with a record after `seq`, about `bytes_max` bytes of them, at least one if any.
pub(super) fn after(
    connection: &Connection,
    seq: u64,
    bytes_max: usize,
) -> Result<Vec<Block>, StoreError> {
    let mut statement = connection.prepare_cached(journal::AFTER)?;
    let mut rows = statement.query([signed(seq)])?;
    let mut blocks = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let block = read(row)?;
        bytes += block.body.len();
        blocks.push(block);
        if bytes >= bytes_max {
            break;
        }
    }
    Ok(blocks)
}

/// The block that contains record `seq`.
pub(super) fn block_of(connection: &Connection, seq: u64) -> Result<Option<Block>, StoreError> {
    let mut statement = connection.prepare_cached(journal::AT_OR_BEFORE)?;
    let mut rows = statement.query([signed(seq)])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let block = read(row)?;
    Ok((seq <= block.last_seq()).then_some(block))
}

/// Sequence of the last record of the last block at or before `at`.
///
/// Instants never go back along the journal, so bisecting its sequences finds the place without
/// an index that every commit would have to write to.
pub(super) fn seq_at(
    connection: &Connection,
    at: Instant,
    head_seq: u64,
) -> Result<u64, StoreError> {
    // Up to and including `reached`, blocks are at or before `at`; those after `end` are later.
    let (mut reached, mut end) = (0, head_seq);
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
    Ok(reached)
}

fn place(connection: &Connection, seq: u64) -> Result<Option<(u64, u64, i64)>, StoreError> {
    let mut statement = connection.prepare_cached(journal::PLACE)?;
    let found: Option<(i64, i64, i64)> = statement
        .query_row([signed(seq)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    found
        .map(|(first, last, at_micros)| Ok((unsigned(first)?, unsigned(last)?, at_micros)))
        .transpose()
}

fn read(row: &Row<'_>) -> Result<Block, StoreError> {
    let first_seq = unsigned(row.get(0)?)?;
    let last_seq = unsigned(row.get(1)?)?;
    let count = last_seq
        .checked_sub(first_seq)
        .and_then(|rest| u32::try_from(rest + 1).ok())
        .ok_or_else(|| StoreError::Corrupt(format!("block {first_seq} ends at {last_seq}")))?;
    Ok(Block {
        first_seq,
        count,
        epoch: unsigned(row.get(2)?)?,
        at_micros: row.get(3)?,
        previous_hash: row.get(4)?,
        hash: row.get(5)?,
        body: row.get(6)?,
    })
}
