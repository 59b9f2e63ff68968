//! Idempotency keys: one decision a key, whatever happens in between.

use base::Span;
use engine::Query;
use writer::Options;

use crate::bench::{Bench, all_said, cancel, card_id, hold, issue, redeem};

#[test]
fn one_key_many_times_has_one_effect_and_one_answer() {
    for operation_run_max in [1, 1_000] {
        let mut bench = Bench::with(Options { operation_run_max, ..Options::default() });
        bench.one(issue(1, 1, 1_000));
        let first = bench.batch((0..50).map(|_| redeem(2, 1, 7, 100)));
        assert_eq!(all_said(&first[..3]), "ok, again, again");
        let answer = first[0].as_ref().unwrap().clone();
        bench.batch([redeem(3, 1, 8, 50)]);
        let later = bench.batch([redeem(2, 1, 7, 100)]);
        bench.restart();
        let after_restart = bench.batch([redeem(2, 1, 7, 100)]);
        for outcome in first[1..].iter().chain(&later).chain(&after_restart) {
            let again = outcome.as_ref().unwrap();
            assert!(again.replayed);
            assert_eq!(
                (&again.result, again.seq, again.at),
                (&answer.result, answer.seq, answer.at)
            );
        }
        assert_eq!(bench.card(card_id(1)), (850, 0));
        bench.check_sound();
    }
}

#[test]
fn another_request_under_a_used_key_is_a_mismatch() {
    let mut bench = Bench::new();
    bench.one(issue(1, 1, 1_000));
    let mut other = redeem(2, 1, 8, 500);
    other.operation.as_mut().unwrap().fingerprint = [0; 16];
    let here = bench.batch([redeem(2, 1, 7, 100), other.clone()]);
    assert_eq!(all_said(&here), "ok, Mismatch");
    assert_eq!(all_said(&bench.batch([other.clone()])), "Mismatch");
    bench.restart();
    assert_eq!(all_said(&bench.batch([other])), "Mismatch");
    assert_eq!(bench.card(card_id(1)), (900, 0));
}

#[test]
fn a_final_refusal_is_repeated_and_a_transient_one_is_not() {
    let mut bench = Bench::new();
    bench.one(issue(1, 1, 100));
    let too_much = redeem(2, 1, 7, 101);
    assert_eq!(all_said(&bench.batch([too_much.clone()])), "insufficient_balance");
    bench.restart();
    assert_eq!(all_said(&bench.batch([too_much])), "again insufficient_balance");
    // A card with a hold cannot be canceled yet; the same key succeeds once it can.
    bench.one(hold(3, 1, 8, 60));
    assert_eq!(all_said(&bench.batch([cancel(4, 1)])), "holds_open");
    let release = engine::GiftCardCommand::Release { hold: crate::bench::hold_id(8), amount: None };
    bench.one(crate::bench::request(5, engine::Command::GiftCards(release)));
    assert_eq!(all_said(&bench.batch([cancel(4, 1), cancel(4, 1)])), "ok, again");
    bench.check_sound();
}

#[test]
fn a_refusal_without_a_key_leaves_no_record() {
    let mut bench = Bench::new();
    bench.one(issue(1, 1, 100));
    let before = bench.head().seq;
    assert_eq!(bench.one(redeem(0, 1, 7, 101)).seq, 0);
    assert_eq!(bench.head().seq, before);
    assert_eq!(bench.one(redeem(2, 1, 7, 101)).seq, before + 1);
}

#[test]
fn keys_are_kept_for_the_retention_and_then_dropped_with_their_run() {
    let days = |operation_retention_days| Options {
        operation_run_max: 1,
        operation_retention_days,
        ..Options::default()
    };
    let mut bench = Bench::with(days(2));
    bench.one(issue(1, 1, 1_000));
    bench.one(redeem(2, 1, 7, 100));
    bench.one(redeem(3, 1, 8, 100));
    for _ in 0..2 {
        bench.pass(Span::seconds(86_000));
        assert_eq!(all_said(&bench.batch([redeem(2, 1, 7, 100)])), "again");
    }
    bench.pass(Span::days(2));
    bench.one(redeem(4, 1, 9, 100));
    assert_eq!(all_said(&bench.batch([redeem(2, 1, 10, 100)])), "ok", "a new life of the key");
    bench.restart();
    assert_eq!(all_said(&bench.batch([redeem(4, 1, 9, 100)])), "again");
    assert!(bench.ask(Query::Book).is_some());
}
