use base::{Instant, KeyId, Span};
use engine::{BookRefusal, OperationKey, Refusal};
use jobs::{Advanced, CLOCK_STEPS_MAX, JobError, advance_test_clock};
use writer::Operation;

use crate::shop::Shop;

fn advance(shop: &Shop, to: Instant, operation: Option<u8>) -> Advanced {
    let operation =
        operation.map(|key| Operation { key: OperationKey([key; 16]), fingerprint: [key; 16] });
    let actor = KeyId::from_bits(7);
    advance_test_clock(&shop.running.handle, &mut shop.reader(), None, actor, to, operation)
        .unwrap()
}

/// Booked within this time of falling due: the clock runs a millisecond with each look at it, and
/// the last move may go a quarter of a second too far.
const SOON: Span = Span::from_micros(300_000);

fn assert_soon(what: &str, at: Instant, due: Instant) {
    assert!(due <= at && at <= due.saturating_add(SOON), "{what}: {at:?}, due {due:?}");
}

#[test]
fn everything_is_booked_at_its_own_time() {
    let shop = Shop::open(true);
    shop.issue(1, Some(shop.second(86_400)));
    shop.issue(2, Some(shop.second(3 * 86_400)));
    shop.issue(3, Some(shop.second(2 * 86_400)));
    shop.issue(4, Some(shop.second(30 * 86_400)));
    shop.issue(5, Some(shop.second(3_600)));
    shop.hold(2, 12, 7_200);
    // This one outlasts its card.
    shop.hold(5, 15, 10_800);
    let to = shop.second(10 * 86_400);
    let advanced = advance(&shop, to, Some(1));
    assert!(advanced.decided.result.is_ok());
    // The card that waits for its hold, two holds, three cards.
    assert_eq!(advanced.steps, 6);
    assert_eq!((advanced.booked.holds, advanced.booked.cards), (2, 4));
    assert_eq!(advanced.booked.refused, []);
    assert_soon("the clock", advanced.now, to);
    for (number, due) in [(1, 86_400), (2, 3 * 86_400), (3, 2 * 86_400)] {
        assert_soon("a card", shop.entries(number)[0].at, shop.second(due));
    }
    let of_hold = &shop.entries(2)[1];
    assert_eq!(of_hold.entry.reason.as_str(), "hold_expired");
    assert_soon("a hold", of_hold.at, shop.hold_row(12).expires_at);
    assert_soon("a card that waited", shop.entries(5)[0].at, shop.hold_row(15).expires_at);
    assert!(!shop.is_expired(4));
    shop.close();
}

#[test]
fn what_falls_due_at_the_very_end_is_booked() {
    let shop = Shop::open(true);
    shop.issue(1, Some(shop.second(1_000)));
    let advanced = advance(&shop, shop.second(1_000), None);
    assert_eq!((advanced.steps, advanced.booked.cards), (0, 1));
    // Two at once, and one so close to the end that the clock has run past it by then.
    shop.issue(2, Some(shop.second(2_000)));
    shop.issue(3, Some(shop.second(2_000)));
    let to = shop.second(2_000).saturating_add(Span::from_micros(1));
    let advanced = advance(&shop, to, Some(1));
    assert!(advanced.decided.result.is_ok(), "{:?}", advanced.decided);
    assert_eq!((advanced.steps, advanced.booked.cards), (1, 2));
    assert_soon("the clock", advanced.now, to);
    shop.close();
}

#[test]
fn a_repetition_is_answered_as_the_first_time() {
    let shop = Shop::open(true);
    shop.issue(1, Some(shop.second(500)));
    let to = shop.second(1_000);
    let first = advance(&shop, to, Some(1));
    assert!(!first.decided.replayed);
    let second = advance(&shop, to, Some(1));
    assert!(second.decided.replayed);
    assert_eq!(second.decided.seq, first.decided.seq);
    assert_eq!((second.steps, second.booked.cards), (0, 0));
    shop.close();
}

#[test]
fn the_clock_of_a_live_book_and_the_past_are_refused() {
    let shop = Shop::open(true);
    let backwards = advance(&shop, shop.opened_at, None);
    let expected = Refusal::Book(BookRefusal::ClockBackwards);
    assert_eq!(backwards.decided.result.unwrap_err(), expected);
    shop.close();

    let shop = Shop::open(false);
    shop.issue(1, Some(shop.second(500)));
    let live = advance(&shop, shop.second(1_000), None);
    let expected = Refusal::Book(BookRefusal::NotATestBook);
    assert_eq!(live.decided.result.unwrap_err(), expected);
    assert!(!shop.is_expired(1));
    assert!(shop.now() < shop.second(500));
    shop.close();
}

#[test]
fn slow_a_call_takes_so_many_steps_and_the_next_goes_on() {
    let shop = Shop::open(true);
    let cards = u64::from(CLOCK_STEPS_MAX) + 2;
    for number in 1..=cards {
        shop.issue(number, Some(shop.second(100_000 + number)));
    }
    let to = shop.second(1_000_000);
    let (handle, mut reader) = (&shop.running.handle, shop.reader());
    let actor = KeyId::from_bits(7);
    match advance_test_clock(handle, &mut reader, None, actor, to, None) {
        Err(JobError::TooManySteps { steps_max, reached }) => {
            assert_eq!(steps_max, CLOCK_STEPS_MAX);
            assert_eq!(reached, shop.second(100_000 + u64::from(CLOCK_STEPS_MAX)));
        }
        other => panic!("{other:?}"),
    }
    assert!(shop.is_expired(cards - 2) && !shop.is_expired(cards - 1));
    let rest = advance(&shop, to, None);
    assert_eq!((rest.steps, rest.booked.cards), (2, 2));
    shop.close();
}
