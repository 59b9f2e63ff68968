//! How long choosing takes, on one core: pages with a hundred matching promotions out of a hundred
//! thousand. Run it with `cargo bench -p feed --bench choose`.

#![expect(clippy::disallowed_methods, reason = "it measures")]

use std::time::Instant as Clock;

use base::{Amount, CreatorId, Currency, Instant, Label, PromotionId, Span, Text};
use feed::{
    Chance, Chooser, FrequencyCap, Lease, Page, Payer, Plan, Pricing, Promoted, SliceId, Slot,
    Standing, TrafficCurve,
};
use promotions::{Audience, Goal, Micros, Viewer};

const PROMOTIONS: u64 = 100_000;
const CANDIDATES: usize = 100;
const PAGES: u64 = 200_000;

fn promoted(number: u64, start: Instant) -> Promoted {
    let millionths = 300_000 + mixed(number) % 1_000_000;
    Promoted {
        promotion: PromotionId::from_bits(u128::from(mixed(number))),
        post: Label::new("post").expect("a label"),
        creator: CreatorId::from_bits(u128::from(number / 3)),
        payer: Payer(Text::new("Bakery Lund").expect("a name")),
        goal: Goal::Views,
        audience: Audience::automatic(),
        currency: Currency::USD,
        plan: Plan {
            budget: Micros::exactly(Amount::MAX).unwrap_or(Micros::new(10_000_000_000)),
            daily: number.is_multiple_of(2).then_some(Micros::new(1_000_000_000)),
            starts_at: start,
            ends_at: start.saturating_add(Span::days(7)),
        },
        pricing: Pricing::Auction { least: Micros::new(100_000), most: Micros::new(millionths) },
        quoted: None,
        cap: FrequencyCap::default(),
        believed: Chance::from_billionths(500_000_000),
        standing: Standing::Running,
    }
}

fn mixed(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb)
}

fn main() {
    let start = Instant::parse("2026-03-02T00:00:00Z").expect("an instant");
    let mut chooser = Chooser::new(TrafficCurve::flat(), 1_000_000);
    let mut slots: Vec<Slot> = Vec::new();
    for number in 0..PROMOTIONS {
        let promoted = promoted(number, start);
        slots.push(chooser.put(promoted.clone(), start));
        let lease = Lease {
            slice: SliceId(1),
            granted: Amount::new(1_000).expect("not negative"),
            serves_until: start.saturating_add(Span::days(7)),
            lapses_at: start.saturating_add(Span::days(8)),
        };
        assert!(chooser.lease(promoted.promotion, lease));
    }
    let viewer = Viewer::default();
    let mut candidates = vec![Slot(0); CANDIDATES];
    let mut nanos: Vec<u64> = Vec::new();
    let (mut offers, mut log) = (0, Vec::new());
    for number in 0..PAGES {
        for (place, slot) in (0..).zip(&mut candidates) {
            *slot = slots[(mixed(number * 1_000 + place) % PROMOTIONS) as usize];
        }
        // 2,000 pages a second.
        let now = start.saturating_add(Span::from_micros(60_000_000 + number * 500));
        let viewer_key = Some(mixed(number) % 500_000);
        let page =
            Page { viewer: &viewer, viewer_key, places: 3, currency: None, seed: number, now };
        let before = Clock::now();
        offers += chooser.choose(&page, &candidates).len();
        nanos.push(u64::try_from(before.elapsed().as_nanos()).unwrap_or(u64::MAX));
        if number.is_multiple_of(2_000) {
            chooser.flush(&mut log, now);
        }
    }
    nanos.sort_unstable();
    let at = |percent: usize| nanos[nanos.len() * percent / 100];
    let per_second = PAGES * 1_000_000_000 / nanos.iter().sum::<u64>();
    println!("{CANDIDATES} candidates of {PROMOTIONS}, 3 places, {offers} offers of {PAGES} pages");
    println!("{per_second} pages a second; p50 {} ns, p99 {} ns", at(50), at(99));
}
