//! What every store checks of a commit before it touches anything.

use ledger::EntryPlace;

use crate::{Commit, EntryRow, FillPart, Head, OperationRun, StoreError, SweptRow};

/// Refuses a commit that contradicts itself: the chain would break, or something would not be
/// read back as it was written. The writer never asks for such a thing; if it does, stopping is
/// cheaper than repairing a journal.
pub(crate) fn check(commit: &Commit<'_>) -> Result<(), StoreError> {
    let (expected, next) = (commit.expected, commit.next);
    if next.epoch != expected.epoch {
        return Err(StoreError::Inconsistent("a commit does not change the epoch"));
    }
    check_head(expected, next)?;
    check_removed(expected, next)?;
    check_block(commit)?;
    check_contents(expected, next, commit.rows, commit.entries)?;
    check_runs(commit.run.as_slice())
}

/// As [`check`], for a part of a book that is filled.
pub(crate) fn check_fill(part: &FillPart<'_>) -> Result<(), StoreError> {
    let (expected, next) = (part.expected, part.next);
    check_head(expected, next)?;
    let mut end = *expected;
    // While there is no block yet, the journal may begin anywhere; what came before it is gone.
    if expected.seq == expected.removed {
        let before = part.blocks.first().map(|block| block.previous_hash);
        let hash = before.filter(|_| next.removed > 0).unwrap_or(expected.hash);
        end = Head { seq: next.removed, hash, ..end };
    }
    for block in part.blocks {
        if block.first_seq != end.seq + 1 || block.previous_hash != end.hash {
            return Err(StoreError::Inconsistent("a block does not follow the one before"));
        }
        if block.at_micros < end.at_micros {
            return Err(StoreError::Inconsistent("a block is older than the one before"));
        }
        let (seq, hash, at_micros) = (block.last_seq(), block.hash, block.at_micros);
        end = Head { seq, hash, at_micros, ..end };
    }
    let is_end = (end.seq, end.hash, end.at_micros) == (next.seq, next.hash, next.at_micros);
    if !is_end || part.blocks.iter().any(|block| next.epoch < block.epoch) {
        return Err(StoreError::Inconsistent("the next head is not the end of the blocks"));
    }
    check_contents(expected, next, part.rows, part.entries)?;
    check_runs(&part.runs.iter().collect::<Vec<_>>())
}

fn check_contents(
    expected: &Head,
    next: &Head,
    rows: &[SweptRow],
    entries: &[EntryRow],
) -> Result<(), StoreError> {
    if rows.iter().any(|row| row.applied_seq > next.seq) {
        return Err(StoreError::Inconsistent("a row is newer than the journal"));
    }
    if !entries_fit(expected, next, entries) {
        return Err(StoreError::Inconsistent("an entry is not at a place of its block"));
    }
    Ok(())
}

fn check_runs(runs: &[&OperationRun]) -> Result<(), StoreError> {
    if !runs.iter().all(|run| run.entries.is_sorted()) {
        return Err(StoreError::Inconsistent("a run of operations is not sorted"));
    }
    Ok(())
}

/// Entries belong to the records of their block, and stand in order.
fn entries_fit(expected: &Head, next: &Head, entries: &[EntryRow]) -> bool {
    let after = EntryPlace::last_of(expected.seq);
    let last = EntryPlace::last_of(next.seq);
    let places = || entries.iter().map(|row| row.entry.place);
    places().is_sorted_by(|one, other| one < other)
        && places().all(|place| after < place && place <= last)
        && entries.iter().all(|row| row.entry.previous < Some(row.entry.place))
}

fn check_head(expected: &Head, next: &Head) -> Result<(), StoreError> {
    let goes_back = next.at_micros < expected.at_micros
        || next.watermark < expected.watermark
        || next.operations < expected.operations
        || next.removed < expected.removed;
    if goes_back {
        Err(StoreError::Inconsistent("the head never goes back"))
    } else if i64::try_from(next.seq).is_err() {
        Err(StoreError::Inconsistent("the sequence exceeds what tables can hold"))
    } else if next.seq < next.watermark.max(next.operations) {
        Err(StoreError::Inconsistent("the tables are ahead of the journal"))
    } else if next.seq < next.removed {
        Err(StoreError::Inconsistent("what was never written cannot be removed"))
    } else {
        Ok(())
    }
}

/// What is not in the tables yet, or what a key is answered from, is needed where it is; and the
/// last block tells that the head is its end.
fn check_removed(expected: &Head, next: &Head) -> Result<(), StoreError> {
    let kept_from = expected.watermark.min(expected.operations);
    if expected.removed < next.removed && (kept_from < next.removed || next.seq <= next.removed) {
        return Err(StoreError::Inconsistent("records that are needed are not removed"));
    }
    Ok(())
}

fn check_block(commit: &Commit<'_>) -> Result<(), StoreError> {
    let (expected, next) = (commit.expected, commit.next);
    let Some(block) = commit.block else {
        if (next.seq, next.hash) != (expected.seq, expected.hash) {
            return Err(StoreError::Inconsistent("the head moves only with a block"));
        }
        return Ok(());
    };
    if block.first_seq != expected.seq + 1 || block.previous_hash != expected.hash {
        Err(StoreError::Inconsistent("the block does not follow the head"))
    } else if block.epoch != next.epoch
        || block.at_micros != next.at_micros
        || block.last_seq() != next.seq
        || block.hash != next.hash
    {
        Err(StoreError::Inconsistent("the next head is not the end of the block"))
    } else {
        Ok(())
    }
}
