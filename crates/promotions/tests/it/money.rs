//! Slices, bills and settlements, to the cent.

use base::{Amount, Span};
use promotions::{Bill, BillLine, Goal, Micros, Promise, PromotionEvent, Refusal, Return};
use promotions::{SliceState, StopCause, Takeback, Terms, with_tax};
use proptest::prelude::*;

use crate::world::{ADVERTISER, World, at, cents, dollars, hold, label, terms};

/// A bill that follows what was billed.
fn bill(world: &World, lines: Vec<BillLine>, takebacks: Vec<Takeback>) -> Bill {
    let stream = label("feed-1");
    let from = world.streams.get(&stream).map_or(0, |row| row.billed_to);
    Bill { stream, from, to: from + 1, lines, takebacks }
}

fn deliver(world: &mut World, slice: u32, units: u64, price: u64) {
    let promotion = world.only().id;
    let price = Micros::new(price);
    let line = BillLine { promotion, slice, units, price, unbilled_units: 0, invalid_units: 0 };
    let bill = bill(world, vec![line], vec![]);
    world.bill(&bill).unwrap();
}

fn take_back(world: &mut World, slice: u32, units: u64, price: u64) {
    let (promotion, price) = (world.only().id, Micros::new(price));
    let takeback = Takeback { promotion, slice, units, price };
    let bill = bill(world, vec![], vec![takeback]);
    world.bill(&bill).unwrap();
}

/// A running promotion.
fn running(terms: &Terms) -> World {
    let mut world = World::new();
    world.allowed(1, terms);
    world.now = terms.starts_at;
    world
}

fn stop(world: &mut World) {
    let id = world.only().id;
    world
        .change(id, |row, at| promotions::stop(&StopCause::Advertiser, row, hold(), ADVERTISER, at))
        .unwrap();
}

fn spent(world: &World) -> i64 {
    world.only().spend.spent.minor()
}

#[test]
fn slices_are_never_more_than_the_escrow() {
    let mut world = running(&terms());
    let id = world.only().id;
    assert_eq!(world.lease(id, 0), Err(Refusal::LimitExceeded));
    let first = world.lease(id, 3_000).unwrap();
    let second = world.lease(id, 3_000).unwrap();
    assert_eq!(world.slices[&(id, second)].left().whole(), cents(2_000));
    assert_eq!(world.lease(id, 1), Err(Refusal::NothingLeft));
    world.give_back(id, first, 2_999).unwrap();
    assert_eq!(world.give_back(id, first, 2_999), Err(Refusal::NothingToChange));
    world.lease(id, 1).unwrap();
    world.give_back(id, first, 0).unwrap();
    assert_eq!(world.slices[&(id, first)].state, SliceState::Returned);
    assert_eq!(world.give_back(id, first, 0), Err(Refusal::SliceClosed));
    world.lease(id, 5_000).unwrap();
    assert_eq!(world.lease(id, 1), Err(Refusal::NothingLeft));
}

#[test]
fn a_slice_waits_for_what_was_chosen_with_it() {
    let mut world = running(&terms());
    let id = world.only().id;
    let slice = world.lease(id, 100).unwrap();
    let row = world.slices[&(id, slice)].clone();
    assert_eq!(row.expires_at, at("2026-03-02T12:10:00Z"));
    // The window of a view, ten minutes to report it, and an hour to bill it.
    assert_eq!(row.charges_until(), at("2026-03-02T13:20:00Z"));
    assert_eq!(row.kept_until, at("2026-03-02T14:20:00Z"));
    world.now = row.expires_at;
    assert_eq!(world.lapse(id, slice), Err(Refusal::NotDue { due_at: row.kept_until }));
    deliver(&mut world, slice, 100, 30_000_000);
    world.now = row.kept_until;
    world.lapse(id, slice).unwrap();
    assert_eq!(world.slices[&(id, slice)].state, SliceState::Lapsed);
    // What comes later still is delivered for nothing, and counted.
    deliver(&mut world, slice, 100, 30_000_000);
    let delivery = world.only().delivery;
    assert_eq!((delivery.billed_units, delivery.unbilled_units), (100, 100));
    assert_eq!(spent(&world), 30);
}

#[test]
fn a_stream_is_billed_without_gaps_and_repetitions() {
    let mut world = running(&terms());
    let id = world.only().id;
    let slice = world.lease(id, 100).unwrap();
    let (units, price) = (10, Micros::new(5_000_000));
    let unbilled_units = 2;
    let line = BillLine { promotion: id, slice, units, price, unbilled_units, invalid_units: 3 };
    let bill =
        |from, to| Bill { stream: label("s"), from, to, lines: vec![line], takebacks: vec![] };
    assert_eq!(world.bill(&bill(1, 5)), Err(Refusal::BillingGap { billed_to: 0 }));
    world.bill(&bill(0, 5)).unwrap();
    assert_eq!(world.bill(&bill(0, 5)), Err(Refusal::AlreadyBilled { billed_to: 5 }));
    assert_eq!(world.bill(&bill(2, 4)), Err(Refusal::AlreadyBilled { billed_to: 5 }));
    assert_eq!(world.bill(&bill(4, 6)), Err(Refusal::BillingGap { billed_to: 5 }));
    assert_eq!(world.bill(&bill(6, 7)), Err(Refusal::BillingGap { billed_to: 5 }));
    assert_eq!(world.bill(&bill(5, 5)), Err(Refusal::AlreadyBilled { billed_to: 5 }));
    let delivery = world.only().delivery;
    assert_eq!((spent(&world), delivery.unbilled_units, delivery.invalid_units), (5, 2, 3));
    let mut long = bill(5, 6);
    long.lines = vec![line; promotions::limits::LINES_PER_BILL_MAX + 1];
    assert_eq!(world.bill(&long), Err(Refusal::LimitExceeded));
}

#[test]
fn fractions_of_a_cent_add_up_over_slices() {
    let mut world = running(&terms());
    let id = world.only().id;
    let slices: Vec<u32> = (0..3).map(|_| world.lease(id, 1).unwrap()).collect();
    for slice in &slices {
        deliver(&mut world, *slice, 2, 900_000);
    }
    // Nine tenths each, and nothing that makes a cent on its slice.
    assert_eq!((spent(&world), world.only().spend.due), (0, Micros::new(2_700_000)));
    for (slice, expected) in slices.iter().zip([0, 1, 2]) {
        world.give_back(id, *slice, 0).unwrap();
        assert_eq!(spent(&world), expected);
    }
    assert_eq!(world.only().spend.carry_micros, 700_000);
    // The last one was charged a cent for 0.8 of it; closed, it has no room for the rest.
    deliver(&mut world, 3, 1, 200_000);
    assert_eq!(world.only().delivery.unbilled_units, 1);
    assert_eq!(world.only().spend.due, Micros::new(2_700_000));
}

#[test]
fn only_whole_units_are_billed() {
    let mut world = running(&terms());
    let id = world.only().id;
    // Three units at 0.7 cents, and a slice of one.
    let slice = world.lease(id, 1).unwrap();
    deliver(&mut world, slice, 3, 2_100_000);
    let delivery = world.only().delivery;
    assert_eq!((delivery.billed_units, delivery.unbilled_units), (1, 2));
    assert_eq!(world.only().spend.due, Micros::new(700_000));
    // What is left pays no unit, and nothing is charged for none.
    deliver(&mut world, slice, 1, 700_000);
    assert_eq!(world.only().delivery.billed_units, 1);
    assert_eq!(world.only().spend.due, Micros::new(700_000));
}

#[test]
fn what_was_refused_is_taken_back_first() {
    let mut world = running(&terms());
    let id = world.only().id;
    let slice = world.lease(id, 2).unwrap();
    // Five at half a cent, of which the slice pays four.
    deliver(&mut world, slice, 5, 2_500_000);
    let refused = world.slices[&(id, slice)].refused;
    assert_eq!((refused.units, refused.price), (1, Micros::new(500_000)));
    take_back(&mut world, slice, 1, 500_000);
    assert_eq!((spent(&world), world.only().spend.repaid), (2, Amount::ZERO));
    take_back(&mut world, slice, 2, 1_000_000);
    assert_eq!((spent(&world), world.only().spend.repaid), (1, cents(1)));
    let delivery = world.only().delivery;
    assert_eq!((delivery.billed_units, delivery.unbilled_units), (2, 0));
    // Nothing was charged on a slice that never was.
    take_back(&mut world, 9, 1, 500_000);
    assert_eq!((spent(&world), world.only().delivery.billed_units), (1, 2));
}

#[test]
fn what_is_not_known_is_counted_and_passed_over() {
    let mut world = running(&terms());
    let id = world.only().id;
    let slice = world.lease(id, 100).unwrap();
    let line = |promotion| BillLine {
        promotion,
        slice,
        units: 4,
        price: Micros::new(2_000_000),
        unbilled_units: 1,
        invalid_units: 0,
    };
    let nobody = base::PromotionId::from_bits(99);
    let price = Micros::new(500_000);
    let lost = Takeback { promotion: nobody, slice, units: 1, price };
    let both = bill(&world, vec![line(nobody), line(id)], vec![lost]);
    world.bill(&both).unwrap();
    assert_eq!((spent(&world), world.streams[&both.stream].unknown_units), (2, 6));
}

#[test]
fn a_slice_grows_while_it_is_held() {
    let mut world = running(&terms());
    let id = world.only().id;
    let slice = world.lease(id, 100).unwrap();
    world.later(Span::minutes(9));
    world.lease_more(id, Some(slice), 50).unwrap();
    let row = world.slices[&(id, slice)].clone();
    assert_eq!((world.only().slices.ever, row.granted()), (1, cents(150)));
    assert_eq!(row.expires_at, at("2026-03-02T12:19:00Z"));
    // What goes back goes back once, however often it is told.
    let back = Return { granted_after: cents(60), closes_after: None };
    world.return_slice(id, slice, back).unwrap();
    assert_eq!(world.return_slice(id, slice, back), Err(Refusal::NothingToChange));
    assert_eq!(world.slices[&(id, slice)].granted(), cents(60));
    world.now = at("2026-03-03T00:00:00Z");
    world.lease_more(id, Some(slice), 50).unwrap();
    assert_eq!(world.only().slices.ever, 2);
}

#[test]
fn what_was_billed_does_not_go_back() {
    let mut world = running(&terms());
    let id = world.only().id;
    let slice = world.lease(id, 100).unwrap();
    deliver(&mut world, slice, 100, 40_500_000);
    let back = Return { granted_after: cents(10), closes_after: None };
    world.return_slice(id, slice, back).unwrap();
    assert_eq!(world.slices[&(id, slice)].granted(), cents(41));
    let close = |position| Return { granted_after: cents(41), closes_after: Some(position) };
    let missing = Err(Refusal::BillsMissing { billed_to: 1 });
    assert_eq!(world.return_slice(id, slice, close(2)), missing);
    world.return_slice(id, slice, close(1)).unwrap();
    assert_eq!(world.slices[&(id, slice)].state, SliceState::Returned);
}

#[test]
fn a_unit_never_costs_more_than_was_quoted() {
    let mut world = running(&terms());
    let id = world.only().id;
    let most = world.only().quote.unit_price_max;
    assert_eq!(most, Micros::new(800_000));
    let slice = world.lease(id, 100).unwrap();
    deliver(&mut world, slice, 10, u64::MAX);
    assert_eq!(world.only().spend.due, Micros::new(8_000_000));
}

#[test]
fn late_verdicts_repay_and_the_money_can_be_spent_again() {
    let mut world = running(&terms());
    let id = world.only().id;
    let slice = world.lease(id, 5_000).unwrap();
    deliver(&mut world, slice, 7_000, 5_000_000_000);
    assert_eq!((spent(&world), world.lease(id, 1)), (5_000, Err(Refusal::NothingLeft)));
    // Half a cent and a half: two cents are repaid, so that not more is charged than is due.
    take_back(&mut world, 1, 2, 1_500_000);
    assert_eq!((spent(&world), world.only().spend.carry_micros), (4_998, 500_000));
    assert_eq!(world.events, [PromotionEvent::Repaid]);
    assert_eq!(world.only().delivery.billed_units, 6_998);
    world.lease(id, 5).unwrap();
    assert_eq!(world.slices[&(id, 2)].left().whole(), cents(2));
    take_back(&mut world, 1, 9_999, u64::MAX);
    assert_eq!((spent(&world), world.only().delivery.delivered()), (0, 0));
    assert_eq!(world.only().delivery.invalid_units, 7_000);
}

#[test]
fn what_is_repaid_before_it_was_charged_is_set_off() {
    let mut world = running(&terms());
    let id = world.only().id;
    let slice = world.lease(id, 10).unwrap();
    deliver(&mut world, slice, 1, 500_000);
    take_back(&mut world, 1, 1, 500_000);
    assert_eq!((spent(&world), world.only().spend.carry_micros), (0, -500_000));
    deliver(&mut world, slice, 1, 600_000);
    assert_eq!((spent(&world), world.only().spend.due), (0, Micros::new(600_000)));
    deliver(&mut world, slice, 2, 1_000_000);
    assert_eq!(spent(&world), 1);
    world.give_back(id, slice, 0).unwrap();
    assert_eq!((spent(&world), world.only().spend.carry_micros), (1, 600_000));
}

#[test]
fn what_is_shown_on_a_day_spends_its_budget_at_most() {
    let mut world = running(&Terms { daily_budget: Some(cents(1_500)), ..terms() });
    let id = world.only().id;
    let first = world.lease(id, 1_000).unwrap();
    let second = world.lease(id, 1_000).unwrap();
    assert_eq!(world.slices[&(id, second)].left().whole(), cents(500));
    assert_eq!(world.lease(id, 1), Err(Refusal::DailyBudgetSpent));
    deliver(&mut world, first, 1_000, 400_000_000);
    world.give_back(id, first, 0).unwrap();
    world.lease(id, 9_999).unwrap();
    assert_eq!(world.slices[&(id, 3)].left().whole(), cents(600));
    assert_eq!(world.lease(id, 1), Err(Refusal::DailyBudgetSpent));
    // The last slice of a day ends with it.
    world.now = at("2026-03-02T23:55:00Z");
    world.give_back(id, 3, 0).unwrap();
    let late = world.lease(id, 10).unwrap();
    assert_eq!(world.slices[&(id, late)].expires_at, at("2026-03-03T00:00:00Z"));
    world.now = at("2026-03-03T00:00:00Z");
    let next = world.lease(id, 9_999).unwrap();
    assert_eq!(world.slices[&(id, next)].left().whole(), cents(1_500));
    // What comes back of yesterday makes no room today.
    world.give_back(id, second, 0).unwrap();
    assert_eq!(world.lease(id, 1), Err(Refusal::DailyBudgetSpent));
}

#[test]
fn a_guarantee_costs_its_price_and_what_is_missing_goes_back() {
    let mut world = running(&Terms { promise: Promise::Guarantee, ..terms() });
    let id = world.only().id;
    let guarantee = world.only().guarantee().unwrap();
    assert_eq!((guarantee.units, guarantee.price), (6_250, cents(5_000)));
    let slice = world.lease(id, 5_000).unwrap();
    for _ in 0..9 {
        deliver(&mut world, slice, 700, 0);
    }
    // 50 too many, for nothing.
    assert_eq!((world.only().delivery.billed_units, spent(&world)), (6_300, 5_000));
    assert_eq!(world.only().undelivered_units(), Some(0));
    take_back(&mut world, 1, 51, 0);
    assert_eq!((spent(&world), world.only().undelivered_units()), (4_999, Some(1)));
    world.give_back(id, slice, 0).unwrap();
    stop(&mut world);
    world.later(Span::days(4));
    world.settle(id).unwrap();
    // One view of 0.8 cents is missing. What is due is 4,999.2: rounded in favour of who paid.
    let settlement = world.settlements[0].clone();
    assert_eq!((settlement.back, settlement.spent), (cents(1), cents(4_999)));
    assert_eq!((settlement.delivered_units, settlement.guaranteed_units), (6_249, Some(6_250)));
    // A verdict after the settlement is repaid, and goes back as well.
    take_back(&mut world, 1, 6_249, 0);
    assert_eq!(world.only().due_at(), Some(world.now));
    world.settle(id).unwrap();
    assert_eq!(world.only().returned, cents(5_000));
    assert_eq!(world.settlements[1].back, cents(4_999));
}

#[test]
fn what_the_platform_adds_is_spent_first_and_never_paid_out() {
    let mut world = running(&Terms { incentive: cents(2_000), ..terms() });
    let id = world.only().id;
    assert_eq!(world.balance(ledger::AccountName::PromotionIncentives), 2_000);
    let slice = world.lease(id, 5_000).unwrap();
    deliver(&mut world, slice, 5_000, 1_500_000_000);
    world.give_back(id, slice, 0).unwrap();
    stop(&mut world);
    assert!(matches!(world.settle(id), Err(Refusal::NotDue { .. })));
    world.later(Span::days(4));
    world.settle(id).unwrap();
    let settlement = &world.settlements[0];
    assert_eq!((settlement.back, settlement.incentive_back), (cents(3_000), cents(500)));
    assert_eq!(world.balance(ledger::AccountName::PromotionIncentives), 1_500);
    assert_eq!(world.balance(ledger::AccountName::OrderClearing), 0);
}

#[test]
fn money_waits_for_the_last_event_and_its_verdict() {
    let mut world = running(&Terms { goal: Goal::Sales, ..terms() });
    let id = world.only().id;
    let slice = world.lease(id, 100).unwrap();
    stop(&mut world);
    // A week for sales, and three days.
    assert_eq!(world.only().settles_at, Some(at("2026-03-12T12:00:00Z")));
    world.now = at("2026-03-12T12:00:00Z");
    assert_eq!(world.settle(id), Err(Refusal::SlicesOpen));
    world.lapse(id, slice).unwrap();
    world.settle(id).unwrap();
    assert_eq!(world.only().returned, cents(5_000));
}

#[test]
fn everything_the_platform_adds_needs_no_payment() {
    let mut world = World::new();
    let terms = Terms { incentive: cents(5_000), ..terms() };
    let id = world.allowed(1, &terms);
    stop(&mut world);
    world.settle(id).unwrap();
    assert_eq!(world.only().incentive_returned, cents(5_000));
    assert_eq!(world.settlements[0].refund(cents(0), cents(0)), Amount::ZERO);
    assert_eq!(dollars(0).amount, terms.paid());
}

proptest! {
    #[test]
    fn a_refund_takes_its_tax_along(
        net in 1..100_000_i64, tax in 0..40_000_i64, share in 0..=100_i64,
    ) {
        let (net, tax) = (cents(net), cents(tax));
        let back = cents(net.minor() * share / 100);
        let gross = with_tax(back, net, tax);
        let parts = base::part_split(gross, &[net, tax]).unwrap();
        prop_assert_eq!(parts[0], back);
        // A cent more would be a cent of the net, unless all of it is back.
        let more = base::part_split(cents(gross.minor() + 1), &[net, tax]);
        prop_assert!(back.is_zero() || more.is_none_or(|parts| parts[0] > back));
        prop_assert_eq!(with_tax(net, net, tax), net.checked_add(tax).unwrap());
    }
}
