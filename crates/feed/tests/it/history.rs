//! What a history tells of an audience, and how much it keeps.

use base::{Currency, Region, Span};
use feed::{FrequencyCap, History, PageWorth};
use promotions::{Audience, Goal, Inventory, Viewer};

use crate::setting::{after, draw, price, viewer};

const CAP: FrequencyCap = FrequencyCap { times: 3, within: Span::days(1) };

/// A page of a viewer of this number, in the minute.
fn page(history: &mut History, number: u64, minute: u64, sold_in: Option<Currency>) {
    let region = Region::parse(if number.is_multiple_of(4) { "US" } else { "DE" }).ok();
    let viewer = Viewer { region, ..viewer("v") };
    let at = after(Span::minutes(minute));
    history.page(&viewer, draw(1, 1, number), PageWorth { at, sold_in, to_beat: price(number) });
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
fn pages_that_were_sold_in_another_currency_offer_nothing() {
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
