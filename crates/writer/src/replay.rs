//! After a restart: the journal above the watermark is applied before the book opens.

use engine::OperationKey;
use journal::{Block, ChainHead, Record, Verifier};
use store::{Head, Store, StoreError};

use crate::memory::{Memory, UndoLog};
use crate::operations::{Operations, read_row};

/// Bytes of journal read at a time.
const CHUNK_BYTES: usize = 8 << 20;

/// Applies the journal to memory: rows above the watermark, operations above theirs. Entries are
/// in their table already, for they are written with their block.
/// Returns the number of records that were read.
pub(crate) fn replay<S: Store>(
    store: &mut S,
    head: &Head,
    memory: &mut Memory,
    operations: &mut Operations,
) -> Result<u64, StoreError> {
    let from = head.watermark.min(head.operations);
    let mut verifier = None;
    let mut after = from;
    let mut records = 0;
    while after < head.seq {
        let blocks = store.blocks_after(after, CHUNK_BYTES)?;
        if blocks.is_empty() {
            return Err(StoreError::Corrupt(format!("no journal after record {after}")));
        }
        for block in &blocks {
            check_link(&mut verifier, block)?;
            records += apply_block(block, head, memory, operations)?;
            after = block.last_seq();
        }
    }
    if let Some(verifier) = verifier
        && verifier.head().hash != head.hash
    {
        return Err(StoreError::Corrupt("the journal does not end at the head".to_owned()));
    }
    Ok(records)
}

/// Verifies each block against the one before; the first one is taken at its word, for its
/// predecessor may be archived.
fn check_link(verifier: &mut Option<Verifier>, block: &Block) -> Result<(), StoreError> {
    let verifier = verifier.get_or_insert_with(|| {
        Verifier::resume(ChainHead {
            seq: block.first_seq - 1,
            hash: block.previous_hash,
            epoch: 0,
            at_micros: block.at_micros,
        })
    });
    verifier.push(block).map_err(|error| StoreError::Corrupt(error.to_string()))
}

fn apply_block(
    block: &Block,
    head: &Head,
    memory: &mut Memory,
    operations: &mut Operations,
) -> Result<u64, StoreError> {
    let mut records = 0;
    for record in block.records() {
        let record = record?;
        let seq = record.header().seq;
        if seq > head.watermark {
            apply_record(&record, memory)?;
        }
        if seq > head.operations {
            note_operations(&record, operations);
        }
        records += 1;
    }
    Ok(records)
}

fn apply_record(record: &Record<'_>, memory: &mut Memory) -> Result<(), StoreError> {
    let seq = record.header().seq;
    // Nothing is taken back during replay; the log is dropped.
    let mut log = UndoLog::default();
    for change in record.changes() {
        memory.put(read_row(&change?, seq)?, seq, &mut log);
    }
    Ok(())
}

/// Notes the operation of a record, and the one it undid.
fn note_operations(record: &Record<'_>, operations: &mut Operations) {
    let header = record.header();
    if let Some(mark) = header.operation {
        operations.note(OperationKey(mark.key.0), header.seq);
    }
    if let Some(reversed) = header.reverses {
        operations.note(OperationKey(reversed.0), header.seq);
    }
}
