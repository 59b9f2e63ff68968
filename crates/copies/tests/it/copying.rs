//! Moving: everything arrives, whatever happens on the way.

use copies::{Chunks, CopyError, Moved, Place, TargetPlace, move_books};
use sim::Fault;
use store::{BookName, BookRecord, ControlStore, MemoryBook, Store, StoreError};

use crate::places::{FilePlace, MemoryPlace, check_equal, everything, lived, lived_place, name};

const SMALL: Chunks = Chunks { block_bytes: 1, rows: 100 };

fn go(
    source: &mut dyn Place,
    target: &mut dyn TargetPlace,
    chunks: Chunks,
) -> Result<Vec<Moved>, (BookName, CopyError)> {
    let moved = move_books(source, target, chunks, &mut |_, at| assert!(at.done <= at.total));
    moved.map_err(|error| match error {
        CopyError::InBook { book, error } => (book, *error),
        error => panic!("without the name of a book: {error}"),
    })
}

#[test]
fn a_copy_is_equal_there_and_back() {
    let mut original = lived_place();
    let mut files = FilePlace::new();
    let there = go(&mut original, &mut files, Chunks::default()).unwrap();
    check_equal(&mut original, &mut files);
    let mut back = MemoryPlace::default();
    let again = go(&mut files, &mut back, Chunks::default()).unwrap();
    check_equal(&mut original, &mut back);
    assert_eq!(there, again);
    assert_eq!(there.iter().map(|moved| moved.keys).sum::<u64>(), 3);
    assert!(there.iter().all(|moved| !moved.was_there && moved.summary.operations > 100));
    for record in original.contents().unwrap().books {
        let mut reader = files.reader(&record.name).unwrap();
        let report = reports::verify(reader.as_mut(), None, &mut |_| {}).unwrap();
        assert!(report.is_sound() && report.compared, "{:?}", report.findings);
        let mut other = original.reader(&record.name).unwrap();
        assert_eq!(report, reports::verify(other.as_mut(), None, &mut |_| {}).unwrap());
    }
}

#[test]
fn a_copy_that_was_interrupted_goes_on() {
    let mut original = lived_place();
    let chunks = Chunks { block_bytes: 8_000, rows: 60 };
    for fault in [Fault::UnknownWritten, Fault::UnknownLost] {
        let mut target = MemoryPlace::default();
        let mut interruptions = 0;
        // Every run comes a few calls further than the one before.
        while let Err((book, error)) = {
            target.plan.strike_at(target.plan.calls() + 3 + interruptions, fault);
            go(&mut original, &mut target, chunks)
        } {
            assert!(matches!(error, CopyError::Target(_)), "{error}");
            let listed = target.control.books().unwrap();
            assert!(listed.iter().all(|record| record.name != book), "listed before its end");
            interruptions += 1;
        }
        assert!(interruptions > 10, "{interruptions}");
        check_equal(&mut original, &mut target);
    }
}

#[test]
fn slow_every_call_of_a_copy_into_files_may_fail() {
    let mut original = lived_place();
    original.books.insert(name("test"), MemoryBook::new());
    let chunks = Chunks { block_bytes: 100_000, rows: 1_000 };
    for call in 1.. {
        let mut target = FilePlace::new();
        target.plan.strike_at(call, Fault::UnknownLost);
        if go(&mut original, &mut target, chunks).is_ok() {
            assert!(call > 5, "{call}");
            break;
        }
        go(&mut original, &mut target, chunks).unwrap();
        let contents = original.contents().unwrap();
        assert_eq!(contents, target.contents().unwrap());
    }
}

#[test]
fn a_source_that_is_served_meanwhile_is_not_moved() {
    let mut original = lived_place();
    let mut target = MemoryPlace::default();
    // Somebody starts a server while the second book is copied, and the first is long done.
    let served = original.book(&name("live"));
    let mut is_served = false;
    let moved = move_books(&mut original, &mut target, SMALL, &mut |book, _| {
        if *book == name("test") && !std::mem::replace(&mut is_served, true) {
            served.store().take_over().unwrap();
        }
    });
    let error = moved.unwrap_err();
    assert!(is_served && error.to_string().starts_with("book live: "), "{error}");
    assert!(matches!(error.bare(), CopyError::SourceMoved));
    assert_eq!(target.control.books().unwrap(), [], "an old copy could be served");
    // The same for a key that is made meanwhile.
    let key = original.control.find_all_keys().unwrap()[0].clone();
    let mut control = original.control.clone();
    let moved = move_books(&mut original, &mut target, SMALL, &mut |book, _| {
        if *book == name("test") {
            control.revoke_key(&key.book, key.id, base::Instant::from_micros(30)).unwrap();
        }
    });
    let error = moved.unwrap_err();
    assert!(matches!(error, CopyError::SourceMoved), "{error}");
    assert_eq!(target.control.books().unwrap(), []);
    // Stopped at last: what is there is compared, the book that went on is copied further.
    let moved = go(&mut original, &mut target, SMALL).unwrap();
    assert!(moved.iter().all(|moved| moved.was_there));
    check_equal(&mut original, &mut target);
}

#[test]
fn a_half_filled_book_cannot_be_taken_over() {
    let mut original = lived_place();
    let mut target = FilePlace::new();
    target.plan.strike_at(6, Fault::Unavailable);
    let (book, _) = go(&mut original, &mut target, SMALL).unwrap_err();
    let refused = target.folder.book(&book).unwrap().take_over().unwrap_err();
    assert_eq!(refused, StoreError::HalfFilled(book.to_string()));
    assert_eq!(target.contents().unwrap().books, []);
    go(&mut original, &mut target, Chunks::default()).unwrap();
    check_equal(&mut original, &mut target);
    target.folder.book(&book).unwrap().take_over().unwrap();
}

#[test]
fn a_target_with_another_history_is_refused() {
    let mut original = lived_place();
    let mut target = MemoryPlace::default();
    // Shorter and longer than what is copied.
    for commands in [200, 1_200] {
        let other = lived(77, commands);
        let before = everything(&mut other.reader());
        target.books.insert(name("live"), other.clone());
        let (book, error) = go(&mut original, &mut target, SMALL).unwrap_err();
        assert!(matches!(error, CopyError::OtherHistory { .. }), "{error}");
        assert_eq!(book, name("live"));
        assert!(before == everything(&mut other.reader()), "it was changed");
        assert_eq!(target.control.books().unwrap(), []);
    }
}

#[test]
fn a_target_that_is_used_is_refused_and_a_copy_that_is_not_is_compared() {
    let mut original = lived_place();
    let mut target = MemoryPlace::default();
    go(&mut original, &mut target, Chunks::default()).unwrap();
    let again = go(&mut original, &mut target, Chunks::default()).unwrap();
    assert!(again.iter().all(|moved| moved.was_there));
    check_equal(&mut original, &mut target);

    target.book(&name("live")).store().take_over().unwrap();
    let (_, error) = go(&mut original, &mut target, Chunks::default()).unwrap_err();
    assert!(matches!(error, CopyError::InUse(_)), "{error}");

    let mut other = MemoryPlace::default();
    let record = BookRecord { incarnation: 99, ..original.contents().unwrap().books[0].clone() };
    other.control.create_book(&record).unwrap();
    let (_, error) = go(&mut original, &mut other, Chunks::default()).unwrap_err();
    assert!(matches!(error, CopyError::InUse(_)), "{error}");
}

#[test]
fn a_book_that_went_on_is_copied_further() {
    // The same seed lives the same life, so the shorter one is the beginning of the longer.
    let mut target = MemoryPlace::default();
    let mut source = lived_place();
    target.books.insert(name("live"), target_of_a_run_before(&mut source));
    go(&mut source, &mut target, SMALL).unwrap();
    check_equal(&mut source, &mut target);
}

/// What a run leaves that ended right before it listed the book, some records ago.
fn target_of_a_run_before(source: &mut MemoryPlace) -> MemoryBook {
    let mut first = MemoryPlace::default();
    let live = name("live");
    let longer = source.book(&live);
    let earlier = MemoryBook::new();
    let mut store = earlier.store();
    let mut filler = copies::Filler::begin(&mut store).unwrap();
    let blocks = longer.store().blocks_after(0, 20_000).unwrap();
    let end = blocks.last().unwrap().last_seq();
    let entries = store::Reader::entries_after(&mut longer.reader(), 0, end).unwrap();
    copies::Sink::journal(&mut filler, &blocks, &entries).unwrap();
    first.books.insert(live, earlier.clone());
    assert!(end < longer.store().head().unwrap().seq);
    earlier
}

/// A block of record 1 that no book begins with.
fn other_first_block() -> journal::Block {
    let mut builder = journal::BlockBuilder::new(1, 1, journal::GENESIS_HASH, 5);
    let header = journal::RecordHeader {
        seq: 1,
        at_micros: 5,
        actor: [0; 16],
        command: 1,
        operation: None,
        reverses: None,
        outcome: journal::Outcome::Answered { kind: 1, id: [0; 16] },
    };
    builder.begin_record(&header).finish();
    builder.seal()
}

#[test]
fn a_block_of_the_same_record_and_another_hash_is_another_history() {
    let mut original = lived_place();
    let first = original.book(&name("live")).store().block_of(1).unwrap().unwrap();
    assert_eq!(first.last_seq(), 1, "a book opens with a block of one record");
    let mut target = MemoryPlace::default();
    let mut store = target.book(&name("live")).store();
    let mut filler = copies::Filler::begin(&mut store).unwrap();
    copies::Sink::journal(&mut filler, &[other_first_block()], &[]).unwrap();
    let (_, error) = go(&mut original, &mut target, Chunks::default()).unwrap_err();
    assert!(matches!(error, CopyError::OtherHistory { seq: 1 }), "{error}");
}

#[test]
fn runs_that_the_source_has_dropped_meanwhile_are_dropped() {
    let mut original = lived_place();
    let mut target = MemoryPlace::default();
    let mut store = target.book(&name("live")).store();
    let mut filler = copies::Filler::begin(&mut store).unwrap();
    let last_at = base::Instant::from_micros(1);
    let old = store::OperationRun { run: 1_000_000, last_at, entries: vec![(1, 0)] };
    copies::Sink::run(&mut filler, &old).unwrap();
    go(&mut original, &mut target, Chunks::default()).unwrap();
    check_equal(&mut original, &mut target);
}
