//! Promotions and viewers for tests.

use base::{Amount, CreatorId, Currency, Instant, Label, PromotionId, Span, Text, Token};
use feed::{
    Chance, Chooser, FrequencyCap, Lease, Page, Payer, Plan, Pricing, Promoted, SliceId, Slot,
    Standing,
};
use promotions::{Audience, Goal, Micros, Viewer};

/// Thousandths of a minor unit.
pub fn price(thousandths: u64) -> Micros {
    Micros::new(thousandths * 1_000)
}

/// Whole minor units.
pub fn whole(minor: i64) -> Micros {
    Micros::exactly(Amount::new(minor).unwrap()).unwrap()
}

pub fn start() -> Instant {
    Instant::parse("2026-03-02T00:00:00Z").unwrap()
}

pub fn after(span: Span) -> Instant {
    start().saturating_add(span)
}

/// A promotion of views for everybody, a month long, of a creator of its own.
pub fn promoted(number: u128) -> Promoted {
    Promoted {
        promotion: PromotionId::from_bits(number),
        post: Label::new(&format!("post-{number}")).unwrap(),
        creator: CreatorId::from_bits(number),
        payer: Payer(Text::new("Bakery Lund").unwrap()),
        goal: Goal::Views,
        audience: Audience::automatic(),
        currency: Currency::USD,
        plan: Plan {
            budget: whole(1_000_000),
            daily: None,
            starts_at: start(),
            ends_at: after(Span::days(30)),
        },
        pricing: Pricing::Auction { least: price(100), most: price(1_000) },
        quoted: None,
        cap: FrequencyCap { times: 200, within: Span::days(1) },
        believed: Chance::from_billionths(500_000_000),
        standing: Standing::Running,
    }
}

pub fn lease(slice: u32, minor: i64) -> Lease {
    Lease {
        slice: SliceId(slice),
        granted: Amount::new(minor).unwrap(),
        serves_until: after(Span::days(30)),
        lapses_at: after(Span::days(60)),
    }
}

/// A chooser in which each of these holds a slice of 10,000 minor units.
pub fn chooser(promoted: &[Promoted]) -> (Chooser, Vec<Slot>) {
    let mut chooser = Chooser::new(feed::TrafficCurve::flat(), 1_000);
    let mut slots = Vec::new();
    for one in promoted {
        slots.push(chooser.put(one.clone(), start()));
        assert!(chooser.lease(one.promotion, lease(1, 10_000)));
    }
    (chooser, slots)
}

pub fn viewer(name: &str) -> Viewer {
    Viewer { id: Token::new(name).ok(), ..Viewer::default() }
}

/// A page with one place, an hour after the start: there is credit by then.
pub fn page(viewer: &Viewer) -> Page<'_> {
    Page {
        viewer,
        viewer_key: None,
        places: 1,
        currency: None,
        seed: 1,
        now: after(Span::hours(1)),
    }
}

/// A number for everything that is drawn, the same for the same arguments.
pub fn draw(seed: u64, what: u64, which: u64) -> u64 {
    let mut mixed = seed ^ what.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ which.rotate_left(32);
    for _ in 0..2 {
        mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
    }
    mixed
}
