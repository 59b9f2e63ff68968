//! The beginning of the journal leaves it, and nothing else changes.

use base::Span;
use engine::{Command, GiftCardCommand};
use giftcards::{Details, Metadata};
use store::{Head, Reader, StoreError};
use writer::{Archived, Options, Removal, Request, Trouble};

use crate::bench::{Bench, Ending, Slot, all_said, card_id, issue, redeem, reverse, taken};

/// Keeps the journal for as long as the keys, and writes a run of them whenever there is one.
fn month() -> Options {
    Options { journal_retention_days: Some(30), operation_run_max: 1, ..Options::default() }
}

/// A book with `count` redemptions, each in a block of its own, all swept.
fn with_history(options: Options, count: u8) -> Bench {
    let mut bench = Bench::with(options);
    bench.one(issue(1, 1, 100_000));
    for key in 2..count + 2 {
        assert_eq!(all_said(&bench.batch([redeem(key, 1, u128::from(key), 10)])), "ok");
    }
    bench.check_sound();
    bench
}

/// All of the journal but what the last commit wrote.
fn archive(bench: &Bench) -> Archived {
    let head = bench.head();
    let last = bench.book.reader().block_of(head.seq).unwrap().unwrap();
    Archived { seq: last.first_seq - 1, hash: last.previous_hash }
}

fn ask(bench: &Bench, archived: Archived) -> Slot<Result<Removal, Trouble>> {
    let slot: Slot<_> = Slot::default();
    let into = slot.clone();
    bench.handle.remove(archived, move |removal| *into.lock().unwrap() = Some(removal)).unwrap();
    slot
}

/// Removes as far as one request goes.
fn remove(bench: &mut Bench, archived: Archived) -> Result<Removal, Trouble> {
    let slot = ask(bench, archived);
    for _ in 0..200 {
        if slot.lock().unwrap().is_some() {
            break;
        }
        assert!(bench.writer.step(), "the writer ended");
    }
    taken(&slot)
}

/// Removes what an archive of everything but the last commit lets go.
fn remove_all(bench: &mut Bench) -> Result<Removal, Trouble> {
    let archived = archive(bench);
    remove(bench, archived)
}

fn removed(through: u64) -> Result<Removal, Trouble> {
    Ok(Removal::Removed { through, is_done: true })
}

/// A card with 25 kB of metadata.
fn large_card(card: u128) -> Request {
    let mut request = issue(0, card, 1);
    let Command::GiftCards(GiftCardCommand::Issue(issue)) = &mut request.command else { panic!() };
    let pairs = (0..50).map(|one| (format!("key {one}"), "x".repeat(500))).collect();
    let metadata = Metadata::new(pairs).unwrap();
    issue.details = Some(Box::new(Details { metadata, ..Details::default() }));
    request
}

/// Where the blocks begin that there are.
fn first_seq(bench: &Bench) -> u64 {
    bench.book.reader().blocks_after(0, 1).unwrap()[0].first_seq
}

#[test]
fn what_is_old_and_archived_leaves_the_journal() {
    let mut bench = with_history(month(), 20);
    bench.pass(Span::days(40));
    let (before, archived) = (bench.head(), archive(&bench));
    // The first commit of a later day drops the runs of keys; then nothing else needs the records.
    bench.one(redeem(30, 1, 30, 10));
    let entries = bench.book.reader().entries_after(0, before.seq).unwrap();
    assert_eq!(remove(&mut bench, archived), removed(archived.seq));
    let head = bench.head();
    assert_eq!((head.removed, head.seq), (archived.seq, before.seq + 1));
    assert_eq!(
        (first_seq(&bench), bench.handle.figures().removed()),
        (archived.seq + 1, head.removed)
    );
    assert_eq!(bench.book.reader().entries_after(0, before.seq).unwrap(), entries);
    // Life goes on, and after a restart too.
    for key in [31, 32] {
        assert_eq!(all_said(&bench.batch([redeem(key, 1, u128::from(key), 10)])), "ok");
        bench.restart();
        assert_eq!(bench.head().removed, archived.seq);
    }
    assert_eq!(all_said(&bench.batch([redeem(30, 1, 30, 10)])), "again");
    assert_eq!(bench.card(card_id(1)), (100_000 - 23 * 10, 0));
    let runs = bench.book.reader().operation_runs().unwrap();
    assert!(runs.len() < 5, "runs that are too old are dropped however they came: {runs:?}");
    assert_eq!(remove(&mut bench, archived), removed(archived.seq), "once more is nothing more");
    bench.check_sound();
}

#[test]
fn the_journal_is_kept_as_long_as_the_retention_says() {
    let mut bench = with_history(month(), 5);
    bench.pass(Span::days(29));
    assert_eq!(remove_all(&mut bench), removed(0));
    // The book's own record is answered under no key, the others are for a day more.
    for (key, through) in [(20, 0), (21, 1), (22, 7)] {
        bench.one(redeem(key, 1, u128::from(key), 10));
        assert_eq!(remove_all(&mut bench), removed(through));
        bench.pass(Span::days(2));
    }
}

#[test]
fn a_key_that_is_known_keeps_its_record_and_all_after_it() {
    let options = Options { operation_retention_days: 100, ..month() };
    let mut bench = with_history(options, 3);
    bench.pass(Span::days(90));
    bench.one(redeem(20, 1, 20, 10));
    // The record of the book is the only one that no key is answered from.
    assert_eq!(remove_all(&mut bench), removed(1));
    for key in 2..5 {
        assert_eq!(all_said(&bench.batch([redeem(key, 1, u128::from(key), 10)])), "again");
    }
    assert_eq!(all_said(&bench.batch([reverse(50, 2)])), "ok");
    bench.check_sound();
}

#[test]
fn keys_that_wait_for_their_run_do_not_wait_for_ever() {
    // A quiet book never has enough of them for a run.
    let mut bench = with_history(Options { operation_run_max: 1_000, ..month() }, 5);
    bench.pass(Span::days(31));
    assert_eq!(remove_all(&mut bench), removed(1), "they are known for a month more");
    let head = bench.head();
    assert_eq!(head.operations, head.seq);
    assert_eq!(bench.book.reader().operation_runs().unwrap().len(), 1);
    assert_eq!(all_said(&bench.batch([redeem(2, 1, 2, 10)])), "again");
    bench.restart();
    assert_eq!(all_said(&bench.batch([redeem(3, 1, 3, 10)])), "again");
    bench.pass(Span::days(2));
    bench.one(redeem(20, 1, 20, 10));
    let archived = archive(&bench);
    assert_eq!(remove(&mut bench, archived), removed(archived.seq));
    bench.restart();
    assert_eq!(all_said(&bench.batch([redeem(20, 1, 20, 10)])), "again");
    bench.check_sound();
}

#[test]
fn without_a_retention_or_with_another_archive_nothing_is_removed() {
    let mut bench = with_history(Options { journal_retention_days: None, ..month() }, 3);
    bench.pass(Span::days(90));
    bench.one(redeem(20, 1, 20, 10));
    let right = archive(&bench);
    assert_eq!(remove(&mut bench, right), Ok(Removal::KeptForEver));
    bench.options = month();
    bench.restart();
    let head = bench.head();
    for wrong in [
        Archived { hash: [1; 32], ..right },
        Archived { seq: right.seq - 1, ..right },
        Archived { seq: head.seq, ..right },
        Archived { seq: head.seq + 5, hash: head.hash },
    ] {
        assert_eq!(remove(&mut bench, wrong), Ok(Removal::OtherHistory), "{wrong:?}");
    }
    assert_eq!(bench.head(), head);
    assert_eq!(remove(&mut bench, right), removed(right.seq));
}

#[test]
fn a_long_journal_leaves_in_portions_while_work_goes_on() {
    let mut bench = Bench::with(month());
    bench.one(issue(0, 1, 1_000_000));
    // Some 18 MB, more than one request removes, in blocks of a little more than a portion.
    for round in 1..=70_u128 {
        let large = (0..12).map(|one| large_card(100 * round + one)).collect();
        bench.submit(large, false);
        bench.writer.step();
    }
    bench.check_sound();
    bench.pass(Span::days(31));
    bench.one(redeem(1, 1, 1, 1));
    let archived = archive(&bench);
    let (mut rounds, mut last, mut busiest) = (0, 0, 0);
    loop {
        let slot = ask(&bench, archived);
        let again = ask(&bench, archived);
        while slot.lock().unwrap().is_none() {
            let before = bench.head().removed;
            // Somebody always has something to do.
            bench.submit(vec![redeem(0, 1, 90_000_000 + u128::from(bench.head().seq), 1)], false);
            assert!(bench.writer.step());
            busiest = busiest.max(bench.head().removed - before);
        }
        assert_eq!(taken(&again), Err(Trouble::Busy), "one at a time");
        let Ok(Removal::Removed { through, is_done }) = taken(&slot) else { panic!() };
        assert_eq!((through, bench.head().removed), (bench.head().removed, through));
        rounds += 1;
        if is_done {
            break;
        }
        assert!(last < through);
        last = through;
    }
    assert_eq!(bench.head().removed, archived.seq);
    assert!(rounds > 1, "one request is not enough: {rounds}");
    // A large block, or the small ones before the first of those.
    assert!(busiest <= 20, "{busiest} records left in one transaction");
    bench.check_sound();
}

#[test]
fn a_removal_fails_as_a_commit_does() {
    let old = || {
        let mut bench = with_history(month(), 5);
        bench.pass(Span::days(40));
        bench.one(redeem(30, 1, 30, 10));
        bench.check_sound();
        let archived = archive(&bench);
        (bench, archived)
    };
    // Nothing was written.
    for ending in [Ending::Refused(StoreError::Full), Ending::UnknownLost] {
        let (mut bench, archived) = old();
        bench.next_commit(ending);
        let refused = remove(&mut bench, archived);
        assert!(matches!(refused, Err(Trouble::Unavailable(_))), "{refused:?}");
        assert_eq!((bench.head().removed, first_seq(&bench)), (0, 1));
        assert_eq!(remove(&mut bench, archived), removed(archived.seq), "it recovers by itself");
        bench.check_sound();
    }
    // It was written, and found out.
    let (mut bench, archived) = old();
    bench.next_commit(Ending::UnknownWritten);
    assert_eq!(remove(&mut bench, archived), removed(archived.seq));
    bench.check_sound();
    // Somebody else owns the book.
    let (mut bench, archived) = old();
    let before = bench.head();
    let _other = bench.open_as(crate::bench::SPEC).unwrap();
    let slot = ask(&bench, archived);
    while bench.writer.step() {}
    assert!(matches!(taken(&slot), Err(Trouble::Ended(_))));
    assert_eq!(bench.head(), Head { epoch: before.epoch + 1, ..before });
}

#[test]
fn a_process_that_last_knew_what_is_removed_takes_the_book() {
    let mut bench = with_history(month(), 5);
    let old = bench.known.mark().unwrap();
    bench.pass(Span::days(40));
    bench.one(redeem(30, 1, 30, 10));
    let archived = archive(&bench);
    let before = bench.book.reader().block_of(archived.seq).unwrap().unwrap();
    let earlier = Archived { seq: before.first_seq - 1, hash: before.previous_hash };
    let last = writer::Mark { seq: archived.seq, hash: archived.hash };
    assert_eq!(remove(&mut bench, earlier), removed(earlier.seq));
    for removes in [false, true] {
        if removes {
            assert_eq!(remove(&mut bench, archived), removed(archived.seq));
        }
        // What it knows has left the journal, is its last removed block, or still is there.
        for mark in [old, last] {
            bench.known = writer::Known::nothing();
            bench.known.note(mark);
            bench.restart();
        }
        bench.known = writer::Known::nothing();
        bench.known.note(writer::Mark { hash: [1; 32], ..last });
        let refused = bench.open_as(crate::bench::SPEC).err();
        assert!(matches!(refused, Some(writer::OpenError::OtherHistory { .. })), "{refused:?}");
        bench.known = writer::Known::nothing();
        bench.restart();
    }
    bench.check_sound();
}
