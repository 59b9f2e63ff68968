//! Reversal by key: undone if it took place, barred if it never arrived.

use engine::{Answer, ReversalStatus};
use writer::{Outcome, Request};

use crate::bench::{Bench, all_said, capture, card_id, hold, issue, redeem, refund, reverse};

fn status(outcome: &Outcome) -> ReversalStatus {
    match &outcome.as_ref().unwrap().result {
        Ok(Answer::Reversal { status, .. }) => *status,
        other => panic!("not a reversal: {other:?}"),
    }
}

/// Runs `steps` on a card of 1,000: all in one batch, each in its own, and with a restart between
/// each two. Every way tells the same and leaves the same.
fn check(steps: &[Request], expected: &str, card: (i64, i64)) {
    for way in ["one batch", "batches", "restarts"] {
        let mut bench = Bench::new();
        bench.one(issue(99, 1, 1_000));
        let mut outcomes = Vec::new();
        if way == "one batch" {
            outcomes = bench.batch(steps.to_vec());
        } else {
            for step in steps {
                outcomes.extend(bench.batch([step.clone()]));
                if way == "restarts" {
                    bench.restart();
                }
            }
        }
        assert_eq!(all_said(&outcomes), expected, "{way}");
        assert_eq!(bench.card(card_id(1)), card, "{way}");
        bench.check_sound();
    }
}

#[test]
fn what_took_place_is_undone() {
    let steps = [redeem(1, 1, 7, 300), reverse(2, 1), redeem(1, 1, 7, 300)];
    check(&steps, "ok, ok, again operation_reversed", (1_000, 0));
    let steps = [hold(1, 1, 7, 300), reverse(2, 1), reverse(2, 1)];
    check(&steps, "ok, ok, again", (1_000, 0));
    let steps = [hold(1, 1, 7, 300), capture(2, 7, 200, false), reverse(3, 2)];
    check(&steps, "ok, ok, ok", (1_000, 100));
    let steps = [redeem(1, 1, 7, 300), refund(2, 7, 9, 100), reverse(3, 2), reverse(4, 1)];
    check(&steps, "ok, ok, ok, ok", (1_000, 0));
}

#[test]
fn what_cannot_be_undone_stays() {
    let steps = [redeem(1, 1, 7, 300), refund(2, 7, 9, 100), reverse(3, 1)];
    check(&steps, "ok, ok, amount_exceeds_captured", (800, 0));
    let steps = [hold(1, 1, 7, 300), capture(2, 7, 200, true), reverse(3, 1)];
    check(&steps, "ok, ok, hold_captured", (800, 0));
    check(&[reverse(3, 99)], "operation_irreversible", (1_000, 0));
}

#[test]
fn what_never_arrived_is_barred_for_good() {
    let steps = [reverse(2, 1), redeem(1, 1, 7, 300), reverse(3, 1)];
    check(&steps, "ok, again operation_reversed, ok", (1_000, 0));
    let mut bench = Bench::new();
    bench.one(issue(99, 1, 1_000));
    assert_eq!(status(&bench.batch([reverse(2, 1)])[0]), ReversalStatus::Barred);
    assert_eq!(status(&bench.batch([reverse(3, 1)])[0]), ReversalStatus::NothingToUndo);
}

#[test]
fn what_was_refused_or_reversed_has_nothing_to_undo() {
    let steps = [redeem(1, 1, 7, 3_000), reverse(2, 1), redeem(1, 1, 7, 3_000)];
    check(&steps, "insufficient_balance, ok, again insufficient_balance", (1_000, 0));
    let mut bench = Bench::new();
    bench.one(issue(99, 1, 1_000));
    let outcomes = bench.batch([redeem(1, 1, 7, 300), reverse(2, 1), reverse(3, 1)]);
    assert_eq!(status(&outcomes[1]), ReversalStatus::Undone);
    assert_eq!(status(&outcomes[2]), ReversalStatus::NothingToUndo);
}

#[test]
fn a_reversal_under_the_key_it_reverses_keeps_its_own_answer() {
    let own = reverse(1, 1);
    check(&[own.clone(), own.clone(), own], "ok, again, again", (1_000, 0));
    // And what the key was meant for is not done.
    check(&[reverse(1, 1), redeem_with_other_body()], "ok, Mismatch", (1_000, 0));
}

fn redeem_with_other_body() -> Request {
    let mut request = redeem(1, 1, 7, 300);
    request.operation.as_mut().unwrap().fingerprint = [0; 16];
    request
}
