//! Memory stays bounded.

use engine::Row;
use store::{Reader, StoreError, SweptRow};
use writer::Options;

use crate::bench::{Bench, Ending, all_said, capture, card_id, hold, issue, redeem, refund};

#[test]
fn unswept_rows_stay_near_their_target_under_load() {
    let target = 2_000;
    let options = Options { unswept_target: target, cached_cards_max: 100, ..Options::default() };
    let mut bench = Bench::with(options);
    let mut most = 0;
    for first in (1..40_000u128).step_by(200) {
        let cards = first..first + 200;
        bench.submit(cards.map(|card| issue(0, card, 100)).collect(), false);
        bench.writer.step();
        most = most.max(bench.handle.figures().rows_unswept());
    }
    assert!(most > 1_000, "small loads are not swept at once: {most}");
    assert!(most < 3 * target as u64, "{most} rows unswept with a target of {target}");
    // Cards that memory has forgotten are found in their tables.
    let loaded = bench.handle.figures().rows_loaded();
    for card in 1..100 {
        bench.one(redeem(0, card, card, 1));
        assert_eq!(bench.card(card_id(card)), (99, 0));
    }
    assert!(bench.handle.figures().rows_loaded() > loaded);
    bench.check_sound();
}

/// How many holds and how many accounts are in their tables.
fn in_tables(bench: &Bench) -> (usize, usize) {
    let (mut holds, mut accounts) = (0, 0);
    let mut count = |swept: SweptRow| match swept.row {
        Row::Hold(_) => holds += 1,
        Row::Account(_) => accounts += 1,
        _ => {}
    };
    bench.book.reader().all_rows(&mut count).unwrap();
    (holds, accounts)
}

#[test]
fn settled_holds_reach_their_table_before_other_rows() {
    let mut bench = Bench::new();
    bench.batch((1..=1_000).map(|card| issue(0, card, 1_000)));
    bench.batch((1..=20).map(|card| hold(0, card, 1_000 + card, 7)));
    assert_eq!(in_tables(&bench), (0, 0));
    bench.batch((1..=300).map(|card| redeem(0, card, card, 7)));
    let (holds, accounts) = in_tables(&bench);
    assert_eq!(holds, 300, "an open hold waits for the round");
    assert!(accounts < 100, "other rows wait: {accounts}");
    bench.check_sound();
    assert_eq!(in_tables(&bench).0, 320);
}

#[test]
fn rounds_end_under_a_load_of_few_cards() {
    // However many holds are settled, the other rows get their turn: otherwise the watermark stands
    // still, and a restart would have everything since to replay.
    let target = 2_000;
    let mut bench = Bench::with(Options { unswept_target: target, ..Options::default() });
    bench.batch((1..=100).map(|card| issue(0, card, 1_000_000)));
    for number in 0..10_000u128 {
        bench.submit(vec![redeem(0, 1 + number % 100, 1 + number, 1)], false);
        if number % 50 == 49 {
            bench.writer.step();
            let head = bench.head();
            assert!(head.seq - head.watermark < 2 * target as u64, "{head:?}");
            assert!(bench.handle.figures().rows_unswept() < 1_000, "settled holds do not pile up");
        }
    }
    bench.check_sound();
}

#[test]
fn holds_of_a_batch_that_failed_are_not_waited_for() {
    let mut bench = Bench::new();
    bench.batch((1..=1_000).map(|card| issue(0, card, 1_000)));
    bench.next_commit(Ending::Refused(StoreError::Full));
    let outcomes = bench.batch((1..=1_000).map(|card| redeem(0, card, card, 7)));
    assert!(outcomes.iter().all(Result::is_err));
    bench.one(redeem(0, 1, 1, 7));
    assert_eq!(in_tables(&bench), (0, 0), "one settled hold is too few for a slice");
    bench.check_sound();
    assert_eq!(in_tables(&bench), (1, 1_002));
}

#[test]
fn holds_that_were_taken_back_reach_no_table() {
    let mut bench = Bench::new();
    bench.batch((1..=3).map(|card| issue(0, card, 1_000)));
    bench.one(redeem(0, 1, 1, 7));
    bench.one(hold(0, 2, 2, 7));
    // A group of which all is taken back, with a redemption, a refund of a hold that is settled and
    // a capture of one that is open.
    let first = [redeem(0, 3, 3, 7), refund(0, 1, 1, 7), capture(0, 2, 7, true)];
    let group = first.into_iter().chain([redeem(0, 3, 4, 5_000)]).collect();
    let said = all_said(&bench.atomic(group));
    assert_eq!(said, "batch_aborted, batch_aborted, batch_aborted, insufficient_balance");
    assert_eq!(bench.card(card_id(2)), (1_000, 7), "still held");
    bench.check_sound();
    assert_eq!(in_tables(&bench).0, 2);
    assert_eq!((bench.card(card_id(1)), bench.card(card_id(3))), ((993, 0), (1_000, 0)));
    bench.one(capture(0, 2, 7, true));
    bench.check_sound();
    assert_eq!(bench.card(card_id(2)), (993, 0));
}
