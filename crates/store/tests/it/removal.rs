//! The beginning of a journal leaves it: what goes, what stays, and who may do it.

use journal::Block;
use store::{CommitError, FillPart, Head, StoreError};
use testbed::Cut;

use crate::cut_lines::Cuttable;
use crate::support::{
    Place, Scribe, Writes, at, book_row, card_account, entry, entry_place, on_every_store,
};

/// Blocks of records 1–3 at 10, 4 at 20, 5–9 at 20, 10 at 30, all of it in the tables; records 2,
/// 4 and 9 left entries.
fn journal(place: &dyn Place) -> Scribe {
    let mut scribe = Scribe::of(place);
    let account = card_account(1, 0).id;
    let (mut previous, mut credits) = (None, 0);
    for (instant, count, seq) in [(10, 3, 2), (20, 1, 4), (20, 5, 9), (30, 1, 0)] {
        let mut writes = Writes::default();
        if seq > 0 {
            credits += 1;
            let mut row = entry(account, entry_place(seq, 0), previous, credits);
            row.at = at(instant);
            previous = Some(row.entry.place);
            writes.entries.push(row);
        }
        scribe.write_at(instant, count, &writes).unwrap();
    }
    let next = Head { watermark: 10, operations: 10, ..scribe.head };
    scribe.commit(None, next, &Writes::default()).unwrap();
    scribe
}

fn remove(scribe: &mut Scribe, removed: u64) -> Result<(), CommitError> {
    let next = Head { removed, ..scribe.head };
    scribe.commit(None, next, &Writes::default())
}

fn first_seqs(place: &dyn Place) -> Vec<u64> {
    let blocks = place.store().blocks_after(0, usize::MAX).unwrap();
    assert_eq!(blocks, place.reader().blocks_after(0, usize::MAX).unwrap());
    blocks.iter().map(|block| block.first_seq).collect()
}

fn is_inconsistent(result: &Result<(), CommitError>) -> bool {
    matches!(result, Err(CommitError::NotCommitted(StoreError::Inconsistent(_))))
}

#[test]
fn blocks_go_and_entries_stay() {
    on_every_store(|place| {
        let mut scribe = journal(place);
        scribe.keep(vec![book_row()]);
        let entries = place.reader().entries_after(0, 11).unwrap();
        let before = place.store().block_of(4).unwrap().unwrap();
        remove(&mut scribe, 3).unwrap();
        assert_eq!(place.store().head().unwrap(), scribe.head);
        assert_eq!(place.reader().head().unwrap().removed, 3);
        assert_eq!(first_seqs(place), [4, 5, 10, 11]);
        assert_eq!(place.store().block_of(3).unwrap(), None);
        assert_eq!(place.reader().block_of(4).unwrap(), Some(before));
        assert_eq!(place.reader().entries_after(0, 11).unwrap(), entries);
        assert!(place.reader().book().unwrap().is_some());
        // Beside a block, in one transaction with it.
        let block = scribe.next_block(40, 2);
        let next = Head { removed: 9, ..scribe.head_after(&block) };
        scribe.commit(Some(&block), next, &Writes::default()).unwrap();
        assert_eq!(first_seqs(place), [10, 11, 12]);
        assert_eq!(place.reader().entries_after(0, 13).unwrap(), entries);
    });
}

#[test]
fn a_block_of_which_something_is_kept_stays_whole() {
    on_every_store(|place| {
        let mut scribe = journal(place);
        remove(&mut scribe, 6).unwrap();
        assert_eq!(first_seqs(place), [5, 10]);
    });
}

#[test]
fn an_instant_is_found_though_its_block_is_gone() {
    on_every_store(|place| {
        let mut scribe = journal(place);
        let whole = [(0, 0), (9, 0), (10, 3), (19, 3), (20, 9), (29, 9), (30, 10), (99, 10)];
        // Of what is gone the last record that left an entry: money was the same.
        let moved = [(0, 0), (9, 0), (10, 2), (19, 2), (20, 9), (29, 9), (30, 10), (99, 10)];
        let cases = [(0, whole), (3, moved), (4, moved), (9, moved)];
        for (removed, expected) in cases {
            remove(&mut scribe, removed).unwrap();
            for (instant, seq) in expected {
                let found = place.reader().seq_at(at(instant)).unwrap();
                assert_eq!(found, seq, "{instant}, {removed} removed");
            }
        }
    });
}

#[test]
fn what_is_needed_is_not_removed() {
    on_every_store(|place| {
        let mut scribe = journal(place);
        remove(&mut scribe, 3).unwrap();
        let right = scribe.head;
        let refused = |scribe: &mut Scribe, next: Head| {
            let refused = scribe.commit(None, next, &Writes::default());
            assert!(is_inconsistent(&refused), "{refused:?} {next:?}");
            assert_eq!(place.store().head().unwrap(), scribe.head);
        };
        // The last block; what was removed already; what is not there yet.
        for removed in [10, 2, 11] {
            refused(&mut scribe, Head { removed, ..right });
        }
        // What the tables, or the runs of operations, do not have yet.
        for count in [1, 1] {
            scribe.write_at(50, count, &Writes::default()).unwrap();
        }
        let (one, both) = (Head { watermark: 11, ..scribe.head }, scribe.head);
        refused(&mut scribe, Head { removed: 11, ..both });
        scribe.commit(None, one, &Writes::default()).unwrap();
        refused(&mut scribe, Head { removed: 11, ..one });
        let both = Head { operations: 11, ..one };
        scribe.commit(None, both, &Writes::default()).unwrap();
        remove(&mut scribe, 11).unwrap();
        assert_eq!(first_seqs(place), [12]);
    });
}

#[test]
fn a_former_owner_removes_nothing() {
    on_every_store(|place| {
        let mut former = journal(place);
        let mut present = Scribe::of(place);
        let refused = remove(&mut former, 3).unwrap_err();
        assert!(matches!(refused, CommitError::NotCommitted(StoreError::Fenced)), "{refused}");
        assert_eq!(first_seqs(place), [1, 4, 5, 10]);
        remove(&mut present, 3).unwrap();
        // And who does not know of it writes nothing.
        present.head.removed = 0;
        let refused = present.write(&Writes::default()).unwrap_err();
        assert!(matches!(refused, CommitError::NotCommitted(StoreError::Fenced)), "{refused}");
    });
}

#[test]
fn a_removal_whose_outcome_was_lost_happened_as_a_whole_or_not() {
    for cut in [Cut::BeforeCommit, Cut::AfterCommit, Cut::Hold] {
        let mut line = Cuttable::new();
        line.scribe.write(&Writes::default()).unwrap();
        let moved = Head { watermark: 1, operations: 1, ..line.scribe.head };
        line.scribe.commit(None, moved, &Writes::default()).unwrap();
        let before = line.scribe.head;
        let next = Head { removed: 1, ..before };
        line.proxy.cut_next(cut);
        let lost = line.scribe.commit(None, next, &Writes::default());
        assert!(matches!(lost, Err(CommitError::Unknown(_))), "{cut:?}: {lost:?}");
        let settled = line.scribe.store.settle(before.epoch).unwrap();
        line.proxy.deliver();
        let blocks = line.scribe.store.blocks_after(0, usize::MAX).unwrap();
        let first = blocks.first().map(|block| block.first_seq);
        assert_eq!(first, Some(settled.removed + 1), "{cut:?}");
        assert!([0, 1].contains(&settled.removed), "{cut:?}");
        line.go_on(settled);
    }
}

/// A part that writes nothing.
fn nothing<'a>(expected: &'a Head, next: &'a Head) -> FillPart<'a> {
    FillPart { expected, next, blocks: &[], entries: &[], rows: &[], runs: &[], dropped_runs: &[] }
}

/// Blocks 5–9 and 10 of [`journal`] as they were in their first place.
fn later_blocks() -> Vec<Block> {
    let place = store::MemoryBook::new();
    let mut scribe = journal(&place);
    remove(&mut scribe, 4).unwrap();
    scribe.store.blocks_after(0, usize::MAX).unwrap()
}

#[test]
fn a_journal_that_begins_later_is_filled() {
    on_every_store(|place| {
        let blocks = later_blocks();
        let start = Head { epoch: Head::FILLING, ..Head::EMPTY };
        let account = card_account(1, 0).id;
        let early = [
            entry(account, entry_place(2, 0), None, 1),
            entry(account, entry_place(3, 0), Some(entry_place(2, 0)), 2),
        ];
        // Of what is gone only entries, in parts.
        let moved = Head { seq: 3, removed: 3, ..start };
        let part = FillPart { entries: &early, ..nothing(&Head::EMPTY, &moved) };
        place.store().fill(part).unwrap();
        let last = &blocks[1];
        let full = Head { seq: 10, removed: 4, hash: last.hash, at_micros: 30, ..start };
        let whole = FillPart { blocks: &blocks, ..nothing(&moved, &full) };
        for bad in [
            // A hole between what is gone and the first block.
            Head { removed: 3, ..full },
            Head { removed: 5, ..full },
            Head { hash: [1; 32], ..full },
        ] {
            let refused = place.store().fill(FillPart { next: &bad, ..whole });
            assert!(is_inconsistent(&refused), "{refused:?}");
        }
        place.store().fill(whole).unwrap();
        // From there on it begins where it does: what is removed later is deleted.
        let later = Head { removed: 9, ..full };
        let done = Head { epoch: 4, watermark: 10, operations: 10, ..later };
        place.store().fill(nothing(&full, &later)).unwrap();
        assert_eq!(first_seqs(place), [10]);
        place.store().fill(nothing(&later, &done)).unwrap();
        assert_eq!(place.store().take_over().unwrap(), Head { epoch: 5, ..done });
        assert_eq!(place.reader().entries_after(0, 10).unwrap(), early);
    });
}

#[test]
fn the_first_block_of_a_book_follows_nothing() {
    on_every_store(|place| {
        let blocks = later_blocks();
        let start = Head { epoch: Head::FILLING, ..Head::EMPTY };
        let full = Head { seq: 10, hash: blocks[1].hash, at_micros: 30, ..start };
        let refused =
            place.store().fill(FillPart { blocks: &blocks, ..nothing(&Head::EMPTY, &full) });
        assert!(is_inconsistent(&refused), "{refused:?}");
    });
}
