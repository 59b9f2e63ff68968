//! What every store checks of a commit before it touches anything.

use ledger::EntryPlace;

use crate::{Commit, StoreError};

/// Refuses a commit that contradicts itself: the chain would break, or something would not be
/// read back as it was written. The writer never asks for such a thing; if it does, stopping is
/// cheaper than repairing a journal.
pub(crate) fn check(commit: &Commit<'_>) -> Result<(), StoreError> {
    check_head(commit)?;
    check_block(commit)?;
    if commit.rows.iter().any(|row| row.applied_seq > commit.next.seq) {
        return Err(StoreError::Inconsistent("a row is newer than the journal"));
    }
    if !entries_fit(commit) {
        return Err(StoreError::Inconsistent("an entry is not at a place of its block"));
    }
    let run_is_sorted = |run: &crate::OperationRun| run.entries.is_sorted();
    if !commit.run.is_none_or(run_is_sorted) {
        return Err(StoreError::Inconsistent("a run of operations is not sorted"));
    }
    Ok(())
}

/// Entries belong to the records of their block, and stand in order.
fn entries_fit(commit: &Commit<'_>) -> bool {
    let after = EntryPlace::last_of(commit.expected.seq);
    let last = EntryPlace::last_of(commit.next.seq);
    let places = || commit.entries.iter().map(|row| row.entry.place);
    places().is_sorted_by(|one, other| one < other)
        && places().all(|place| after < place && place <= last)
        && commit.entries.iter().all(|row| row.entry.previous < Some(row.entry.place))
}

fn check_head(commit: &Commit<'_>) -> Result<(), StoreError> {
    let (expected, next) = (commit.expected, commit.next);
    let goes_back = next.at_micros < expected.at_micros
        || next.watermark < expected.watermark
        || next.operations < expected.operations;
    if next.epoch != expected.epoch {
        Err(StoreError::Inconsistent("a commit does not change the epoch"))
    } else if goes_back {
        Err(StoreError::Inconsistent("the head never goes back"))
    } else if i64::try_from(next.seq).is_err() {
        Err(StoreError::Inconsistent("the sequence exceeds what tables can hold"))
    } else if next.seq < next.watermark.max(next.operations) {
        Err(StoreError::Inconsistent("the tables are ahead of the journal"))
    } else {
        Ok(())
    }
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
