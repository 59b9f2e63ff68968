use base::CreatorId;
use feed::{Bid, Chance, Slot, URGENCY_MAX, Win, auction};
use proptest::prelude::*;

use crate::setting::price;

/// A bid in thousandths of a minor unit, its chance in percent.
fn bid(slot: u32, most: u64, percent: u32) -> Bid {
    Bid {
        slot: Slot(slot),
        creator: CreatorId::from_bits(u128::from(slot)),
        most: price(most),
        least: price(10),
        chance: Chance::from_billionths(percent * 10_000_000),
        is_fixed: false,
        urgency: 1_000,
        lot: 0,
    }
}

/// Slots and prices of the winners, in thousandths.
fn wins(bids: &[Bid], places: usize) -> Vec<(u32, u64)> {
    let told = |win: Win| (win.slot.0, win.price.get() / 1_000);
    auction(&mut bids.to_vec(), places).into_iter().map(told).collect()
}

#[test]
fn the_winner_pays_what_beats_the_second() {
    // 100 × 50 % against 60 × 50 %.
    assert_eq!(wins(&[bid(1, 60, 50), bid(2, 100, 50)], 1), [(2, 60)]);
    // 100 × 20 % against 400 × 4 %: 80 × 20 % is as much as the second is worth.
    assert_eq!(wins(&[bid(1, 100, 20), bid(2, 400, 4)], 1), [(1, 80)]);
}

#[test]
fn without_a_second_the_reserve_price_is_paid() {
    assert_eq!(wins(&[bid(1, 60, 50)], 1), [(1, 10)]);
    assert_eq!(wins(&[bid(1, 60, 50), bid(2, 30, 50)], 2), [(1, 30), (2, 10)]);
}

#[test]
fn below_the_reserve_price_or_without_a_chance_nothing_is_won() {
    assert_eq!(wins(&[bid(1, 9, 50), bid(2, 100, 0)], 2), []);
    assert_eq!(wins(&[bid(1, 100, 50)], 0), []);
}

#[test]
fn a_creator_has_one_place_and_does_not_bid_against_itself() {
    let other = Bid { creator: CreatorId::from_bits(1), ..bid(2, 90, 50) };
    assert_eq!(wins(&[bid(1, 100, 50), other, bid(3, 40, 50)], 2), [(1, 40), (3, 10)]);
}

#[test]
fn the_larger_lot_decides_between_equals() {
    let lucky = Bid { lot: 1, ..bid(2, 100, 50) };
    assert_eq!(wins(&[bid(1, 100, 50), lucky], 1), [(2, 100)]);
}

#[test]
fn a_fixed_price_is_paid_as_it_is_and_urgency_makes_nothing_dearer() {
    let fixed = Bid { is_fixed: true, ..bid(1, 50, 50) };
    assert_eq!(wins(&[fixed, bid(2, 60, 50)], 1), [(2, 50)]);
    let urgent = Bid { urgency: 2_000, ..fixed };
    assert_eq!(wins(&[urgent, bid(2, 60, 50)], 1), [(1, 50)]);
    // The second place pays against the third, whoever has the first.
    assert_eq!(wins(&[urgent, bid(2, 60, 50), bid(3, 20, 50)], 2), [(1, 50), (2, 20)]);
}

fn any_bid() -> impl Strategy<Value = Bid> {
    let numbers = (0..u64::MAX, 0..u64::MAX, 0..1_000_000_001_u32, 1_000..=URGENCY_MAX);
    (numbers, 0..6_u128, any::<bool>(), 0..3_u64).prop_map(
        |((most, least, chance, urgency), creator, is_fixed, lot)| Bid {
            slot: Slot(0),
            creator: CreatorId::from_bits(creator),
            most: promotions::Micros::new(most),
            least: promotions::Micros::new(least >> 2),
            chance: Chance::from_billionths(chance),
            is_fixed,
            urgency: if is_fixed { urgency } else { 1_000 },
            lot,
        },
    )
}

proptest! {
    #[test]
    fn prices_lie_within_bids_and_the_order_of_bids_does_not_matter(
        mut bids in prop::collection::vec(any_bid(), 0..12),
        places in 0..5_usize,
        turn in 0..12_usize,
    ) {
        for (slot, bid) in (0..).zip(&mut bids) {
            bid.slot = Slot(slot);
        }
        let won = auction(&mut bids.clone(), places);
        let of = |win: &Win| bids.iter().find(|bid| bid.slot == win.slot).unwrap();
        for win in &won {
            prop_assert!(of(win).least <= win.price && win.price <= of(win).most);
        }
        let mut creators: Vec<_> = won.iter().map(|win| of(win).creator).collect();
        creators.sort();
        creators.dedup();
        prop_assert_eq!(creators.len(), won.len());
        // Only a want of bidders leaves a place empty.
        let mut able: Vec<_> = bids
            .iter()
            .filter(|bid| bid.most >= bid.least && bid.chance > Chance::NEVER)
            .map(|bid| bid.creator)
            .collect();
        able.sort();
        able.dedup();
        prop_assert_eq!(won.len(), places.min(able.len()));

        let mut turned = bids.clone();
        turned.rotate_left(turn.min(bids.len()));
        prop_assert_eq!(auction(&mut turned, places), won);
    }
}
