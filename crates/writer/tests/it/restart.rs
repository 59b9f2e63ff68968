//! What a restart finds.

use store::Reader;
use writer::Options;

use crate::bench::{Bench, all_said, card_id, issue, redeem};

/// Issues and spends, then restarts after so many idle steps; everything is as it was.
fn check(options: Options, idle_steps: usize) -> u64 {
    let mut bench = Bench::with(options);
    bench.batch((1..=200).map(|card| issue(0, card, 1_000)));
    for round in 1..=5u128 {
        bench.batch((1..=200).map(|card| redeem(0, card, round << 32 | card, 7)));
    }
    bench.one(redeem(9, 1, 77, 1));
    for _ in 0..idle_steps {
        bench.writer.step();
    }
    let head = bench.head();
    bench.restart();
    let replayed = bench.writer.replayed_records();
    assert!(replayed >= head.seq - head.watermark);
    assert_eq!(bench.head().seq, head.seq, "a restart writes no record");
    assert_eq!(bench.head().epoch, head.epoch + 1, "but takes the book over");
    let figures = bench.handle.figures();
    let shown = (figures.seq(), figures.watermark(), figures.at_micros());
    let at_micros = head.at_micros.unsigned_abs();
    assert_eq!(shown, (head.seq, head.watermark, at_micros), "figures need no commit");
    assert_eq!(figures.rows_unswept() > 0, head.watermark < head.seq);
    assert_eq!(bench.card(card_id(1)), (964, 0));
    assert_eq!(bench.card(card_id(200)), (965, 0));
    assert_eq!(all_said(&bench.batch([redeem(9, 1, 77, 1)])), "again");
    bench.check_sound();
    let mut entries = 0;
    bench.book.reader().all_entries(&mut |_| entries += 1).unwrap();
    assert_eq!(entries, 2 * (200 + 5 * 200 + 1), "two for each transfer");
    replayed
}

#[test]
fn with_everything_unswept() {
    assert_eq!(check(Options::default(), 0), 1_202);
}

#[test]
fn with_everything_swept() {
    let options = Options { operation_run_max: 1, ..Options::default() };
    let replayed = check(options, 100);
    // Operations are read from the end of their last run on: only rows are all in their tables.
    assert!(replayed <= 1_202);
}

#[test]
fn in_the_middle_of_a_round() {
    for target in [1, 10, 100, 300] {
        check(Options { unswept_target: target, ..Options::default() }, 0);
    }
}

#[test]
fn again_and_again() {
    let mut bench = Bench::with(Options { unswept_target: 20, ..Options::default() });
    bench.one(issue(0, 1, 1_000));
    for round in 1..=100u128 {
        bench.one(redeem(0, 1, round, 1));
        if round.is_multiple_of(3) {
            bench.writer.step();
        }
        bench.restart();
    }
    assert_eq!(bench.card(card_id(1)), (900, 0));
    bench.check_sound();
}
