//! Under a lease: what may leave when, and where it may be tried again.

use std::sync::Arc;
use std::time::Duration;

use base::{Instant, Span};
use engine::Query;
use store::{MemoryBook, Reader, StoreError};
use writer::{Known, Lease, OpenError, Options, Trouble, Writer};

use crate::bench::{Bench, Ending, SPEC, Slot, all_said, card_id, issue, redeem, taken};

const LENGTH: Duration = Duration::from_secs(4);

fn leased() -> (Bench, Lease) {
    let mut bench = Bench::new();
    bench.one(issue(1, 1, 1_000));
    bench.lease_for(LENGTH)
}

fn lapse(bench: &Bench) {
    bench.pass(Span::from_micros(LENGTH.as_micros() as u64));
}

#[test]
fn a_question_is_answered_within_the_lease_only() {
    let (mut bench, lease) = leased();
    assert_eq!(bench.card(card_id(1)), (1_000, 0));
    lapse(&bench);
    let late = bench.submit_query(Query::Card(card_id(1)));
    bench.writer.step();
    assert_eq!(taken(&late), Err(Trouble::Moved));
    lease.extend(2 * LENGTH);
    assert_eq!(bench.card(card_id(1)), (1_000, 0), "it was kept after all");
    lease.end();
    lease.extend(9 * LENGTH);
    let gone = bench.submit_query(Query::Card(card_id(1)));
    bench.writer.step();
    assert_eq!(taken(&gone), Err(Trouble::Moved));
}

#[test]
fn a_process_that_is_stopped_while_it_reads_answers_nothing_old() {
    let (mut bench, _lease) = leased();
    // Not in memory, so it is read; when it has been, the lease is long gone.
    bench.sleep_while_reading(30 * LENGTH);
    let question = bench.submit_query(Query::Card(card_id(2)));
    bench.writer.step();
    assert_eq!(taken(&question), Err(Trouble::Moved));
    let (mut bench, _lease) = leased();
    bench.sleep_while_reading(30 * LENGTH);
    let refused = bench.batch([redeem(0, 3, 8, 100)]);
    assert_eq!(all_said(&refused), "Moved");
}

#[test]
fn a_batch_that_needed_no_block_is_answered_within_the_lease_only() {
    let (mut bench, _lease) = leased();
    bench.one(redeem(2, 1, 7, 100));
    let head = bench.head();
    // A refusal without key, and a repeated key: neither makes a block.
    let asked = || [redeem(0, 1, 8, 5_000), redeem(2, 1, 7, 100)];
    assert_eq!(all_said(&bench.batch(asked())), "insufficient_balance, again");
    lapse(&bench);
    assert_eq!(all_said(&bench.batch(asked())), "Moved, Moved");
    assert_eq!(bench.head(), head);
}

#[test]
fn a_commit_proves_whatever_is_answered_with_it() {
    let (mut bench, _lease) = leased();
    lapse(&bench);
    let outcomes = bench.batch([redeem(0, 1, 8, 5_000), redeem(2, 1, 7, 100)]);
    assert_eq!(all_said(&outcomes), "insufficient_balance, ok");
    // What is read after the commit is not proven by it.
    let command = bench.submit(vec![redeem(3, 1, 9, 100)], false);
    let question = bench.submit_query(Query::Card(card_id(1)));
    bench.writer.step();
    assert_eq!(all_said(&taken(&command)), "ok");
    assert_eq!(taken(&question), Err(Trouble::Moved));
}

#[test]
fn a_flush_is_answered_within_the_lease_only() {
    let (mut bench, _lease) = leased();
    bench.check_sound();
    lapse(&bench);
    let slot: Slot<_> = Arc::default();
    let into = slot.clone();
    bench.handle.flush(1, move |done| *into.lock().unwrap() = Some(done)).unwrap();
    bench.writer.step();
    assert_eq!(taken(&slot), Err(Trouble::Moved));
}

#[test]
fn a_fenced_owner_sends_everybody_to_the_next_one() {
    let (mut bench, _lease) = leased();
    let mut next = bench.open_as(SPEC).unwrap();
    let command = bench.submit(vec![redeem(2, 1, 7, 100)], false);
    let question = bench.submit_query(Query::Card(card_id(1)));
    assert!(!bench.writer.step());
    assert_eq!(all_said(&taken(&command)), "Moved", "nothing of it was written");
    assert_eq!(taken(&question), Err(Trouble::Moved));
    let late = bench.handle.submit(vec![redeem(2, 1, 7, 100)], false, |_| {});
    assert_eq!(late, Err(Trouble::Moved));
    let why = bench.handle.ended().unwrap();
    assert!(why.contains("another owner has taken this book over"), "{why}");
    std::mem::swap(&mut bench.writer, &mut next);
    bench.handle = bench.writer.handle();
    assert_eq!(all_said(&bench.batch([redeem(2, 1, 7, 100)])), "ok");
    assert_eq!(bench.card(card_id(1)), (900, 0));
}

#[test]
fn a_question_notices_within_a_second_that_the_book_is_another_one() {
    let (mut bench, _lease) = leased();
    assert_eq!(bench.card(card_id(1)), (1_000, 0));
    bench.pass(Span::from_micros(900_000));
    let _next = bench.open_as(SPEC).unwrap();
    assert_eq!(bench.card(card_id(1)), (1_000, 0), "not looked at for each question");
    bench.pass(Span::from_micros(200_000));
    let question = bench.submit_query(Query::Card(card_id(1)));
    let command = bench.submit(vec![redeem(2, 1, 7, 100)], false);
    assert!(!bench.writer.step());
    assert_eq!(taken(&question), Err(Trouble::Moved));
    assert_eq!(all_said(&taken(&command)), "Moved", "nothing of it was written");
}

#[test]
fn a_commit_of_unknown_outcome_is_not_said_to_have_done_nothing() {
    let (mut bench, _lease) = leased();
    bench.next_commit(Ending::Refused(StoreError::SyncFailed("input/output error".to_owned())));
    let command = bench.submit(vec![redeem(2, 1, 7, 100)], false);
    let question = bench.submit_query(Query::Card(card_id(1)));
    assert!(!bench.writer.step());
    assert_eq!(all_said(&taken(&command)), "Ended");
    assert_eq!(taken(&question), Err(Trouble::Moved), "a question does nothing anyway");
}

#[test]
fn a_commit_that_another_owner_may_have_overtaken_is_of_unknown_outcome() {
    let (mut bench, _lease) = leased();
    bench.next_commit(Ending::UnknownOvertaken);
    let command = bench.submit(vec![redeem(2, 1, 7, 100)], false);
    assert!(!bench.writer.step());
    assert_eq!(all_said(&taken(&command)), "Ended");
    bench.restart();
    assert_eq!(all_said(&bench.batch([redeem(2, 1, 7, 100)])), "again", "the key tells");
}

#[test]
fn leaving_answers_what_waits_and_sweeps_nothing() {
    let (mut bench, _lease) = leased();
    let watermark = bench.head().watermark;
    let waiting = bench.submit(vec![redeem(2, 1, 7, 100)], false);
    bench.handle.leave();
    let late = bench.handle.submit(vec![redeem(3, 1, 8, 100)], false, |_| {});
    assert_eq!(late, Err(Trouble::Moved));
    assert!(bench.writer.step());
    assert_eq!(all_said(&taken(&waiting)), "ok");
    assert!(!bench.writer.step(), "it has ended");
    assert_eq!(bench.head().watermark, watermark, "the next owner reads the journal");
    bench.restart();
    assert!(bench.writer.replayed_records() > 0);
    assert_eq!(bench.card(card_id(1)), (900, 0));
    bench.check_sound();
}

#[test]
fn a_book_is_not_taken_over_once_the_lease_has_lapsed() {
    let book = MemoryBook::new();
    let open = |lease| {
        let times = Box::new(|| (Instant::from_micros(1), LENGTH));
        Writer::open_leased(book.store(), SPEC, Options::default(), times, lease, &Known::nothing())
    };
    assert!(open(Lease::until(2 * LENGTH)).is_ok());
    let owned = book.reader().head().unwrap();
    assert!(matches!(open(Lease::until(LENGTH)), Err(OpenError::LeaseLapsed)));
    assert_eq!(book.reader().head().unwrap(), owned, "whoever owns it now goes on");
}
