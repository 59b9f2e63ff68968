use jobs::{Booked, DUE_PORTION_MAX, run_due};
use ledger::PendingState;

use crate::shop::Shop;

fn check(shop: &Shop, holds: u64, cards: u64) {
    let booked = run_due(&shop.running.handle, &mut shop.reader(), shop.now()).unwrap();
    assert_eq!(booked, Booked { holds, cards, ..Booked::default() });
    // What is booked is not booked again.
    let again = run_due(&shop.running.handle, &mut shop.reader(), shop.now()).unwrap();
    assert_eq!(again, Booked::default());
}

#[test]
fn what_fell_due_is_booked_and_nothing_else() {
    let shop = Shop::open(false);
    shop.issue(1, Some(shop.second(100)));
    shop.issue(2, Some(shop.second(200)));
    shop.issue(3, None);
    shop.hold(1, 11, 50);
    shop.hold(3, 12, 100);
    shop.hold(3, 13, 1_000);
    check(&shop, 0, 0);
    shop.wait_until(shop.second(150));
    check(&shop, 2, 1);
    assert!(shop.is_expired(1));
    assert!(!shop.is_expired(2) && !shop.is_expired(3));
    assert_eq!(shop.hold_row(11).pending.state(), PendingState::Expired);
    assert_eq!(shop.hold_row(12).pending.state(), PendingState::Expired);
    assert_eq!(shop.hold_row(13).pending.state(), PendingState::Open);
    // The hold lapsed before the card expired.
    let reasons: Vec<&str> = shop.entries(1).iter().map(|row| row.entry.reason.as_str()).collect();
    assert_eq!(reasons, ["expired", "hold_expired", "held", "issued"]);
    shop.close();
}

#[test]
fn a_card_waits_for_its_hold() {
    let shop = Shop::open(false);
    shop.issue(1, Some(shop.second(100)));
    shop.hold(1, 11, 300);
    shop.hold(1, 12, 400);
    shop.wait_until(shop.second(150));
    check(&shop, 0, 0);
    shop.wait_until(shop.second(350));
    check(&shop, 1, 0);
    assert!(!shop.is_expired(1));
    shop.wait_until(shop.second(450));
    check(&shop, 1, 1);
    shop.close();
}

#[test]
fn cards_that_wait_do_not_hide_what_comes_after_them() {
    let shop = Shop::open(false);
    let waiting = DUE_PORTION_MAX as u64 + 44;
    for number in 1..=waiting {
        shop.issue(number, Some(shop.second(1_000)));
        shop.hold(number, number, 20_000);
    }
    shop.issue(1_000, Some(shop.second(2_000)));
    shop.wait_until(shop.second(3_000));
    check(&shop, 0, 1);
    assert!(shop.is_expired(1_000));
    shop.wait_until(shop.second(30_000));
    check(&shop, waiting, waiting);
    shop.close();
}
