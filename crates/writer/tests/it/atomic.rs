//! Atomic batches: all or none.

use crate::bench::{Bench, Slot, all_said, card_id, issue, redeem, reverse};

#[test]
fn all_happen_or_none() {
    let mut bench = Bench::new();
    bench.one(issue(1, 1, 1_000));
    let good = vec![redeem(2, 1, 7, 100), redeem(3, 1, 8, 200)];
    assert_eq!(all_said(&bench.atomic(good.clone())), "ok, ok");
    assert_eq!(all_said(&bench.atomic(good)), "again, again");
    assert_eq!(bench.card(card_id(1)), (700, 0));

    let before = bench.head().seq;
    let bad = vec![redeem(4, 1, 9, 100), redeem(5, 1, 10, 601), redeem(6, 1, 11, 1)];
    let outcomes = bench.atomic(bad);
    assert_eq!(all_said(&outcomes), "batch_aborted, insufficient_balance, batch_aborted");
    assert_eq!(bench.head().seq, before, "nothing is recorded");
    assert_eq!(bench.card(card_id(1)), (700, 0));
    // Its keys were never used: not even the refused one.
    let again = vec![redeem(4, 1, 9, 100), redeem(5, 1, 10, 600), redeem(6, 1, 11, 1)];
    let outcomes = bench.batch(again);
    assert_eq!(all_said(&outcomes), "ok, ok, insufficient_balance");
    bench.check_sound();
}

#[test]
fn a_mismatch_aborts_too() {
    let mut bench = Bench::new();
    bench.one(issue(1, 1, 1_000));
    let mut other = redeem(1, 1, 7, 5);
    other.operation.as_mut().unwrap().fingerprint = [0; 16];
    let outcomes = bench.atomic(vec![redeem(2, 1, 8, 100), other]);
    assert_eq!(all_said(&outcomes), "batch_aborted, Mismatch");
    assert_eq!(bench.card(card_id(1)), (1_000, 0));
}

#[test]
fn an_aborted_group_disturbs_neither_its_neighbors_nor_their_keys() {
    let mut bench = Bench::new();
    bench.one(issue(1, 1, 1_000));
    let before = bench.submit(vec![redeem(2, 1, 7, 100)], false);
    // The group reverses its neighbor's operation, then fails: the reversal never happened.
    let group = bench.submit(vec![reverse(3, 2), redeem(4, 1, 8, 5_000)], true);
    let after = bench.submit(vec![redeem(2, 1, 7, 100), redeem(5, 1, 9, 50)], false);
    bench.writer.step();
    let said = |slot: &Slot<Vec<writer::Outcome>>| all_said(&crate::bench::taken(slot));
    assert_eq!(said(&before), "ok");
    assert_eq!(said(&group), "batch_aborted, insufficient_balance");
    assert_eq!(said(&after), "again, ok", "the neighbor's key is known, and not reversed");
    assert_eq!(bench.card(card_id(1)), (850, 0));
    bench.restart();
    assert_eq!(all_said(&bench.batch([redeem(2, 1, 7, 100), reverse(3, 2)])), "again, ok");
    assert_eq!(bench.card(card_id(1)), (950, 0));
    bench.check_sound();
}
