//! Stores that cannot write, cannot say, or belong to somebody else by now.

use std::sync::Arc;

use store::StoreError;
use writer::{BookSpec, OpenError, Options, Outcome, Trouble};

use crate::bench::{Bench, Ending, SPEC, Slot, all_said, card_id, issue, redeem, taken};

fn ready() -> Bench {
    let mut bench = Bench::new();
    bench.one(issue(1, 1, 1_000));
    bench
}

fn text_of(outcome: &Outcome) -> String {
    outcome.as_ref().unwrap_err().to_string()
}

#[test]
fn a_commit_that_fails_leaves_everything_as_it_was() {
    for error in [StoreError::Full, StoreError::Unavailable("locked".to_owned())] {
        let mut bench = ready();
        let before = bench.head();
        bench.next_commit(Ending::Refused(error.clone()));
        let outcomes =
            bench.batch([redeem(2, 1, 7, 100), redeem(2, 1, 7, 100), redeem(0, 1, 8, 1)]);
        assert_eq!(all_said(&outcomes), "Unavailable, Unavailable, Unavailable");
        assert!(text_of(&outcomes[0]).contains(&error.to_string()), "the caller learns why");
        assert_eq!((bench.head(), bench.card(card_id(1))), (before, (1_000, 0)));
        assert_eq!(all_said(&bench.batch([redeem(2, 1, 7, 100)])), "ok", "it recovers by itself");
        assert_eq!(bench.card(card_id(1)), (900, 0));
        bench.check_sound();
    }
}

#[test]
fn an_unknown_outcome_is_found_out() {
    let mut bench = ready();
    bench.next_commit(Ending::UnknownWritten);
    assert_eq!(all_said(&bench.batch([redeem(2, 1, 7, 100)])), "ok");
    bench.next_commit(Ending::UnknownLost);
    assert_eq!(all_said(&bench.batch([redeem(3, 1, 8, 100)])), "Unavailable");
    assert_eq!(bench.card(card_id(1)), (900, 0));
    assert_eq!(all_said(&bench.batch([redeem(2, 1, 7, 100), redeem(3, 1, 8, 100)])), "again, ok");
    bench.check_sound();
}

#[test]
fn a_slice_of_unknown_outcome_is_swept_again() {
    // In the middle of a round the head does not move, so it cannot tell.
    let mut bench = Bench::new();
    bench.submit((1..=3_000).map(|card| issue(0, card, 10)).collect(), false);
    bench.writer.step();
    let before = bench.head();
    bench.next_commit(Ending::UnknownLost);
    bench.writer.step();
    assert_eq!(bench.head(), before, "the slice was lost, in the middle of a round");
    bench.check_sound();
    bench.restart();
    assert_eq!(bench.card(card_id(1)), (10, 0));
}

#[test]
fn a_failed_sync_ends_the_writer() {
    let mut bench = ready();
    bench.next_commit(Ending::Refused(StoreError::SyncFailed("input/output error".to_owned())));
    let first = bench.submit(vec![redeem(2, 1, 7, 100)], false);
    assert!(!bench.writer.step());
    let outcome = taken(&first).pop().unwrap();
    assert!(text_of(&outcome).contains("failed to make data durable"), "{outcome:?}");
    let refused = bench.handle.submit(vec![redeem(2, 1, 7, 100)], false, |_| {});
    assert!(matches!(refused, Err(Trouble::Ended(_))), "{refused:?}");
    bench.restart();
    assert_eq!(all_said(&bench.batch([redeem(2, 1, 7, 100)])), "ok");
    bench.check_sound();
}

#[test]
fn a_fenced_writer_ends_in_plain_words() {
    let mut bench = ready();
    let _other = bench.open_as(SPEC).unwrap();
    let slots = [bench.submit(vec![redeem(2, 1, 7, 100)], false), bench.submit(Vec::new(), false)];
    assert!(!bench.writer.step());
    let outcome = taken(&slots[0]).pop().unwrap();
    assert!(text_of(&outcome).contains("another owner has taken this book over"), "{outcome:?}");
    bench.restart();
    assert_eq!(bench.card(card_id(1)), (1_000, 0), "nothing of it was written");
}

#[test]
fn a_book_opens_with_its_own_key_ring_and_kind_only() {
    let bench = ready();
    let other_ring = bench.open_as(BookSpec { ring: [2; 8], ..SPEC }).err();
    assert!(matches!(other_ring, Some(OpenError::WrongKeyRing)), "{other_ring:?}");
    let live = bench.open_as(BookSpec { is_test: false, ..SPEC }).err();
    assert!(matches!(live, Some(OpenError::WrongKind("test"))), "{live:?}");
}

#[test]
fn whoever_waits_for_the_tables_learns_that_they_cannot_be_written() {
    let mut bench = ready();
    let slot: Slot<_> = Arc::default();
    let into = slot.clone();
    bench.handle.flush(2, move |done| *into.lock().unwrap() = Some(done)).unwrap();
    bench.next_commit(Ending::Refused(StoreError::Full));
    bench.next_commit(Ending::Refused(StoreError::Full));
    bench.writer.step();
    bench.writer.step();
    let done: Result<store::Head, Trouble> = taken(&slot);
    assert!(matches!(done, Err(Trouble::Unavailable(_))), "{done:?}");
    bench.check_sound();
}

#[test]
fn a_run_of_operations_survives_failing_commits() {
    let mut bench = Bench::with(Options { operation_run_max: 2, ..Options::default() });
    bench.one(issue(1, 1, 1_000));
    for key in 2..40u8 {
        let ending =
            [Ending::Refused(StoreError::Full), Ending::UnknownLost, Ending::UnknownWritten];
        bench.next_commit(ending[usize::from(key % 3)].clone());
        let redeem = redeem(key, 1, u128::from(key), 1);
        let said = all_said(&bench.batch([redeem.clone()]));
        let then = if said == "ok" { "again" } else { "ok" };
        assert_eq!(all_said(&bench.batch([redeem.clone(), redeem])), format!("{then}, again"));
    }
    bench.restart();
    for key in 2..40u8 {
        assert_eq!(all_said(&bench.batch([redeem(key, 1, u128::from(key), 1)])), "again");
    }
    assert_eq!(bench.card(card_id(1)), (1_000 - 38, 0));
    bench.check_sound();
}
