//! What a history tells of an audience, and how much it keeps.

use base::{Currency, Label, Region, Span};
use feed::{FrequencyCap, History, PageWorth};
use promotions::{Audience, Device, Gender, Goal, Inventory, Viewer};

use crate::setting::{after, draw, price, viewer};

const CAP: FrequencyCap = FrequencyCap { times: 3, within: Span::days(1) };

/// A page of a viewer of this number, in the minute.
fn page(history: &mut History, number: u64, minute: u64, sold_in: Option<Currency>) {
    let region = Region::parse(if number.is_multiple_of(4) { "US" } else { "DE" }).ok();
    let viewer = Viewer { region, ..viewer("v") };
    let at = after(Span::minutes(minute));
    let worth = PageWorth { at, sold_in, is_currency_told: true, to_beat: price(number) };
    history.page(&viewer, draw(1, 1, number), worth);
}

fn offered(history: &History, region: &str, currency: Currency) -> Inventory {
    let audience =
        Audience { regions: vec![Region::parse(region).unwrap()], ..Audience::automatic() };
    history.inventory(&audience, Goal::Views, currency, CAP, price(1))
}

#[test]
fn what_is_remembered_is_bounded_and_still_tells_of_everybody() {
    let (mut all, mut few) = (History::new(1_000_000), History::new(2_000));
    for minute in 0..20_000 {
        for history in [&mut all, &mut few] {
            page(history, draw(2, 2, minute) % 2_000, minute, None);
            assert!(history.pages() <= 2_000 || history.pages() as u64 == minute + 1);
        }
    }
    assert_eq!(all.pages(), 20_000);
    assert!(few.pages() <= 2_000, "{}", few.pages());
    let (whole, part) = (offered(&all, "US", Currency::USD), offered(&few, "US", Currency::USD));
    assert_eq!(whole.audience_size, 500);
    assert!((350..=650).contains(&part.audience_size), "{part:?}");
    let a_day = whole.opportunities_per_day;
    assert!(part.opportunities_per_day.abs_diff(a_day) * 3 < a_day, "{part:?}, {whole:?}");

    let before = all.seen_for().unwrap();
    all.forget(after(Span::minutes(15_000)));
    assert_eq!(all.pages(), 5_000);
    assert!(all.seen_for().unwrap() < before);
}

#[test]
fn pages_that_asked_for_another_currency_offer_nothing() {
    let mut history = History::new(1_000);
    for minute in 0..90 {
        let sold_in = [None, Some(Currency::EUR), Some(Currency::USD)][minute as usize % 3];
        // One viewer a minute, all of them American.
        page(&mut history, minute * 4, minute * 60, sold_in);
    }
    let offered = |currency| offered(&history, "US", currency).opportunities_per_day;
    let all = 90 * 24 / 89;
    for currency in [Currency::EUR, Currency::USD] {
        assert!(offered(currency).abs_diff(all * 2 / 3) <= 1, "{}", offered(currency));
    }
    assert!(offered(Currency::JPY).abs_diff(all / 3) <= 1);
}

/// An adult of whom everything is known, with so many interests.
fn adult(interests: usize) -> Viewer {
    let interest = |number| Label::new(&format!("interest-{number}")).unwrap();
    Viewer {
        age: Some(30),
        gender: Some(Gender::Female),
        interests: (0..interests).map(interest).collect(),
        device: Some(Device::Phone),
        consents_to_personal: true,
        ..viewer("v")
    }
}

/// How many people are in the audience of a history.
fn people(history: &History, audience: &Audience) -> u64 {
    history.inventory(audience, Goal::Views, Currency::USD, CAP, price(1)).audience_size
}

fn look(history: &mut History, viewer: &Viewer, minute: u64) {
    let at = after(Span::minutes(minute));
    let worth = PageWorth { at, sold_in: None, is_currency_told: false, to_beat: price(1) };
    history.page(viewer, 7, worth);
}

#[test]
fn without_consent_nothing_personal_is_kept() {
    let consenting = adult(2);
    let kept = History::kept(&consenting).unwrap();
    assert_eq!(kept, Viewer { id: None, ..consenting.clone() });
    let refusing = Viewer { consents_to_personal: false, ..consenting };
    let kept = History::kept(&refusing).unwrap();
    assert_eq!(kept, Viewer { device: Some(Device::Phone), ..Viewer::default() });
}

#[test]
fn whoever_takes_consent_back_is_in_no_personal_audience_any_more() {
    let mut history = History::new(1_000);
    let women = Audience { genders: vec![Gender::Female], ..Audience::automatic() };
    let on = |device| Audience { devices: vec![device], ..Audience::automatic() };
    look(&mut history, &adult(1), 0);
    assert_eq!(people(&history, &women), 1);
    let later = Viewer { consents_to_personal: false, device: Some(Device::Tv), ..adult(1) };
    look(&mut history, &later, 1);
    assert_eq!(people(&history, &women), 0);
    assert_eq!((people(&history, &on(Device::Phone)), people(&history, &on(Device::Tv))), (0, 1));
    assert_eq!(history.pages(), 2);
}

#[test]
fn children_are_not_remembered() {
    let mut history = History::new(1_000);
    let aged =
        |age, consents_to_personal| Viewer { age: Some(age), consents_to_personal, ..adult(1) };
    for consents in [false, true] {
        assert_eq!(History::kept(&aged(12, consents)), None);
        assert!(History::kept(&aged(13, consents)).is_some());
    }
    // One who is found out to be a child is forgotten with the pages before.
    look(&mut history, &aged(13, true), 0);
    look(&mut history, &aged(13, true), 1);
    assert_eq!(history.pages(), 2);
    look(&mut history, &aged(12, false), 2);
    assert_eq!((history.pages(), people(&history, &Audience::automatic())), (0, 0));
}

#[test]
fn the_first_interests_of_a_viewer_are_kept_in_order() {
    let kept = History::kept(&adult(100)).unwrap().interests;
    assert_eq!(kept, adult(16).interests);
}

#[test]
fn pages_that_a_lot_sold_in_another_currency_are_offered_at_the_reserve_price() {
    let mut history = History::new(1_000);
    let audience = Audience::automatic();
    for number in 0..48 {
        // All that bid so far bid in dollars, and no page asks for a currency.
        let worth = PageWorth {
            at: after(Span::hours(number)),
            sold_in: Some(Currency::USD),
            is_currency_told: false,
            to_beat: price(900),
        };
        history.page(&viewer("v"), draw(1, 1, number), worth);
    }
    let offered = |currency| history.inventory(&audience, Goal::Views, currency, CAP, price(70));
    let (known, new) = (offered(Currency::USD), offered(Currency::EUR));
    assert!(known.opportunities_per_day > 20, "{known:?}");
    assert_eq!(new.opportunities_per_day, known.opportunities_per_day);
    assert_eq!((known.prices.mean, known.prices.p90), (price(900), price(900)));
    assert_eq!((new.prices.mean, new.prices.p90), (price(70), price(70)));
}
