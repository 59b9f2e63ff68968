//! Memory stays bounded.

use writer::Options;

use crate::bench::{Bench, card_id, issue, redeem};

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
