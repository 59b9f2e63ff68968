//! Prices are held where a budget that is spent brings what was quoted.

use base::Span;
use feed::{Page, Plan, Pricing, Promoted, Settled, UnitRange};
use promotions::Micros;
use proptest::prelude::*;

use crate::setting::{after, chooser, draw, page, price, promoted, start, viewer, whole};

/// Pages of a day.
const PAGES: u64 = 4_320;

const QUOTED: UnitRange = UnitRange { low: 500, high: 1_000 };

/// What a day has brought.
#[derive(Debug)]
struct Day {
    units: u64,
    spent: Micros,
    dearest: Micros,
}

/// A day of a promotion of 100 minor units that pays 0.6 for a view at most, half of whose showings
/// are views, against one that always bids what it is told, in thousandths.
fn day(quoted: Option<UnitRange>, seed: u64, rival: impl Fn(u64) -> u64) -> Day {
    let plan =
        Plan { budget: whole(100), daily: None, starts_at: start(), ends_at: after(Span::days(1)) };
    let pricing = Pricing::Auction { least: price(20), most: price(600) };
    let one = Promoted { plan, pricing, quoted, ..promoted(1) };
    let bidding = |most| Promoted {
        pricing: Pricing::Auction { least: price(most), most: price(most) },
        ..promoted(2)
    };
    let (mut chooser, slots) = chooser(&[one.clone(), bidding(rival(0))]);
    let viewer = viewer("v");
    let mut day = Day { units: 0, spent: Micros::ZERO, dearest: Micros::ZERO };
    for number in 0..PAGES {
        let now = after(Span::seconds(20 * number));
        if number.is_multiple_of(PAGES / 24) {
            chooser.put(bidding(rival(24 * number / PAGES)), now);
        }
        let page = Page { now, seed: draw(seed, 1, number), ..page(&viewer) };
        for offer in chooser.choose(&page, &slots) {
            let is_unit = draw(seed, 2, number).is_multiple_of(2);
            if !is_unit {
                continue;
            }
            let settled = chooser.settle(offer.promotion, &offer.sold, now);
            if let (Settled::Billed(price), true) = (settled, offer.promotion == one.promotion) {
                day.units += 1;
                day.spent = day.spent.saturating_add(price);
                day.dearest = day.dearest.max(price);
            }
        }
    }
    day
}

fn check_in_range(day: &Day) {
    assert!((QUOTED.low..=QUOTED.high).contains(&day.units), "{day:?}");
    assert!(day.spent >= whole(98), "{day:?}");
}

#[test]
fn a_budget_that_is_spent_brings_what_was_quoted() {
    // At what the other bids a budget buys 2,000, 666, or something between.
    for rival in [50, 150] {
        check_in_range(&day(Some(QUOTED), 1, |_| rival));
    }
    check_in_range(&day(Some(QUOTED), 1, |hour| if hour < 12 { 50 } else { 180 }));
    let free = day(None, 1, |_| 50);
    assert!(free.units > 1_900, "{free:?}");
}

/// It gets nothing at first, and then all places for next to nothing: its money is behind for long,
/// its units are not.
#[test]
fn who_was_behind_and_finds_cheap_places_gets_no_more_than_was_quoted() {
    check_in_range(&day(Some(QUOTED), 1, |hour| if hour < 2 { 650 } else { 20 }));
}

#[test]
fn who_is_behind_bids_more_and_never_more_than_was_quoted() {
    // Nothing is to be had for what would bring the least that was quoted.
    let dear = day(Some(QUOTED), 1, |_| 300);
    assert!(dear.units > 150 && dear.units < QUOTED.low, "{dear:?}");
    assert!(dear.dearest <= price(600), "{dear:?}");
    let beyond = day(Some(QUOTED), 1, |_| 601);
    assert_eq!(beyond.units, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Where there are people enough to spend it on, at whatever price.
    #[test]
    fn whatever_others_bid_the_budget_brings_what_was_quoted(
        hours in prop::collection::vec(60_u64..180, 24),
        seed in any::<u64>(),
    ) {
        check_in_range(&day(Some(QUOTED), seed, |hour| hours[hour as usize]));
    }
}
