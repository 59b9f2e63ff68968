use base::{Amount, Instant, Span};
use feed::{Chance, Delays, Lease, Settled, Slice, SliceId, Sold, Unbilled};
use promotions::{Goal, Micros};
use proptest::prelude::*;

use crate::setting::{after, lease, price, whole};

const WINDOW: Span = Span::hours(1);

fn half() -> Chance {
    Chance::from_billionths(500_000_000)
}

fn sold(at: Instant, price: Micros) -> Sold {
    Sold { slice: SliceId(1), price, at }
}

/// A slice of 10 minor units with a selection of 4 that is as likely as not to be billed.
fn slice() -> Slice {
    let mut slice = Slice::new(lease(1, 10)).unwrap();
    assert!(slice.hold(whole(4), half(), after(Span::ZERO)));
    slice
}

fn minor(amount: Amount) -> i64 {
    amount.minor()
}

#[test]
fn a_selection_holds_what_may_be_expected_and_needs_its_whole_price() {
    let mut slice = slice();
    assert_eq!((slice.reserved(), slice.free()), (whole(2), whole(8)));
    assert!(!slice.hold(price(8_001), half(), after(Span::ZERO)));
    assert!(slice.hold(whole(8), half(), after(Span::ZERO)));
    assert_eq!(slice.free(), whole(4));
}

#[test]
fn an_event_spends_its_price_and_frees_its_hold() {
    let mut slice = slice();
    let settled = slice.settle(&sold(after(Span::ZERO), whole(4)), WINDOW, after(WINDOW));
    assert_eq!(settled, Settled::Billed(whole(4)));
    assert_eq!((slice.spent(), slice.reserved(), slice.free()), (whole(4), whole(0), whole(6)));
}

#[test]
fn more_events_than_were_expected_are_not_billed() {
    let mut slice = slice();
    let now = after(Span::ZERO);
    assert!(slice.hold(whole(4), half(), now) && slice.hold(whole(4), half(), now));
    let mut settle = || slice.settle(&sold(now, whole(4)), WINDOW, now);
    assert_eq!(settle(), Settled::Billed(whole(4)));
    assert_eq!(settle(), Settled::Billed(whole(4)));
    assert_eq!(settle(), Settled::Unbilled(Unbilled::NothingLeft));
    assert_eq!((slice.spent(), slice.free()), (whole(8), whole(2)));
}

#[test]
fn a_hold_shrinks_while_nothing_comes_and_ends_with_the_window() {
    let mut slice = slice();
    let delays = Delays::believed(Goal::Views);
    let mut before = slice.reserved();
    for minute in [3, 20, 59] {
        slice.cool(half(), &delays, WINDOW, after(Span::minutes(minute)));
        assert!(slice.reserved() < before, "{} at {minute}", slice.reserved());
        before = slice.reserved();
    }
    assert!(before > whole(0));
    slice.cool(half(), &delays, WINDOW, after(Span::minutes(62)));
    assert_eq!(slice.free(), whole(10));
}

#[test]
fn what_is_held_is_not_given_back_but_a_trace_of_it_is() {
    let mut held = slice();
    assert_eq!(minor(held.give_back()), 8);
    assert_eq!((held.granted(), held.free()), (whole(2), whole(0)));
    assert_eq!(minor(held.give_up()), 2);

    let mut traces = Slice::new(lease(1, 10)).unwrap();
    assert!(traces.hold(price(49), Chance::ALWAYS, after(Span::ZERO)));
    assert_eq!(minor(traces.give_back()), 10);
    let settled = traces.settle(&sold(after(Span::ZERO), price(49)), WINDOW, after(WINDOW));
    assert_eq!(settled, Settled::Unbilled(Unbilled::NothingLeft));
}

#[test]
fn a_slice_that_does_not_serve_still_bills_until_it_lapses() {
    let lease = Lease {
        serves_until: after(Span::minutes(10)),
        lapses_at: after(Span::minutes(30)),
        ..lease(1, 10)
    };
    let mut slice = Slice::new(lease).unwrap();
    let at = after(Span::minutes(9));
    assert!(slice.hold(whole(1), half(), at) && slice.hold(whole(1), half(), at));
    assert!(!slice.hold(whole(1), half(), after(Span::minutes(10))));
    let mut settle =
        |minute| slice.settle(&sold(at, whole(1)), WINDOW, after(Span::minutes(minute)));
    assert_eq!(settle(29), Settled::Billed(whole(1)));
    assert_eq!(settle(30), Settled::Unbilled(Unbilled::Lapsed));
}

#[test]
fn a_resumed_slice_keeps_its_money_for_events_it_does_not_know_of() {
    let mut slice = Slice::resumed(lease(1, 10), whole(7)).unwrap();
    assert_eq!(minor(slice.give_back()), 0);
    let settled = slice.settle(&sold(after(Span::ZERO), whole(3)), WINDOW, after(WINDOW));
    assert_eq!(settled, Settled::Billed(whole(3)));
    assert!(Slice::resumed(lease(1, 10), whole(11)).is_none());
}

#[test]
fn more_money_makes_a_slice_live_longer() {
    let mut slice = slice();
    let later = Lease { lapses_at: after(Span::days(90)), ..lease(1, 15) };
    assert!(slice.grow(&later) && slice.grow(&later));
    assert_eq!(slice.free(), whole(13));
    assert!(slice.is_open(after(Span::days(29))) && !slice.has_lapsed(after(Span::days(89))));
    assert!(!slice.grow(&lease(1, i64::MAX)));
    assert_eq!(slice.granted(), whole(15));
}

#[test]
fn memory_does_not_grow_with_traffic() {
    let window = Span::days(7);
    let delays = Delays::believed(Goal::Sales);
    let mut slice = Slice::new(lease(1, 1_000_000)).unwrap();
    for minute in 0..20_000 {
        let now = after(Span::minutes(minute));
        slice.cool(half(), &delays, window, now);
        assert!(slice.hold(price(10), half(), now));
    }
    assert!(slice.cohorts() <= 130, "{}", slice.cohorts());
}

proptest! {
    #[test]
    fn spent_and_reserved_never_exceed_what_was_granted(
        steps in prop::collection::vec((0..5_u8, 1..4_000_u64, 0..=1_000_u32, 0..400_u64), 1..80),
    ) {
        let mut slice = Slice::new(lease(1, 20)).unwrap();
        let delays = Delays::believed(Goal::Followers);
        let mut open = Vec::new();
        let mut billed = Micros::ZERO;
        let mut now = after(Span::ZERO);
        for (kind, thousandths, chance, seconds) in steps {
            let chance = Chance::from_billionths(chance * 1_000_000);
            now = now.saturating_add(Span::seconds(seconds));
            match kind {
                0 | 1 => {
                    if slice.hold(price(thousandths), chance, now) {
                        open.push(sold(now, price(thousandths)));
                    }
                }
                2 => {
                    if let Some(sold) = open.pop()
                        && let Settled::Billed(price) = slice.settle(&sold, WINDOW, now)
                    {
                        billed = billed.saturating_add(price);
                    }
                }
                3 => slice.cool(chance, &delays, WINDOW, now),
                _ => {
                    slice.give_back();
                }
            }
            let used = slice.spent().checked_add(slice.reserved()).unwrap();
            prop_assert!(used.checked_add(slice.free()).unwrap() == slice.granted());
            prop_assert_eq!(slice.spent(), billed);
        }
    }
}
