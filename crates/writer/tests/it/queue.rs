//! The queue in front of the writer.

use engine::Query;
use writer::{Options, Trouble};

use crate::bench::{Bench, card_id, issue, taken};

#[test]
fn a_full_queue_is_busy_and_nothing_is_lost() {
    let mut bench = Bench::with(Options { queue_commands_max: 5, ..Options::default() });
    let slots: Vec<_> = (1..=5).map(|card| bench.submit(vec![issue(0, card, 1)], false)).collect();
    assert_eq!(bench.handle.waiting(), 5);
    let refused = bench.handle.submit(vec![issue(0, 6, 1)], false, |_| panic!("not called"));
    assert_eq!(refused, Err(Trouble::Busy));
    let refused = bench.handle.query(vec![Query::Book], |_| panic!("not called"));
    assert_eq!(refused, Err(Trouble::Busy));
    bench.writer.step();
    assert!(slots.iter().all(|slot| taken(slot)[0].is_ok()));
    assert_eq!(bench.handle.waiting(), 0);
    // A call larger than the whole queue is taken when nothing else waits.
    let large = bench.submit((7..=20).map(|card| issue(0, card, 1)).collect(), false);
    bench.writer.step();
    assert_eq!(taken(&large).len(), 14);
}

#[test]
fn a_stopped_writer_answers_what_waits_sweeps_and_ends() {
    let mut bench = Bench::new();
    let slot = bench.submit(vec![issue(1, 1, 500)], false);
    bench.handle.stop();
    let refused = bench.handle.submit(vec![issue(2, 2, 1)], false, |_| panic!("not called"));
    assert!(matches!(refused, Err(Trouble::Ended(_))));
    assert!(bench.writer.step(), "what waited is done");
    assert!(taken(&slot)[0].is_ok());
    assert!(!bench.writer.step());
    assert_eq!(bench.head().watermark, bench.head().seq, "everything is swept");
    bench.restart();
    // The journal is read again for its operations, but the tables had all rows.
    assert_eq!(bench.card(card_id(1)), (500, 0));
}
