//! The places of a page are sold in one currency.

use std::collections::BTreeMap;

use base::Currency;
use feed::{
    Cause, Chooser, CounterRecord, Offer, Outcome, Page, Pricing, Promoted, Slot, Waterfall,
};
use proptest::prelude::*;

use crate::setting::{chooser, page, price, promoted, start, viewer};

const CURRENCIES: [Currency; 3] = [Currency::USD, Currency::EUR, Currency::JPY];

fn any_promotions() -> impl Strategy<Value = Vec<Promoted>> {
    let one = (0..3_usize, 100..2_000_u64);
    prop::collection::vec(one, 1..8).prop_map(|all| {
        let numbered = (1..).zip(all);
        let promotions = numbered.map(|(number, (currency, most))| Promoted {
            currency: CURRENCIES[currency],
            pricing: Pricing::Auction { least: price(100), most: price(most) },
            ..promoted(number)
        });
        promotions.collect()
    })
}

/// What became of the one opportunity of each promotion.
fn outcomes(chooser: &mut Chooser, all: &[Promoted]) -> Vec<Outcome> {
    let mut log: Vec<CounterRecord> = Vec::new();
    chooser.flush(&mut log, start());
    let mut waterfall = Waterfall::default();
    waterfall.absorb(log);
    let lost = Cause::ALL.into_iter().map(Outcome::Lost);
    let every: Vec<_> = std::iter::once(Outcome::Served).chain(lost).collect();
    let outcome = |one: &Promoted| {
        let counts: Vec<_> = waterfall.of(one.promotion).map(|(_, counts)| *counts).collect();
        let [counts] = counts.as_slice() else { panic!("{counts:?}") };
        assert_eq!(counts.opportunities(), 1);
        every.iter().copied().find(|one| counts.get(*one) == 1).unwrap()
    };
    all.iter().map(outcome).collect()
}

/// Who won, and at which price.
fn sold(offers: &[Offer]) -> Vec<(base::PromotionId, promotions::Micros)> {
    offers.iter().map(|offer| (offer.promotion, offer.sold.price)).collect()
}

proptest! {
    /// A page goes as if the promotions of its currency were all there are: nobody's place or price
    /// depends on a bid in another one.
    #[test]
    fn a_bid_in_another_currency_changes_nothing(
        all in any_promotions(),
        places in 1..5_usize,
        seed in any::<u64>(),
        told in prop::option::of(0..3_usize),
        reverse in any::<bool>(),
    ) {
        let (viewer, told) = (viewer("v"), told.map(|place| CURRENCIES[place]));
        let asked = Page { places, seed, currency: told, ..page(&viewer) };
        let (mut mixed, mut slots) = chooser(&all);
        if reverse {
            slots.reverse();
        }
        let offers = mixed.choose(&asked, &slots);
        let currency = mixed.sold_in().unwrap();
        prop_assert_eq!(told.unwrap_or(currency), currency);

        let (same, others): (Vec<_>, Vec<_>) =
            all.iter().cloned().partition(|one| one.currency == currency);
        let (mut alone, slots) = chooser(&same);
        prop_assert_eq!(sold(&offers), sold(&alone.choose(&asked, &slots)));
        prop_assert_eq!(mixed.to_beat(), alone.to_beat());
        // Somebody always gets the page that is told of none.
        prop_assert!(told.is_some() || !offers.is_empty());
        let passed_over = Outcome::Lost(Cause::Currency);
        prop_assert_eq!(outcomes(&mut mixed, &others), vec![passed_over; others.len()]);
        // No prices are due on either side: the standings of the others are as they were.
        for one in &others {
            let standings = mixed.standings(one.promotion).unwrap();
            prop_assert_eq!(standings.committed, promotions::Micros::ZERO);
        }
    }
}

#[test]
fn each_currency_gets_pages_in_proportion_to_its_promotions() {
    let in_currency = |number: u128, currency| Promoted { currency, ..promoted(number) };
    let mut all: Vec<_> = (1..=3).map(|number| in_currency(number, Currency::USD)).collect();
    // Numerically worth more than all others, and still shown on a quarter of the pages.
    let rich = Pricing::Auction { least: price(100), most: price(900_000) };
    all.push(Promoted { pricing: rich, ..in_currency(4, Currency::JPY) });
    let viewer = viewer("v");
    let mut pages = BTreeMap::new();
    for seed in 0..2_000 {
        let (mut chooser, slots): (Chooser, Vec<Slot>) = chooser(&all);
        chooser.choose(&Page { seed, ..page(&viewer) }, &slots);
        *pages.entry(chooser.sold_in().unwrap()).or_insert(0) += 1;
    }
    let yen = pages[&Currency::JPY];
    assert!((440..=560).contains(&yen), "{pages:?}");
}
