//! What the writer says about itself.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base::{Instant, Span};
use writer::{Histogram, Options};

use crate::bench::{Bench, Ending, issue, redeem};

/// Quiet moments, in which the sweep catches up.
fn rest(bench: &mut Bench) {
    for _ in 0..5 {
        bench.writer.step();
    }
    assert_eq!(bench.head().watermark, bench.head().seq);
}

/// How many values a histogram has.
fn count(histogram: &Histogram) -> u64 {
    histogram.up_to().last().unwrap().1
}

#[test]
fn batches_and_commits_are_counted_by_size_and_time() {
    let mut bench = Bench::new();
    let before = count(bench.handle.figures().batch_sizes());
    bench.submit((1..=5).map(|card| issue(0, card, 100)).collect(), false);
    bench.writer.step();
    let figures = bench.handle.figures();
    assert_eq!(count(figures.batch_sizes()), before + 1);
    assert_eq!(figures.batch_commands_max(), 5);
    assert_eq!(count(figures.commit_times()), figures.commits());
    assert_eq!(figures.batch_sizes().sum(), figures.commands());
}

#[test]
fn refusals_are_counted_by_code() {
    let mut bench = Bench::new();
    bench.one(issue(0, 1, 100));
    let told = |bench: &Bench, wanted: &str| {
        let mut all = bench.handle.figures().refused();
        all.find(|(code, _)| *code == wanted).unwrap().1
    };
    let refused = vec![redeem(0, 1, 1, 500), redeem(0, 1, 2, 500), redeem(0, 1, 3, 50)];
    bench.submit(refused.clone(), false);
    bench.writer.step();
    assert_eq!(told(&bench, "insufficient_balance"), 2);
    assert_eq!(bench.handle.figures().refusals(), 2);
    // What an aborted group refused did not happen, as in the other figure.
    bench.submit(refused, true);
    bench.writer.step();
    let all: u64 = bench.handle.figures().refused().map(|(_, count)| count).sum();
    assert_eq!(all, bench.handle.figures().refusals());
}

#[test]
fn the_tables_are_behind_since_what_they_lack() {
    let mut bench = Bench::new();
    let wall = |bench: &Bench| {
        let mut now = Instant::from_micros(0);
        bench.set_wall(|wall| {
            now = wall;
            wall
        });
        now.micros().unsigned_abs()
    };
    rest(&mut bench);
    assert_eq!(bench.handle.figures().behind_since_micros(), 0, "everything is swept");
    bench.pass(Span::seconds(10));
    bench.one(issue(0, 1, 100));
    let first = wall(&bench);
    assert_eq!(bench.handle.figures().behind_since_micros(), first);
    bench.pass(Span::seconds(10));
    bench.next_commit(Ending::Refused(store::StoreError::Full));
    bench.writer.step();
    bench.one(issue(0, 2, 100));
    assert_eq!(bench.handle.figures().behind_since_micros(), first, "the oldest counts");
    rest(&mut bench);
    assert_eq!(bench.handle.figures().behind_since_micros(), 0);
}

#[test]
fn the_oldest_of_the_queue_has_waited_longest() {
    let mut bench = Bench::new();
    assert_eq!(bench.handle.oldest_waiting(), Duration::ZERO);
    bench.submit(vec![issue(0, 1, 100)], false);
    let first = bench.handle.oldest_waiting();
    bench.submit(vec![issue(0, 2, 100)], false);
    assert!(bench.handle.oldest_waiting() >= first);
    bench.writer.step();
    assert_eq!(bench.handle.oldest_waiting(), Duration::ZERO);
}

#[test]
fn every_commit_is_told() {
    static RECORDS: AtomicU64 = AtomicU64::new(0);
    let on_commit = |records, _| {
        RECORDS.fetch_add(records, Ordering::Relaxed);
    };
    let mut bench = Bench::with(Options { on_commit: Some(on_commit), ..Options::default() });
    bench.submit((1..=5).map(|card| issue(0, card, 100)).collect(), false);
    bench.writer.step();
    assert_eq!(RECORDS.load(Ordering::Relaxed), bench.handle.figures().seq());
}
