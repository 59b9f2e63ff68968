//! Copies of books whose journal does not begin at record 1.

use base::Instant;
use copies::{Chunks, CopyError, Place, Segment, SegmentChain, check_backup, move_books, restore};
use copies::{write_backup, write_segment};
use sim::Fault;
use store::{Commit, Head, MemoryBook, Reader, Store};

use crate::places::{FilePlace, MemoryPlace, check_equal, everything, lived, lived_place, name};

const SMALL: Chunks = Chunks { block_bytes: 8_000, rows: 60 };

/// Removes about a part of `of` parts of what the tables have. Returns the last record that left.
fn remove(book: &MemoryBook, part: u64, of: u64) -> u64 {
    let mut store = book.store();
    let head = store.head().unwrap();
    let operations = Head { operations: head.seq, ..head };
    let wanted = head.watermark * part / of;
    let removed = store.block_of(wanted).unwrap().unwrap().first_seq - 1;
    let steps = [(head, operations), (operations, Head { removed, ..operations })];
    for (expected, next) in steps {
        let commit = Commit {
            expected: &expected,
            next: &next,
            block: None,
            rows: &[],
            entries: &[],
            run: None,
            dropped_runs: &[],
        };
        store.commit(commit).unwrap();
    }
    assert!(removed > head.removed, "{removed} {wanted} {head:?}");
    removed
}

/// The lived place, of whose books a part of the journal is gone.
fn shortened() -> MemoryPlace {
    let mut place = lived_place();
    for text in ["live", "test"] {
        remove(&place.book(&name(text)), 1, 4);
    }
    place
}

#[test]
fn a_move_is_equal_there_and_back() {
    let mut original = shortened();
    let (mut files, mut back) = (FilePlace::new(), MemoryPlace::default());
    let there = move_books(&mut original, &mut files, SMALL, &mut |_, _| {}).unwrap();
    let again = move_books(&mut files, &mut back, Chunks::default(), &mut |_, _| {}).unwrap();
    check_equal(&mut original, &mut files);
    check_equal(&mut original, &mut back);
    assert_eq!(there, again);
    // The totals are those of the whole book.
    let mut whole = lived_place();
    let moved = move_books(&mut whole, &mut MemoryPlace::default(), SMALL, &mut |_, _| {});
    for (whole, shortened) in moved.unwrap().iter().zip(&there) {
        assert_eq!(whole.summary.currencies, shortened.summary.currencies);
        assert!(whole.summary.records > shortened.summary.records);
        let mut reader = files.reader(&shortened.record.name).unwrap();
        let report = reports::verify(reader.as_mut(), None, &mut |_| {}).unwrap();
        assert!(report.is_sound() && report.compared && report.from > 0, "{:?}", report.findings);
    }
}

#[test]
fn a_move_that_was_interrupted_goes_on_though_more_is_removed() {
    for removes_more in [false, true] {
        let (mut interruptions, mut target) = (0, MemoryPlace::default());
        let (mut original, mut removes_more) = (shortened(), removes_more);
        while {
            target.plan.strike_at(target.plan.calls() + 3 + interruptions, Fault::UnknownWritten);
            move_books(&mut original, &mut target, SMALL, &mut |_, _| {}).is_err()
        } {
            interruptions += 1;
            let copied = target.book(&name("live")).store().head().unwrap();
            let live = original.book(&name("live"));
            let head = live.store().head().unwrap();
            if removes_more && copied.seq == head.seq {
                remove(&live, 19, 20);
                removes_more = false;
            }
        }
        assert!(interruptions > 5 && !removes_more, "{interruptions}");
        check_equal(&mut original, &mut target);
    }
}

#[test]
fn what_was_copied_before_the_journal_begins_is_refused() {
    let mut original = lived_place();
    let mut target = MemoryPlace::default();
    target.plan.strike_at(6, Fault::UnknownLost);
    move_books(&mut original, &mut target, SMALL, &mut |_, _| {}).unwrap_err();
    let copied = target.book(&name("live")).store().head().unwrap();
    assert!(copied.seq > 0);
    let removed = remove(&original.book(&name("live")), 3, 4);
    assert!(copied.seq < removed);
    let refused = move_books(&mut original, &mut target, SMALL, &mut |_, _| {}).unwrap_err().bare();
    assert!(matches!(refused, CopyError::OtherHistory { .. }), "{refused}");
    assert_eq!(target.book(&name("live")).store().head().unwrap(), copied);
}

#[test]
fn a_backup_is_restored_as_it_was() {
    let mut original = shortened();
    let said = ("1.2.3", Instant::from_micros(11));
    let (bytes, books) = write_backup(&mut original, Vec::new(), said, SMALL, &mut |_| {}).unwrap();
    let (_, checked) = check_backup(&*bytes, &mut |_, _| {}).unwrap();
    assert_eq!(checked, books);
    let mut target = MemoryPlace::default();
    let draw = &mut || 7;
    for cut in [3, 6, 9, 12, 15] {
        let part = &bytes[..bytes.len() * cut / 16];
        assert!(restore(part, &mut target, draw, &mut |_, _| {}).is_err());
    }
    let mut files = FilePlace::new();
    restore(&*bytes, &mut target, draw, &mut |_, _| {}).unwrap();
    restore(&*bytes, &mut files, draw, &mut |_, _| {}).unwrap();
    check_equal(&mut target, &mut files);
    for text in ["live", "test"] {
        let (mut left, mut right) =
            (original.book(&name(text)).reader(), target.book(&name(text)).reader());
        assert!(everything(&mut left) == everything(&mut right));
    }
}

#[test]
fn an_archive_joins_what_is_left() {
    let (book, live) = (lived(5, 300), name("live"));
    let blocks = book.store().blocks_after(0, usize::MAX).unwrap();
    let removed = remove(&book, 1, 2);
    let mut chain = SegmentChain::new(&live);
    let check = |chain: &SegmentChain| chain.expect_beginning_of(&mut book.reader());
    for block in &blocks {
        let refused = check(&chain);
        let end = chain.end().seq;
        let is_short = matches!(refused, Err(CopyError::ArchiveEnds { seq, .. }) if seq == end);
        assert_eq!((is_short, refused.is_ok()), (end < removed, end >= removed), "{end}");
        let one = std::slice::from_ref(block);
        let file = write_segment(&Segment::of(&live, one).unwrap(), one, Vec::new()).unwrap();
        let mut found = Vec::new();
        chain.push_each(&*file, &mut |block| found.push(block)).unwrap();
        assert_eq!(found, one);
    }
    check(&chain).unwrap();
    assert_eq!(chain.end().seq, Reader::head(&mut book.reader()).unwrap().seq);
    let other = lived(6, 300);
    remove(&other, 1, 4);
    let refused = chain.expect_beginning_of(&mut other.reader());
    assert!(matches!(refused, Err(CopyError::OtherHistory { .. })), "{refused:?}");
}
