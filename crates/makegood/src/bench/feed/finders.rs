//! Choosing in memory, on one core: who matches a viewer, and a whole page with its auction.

use base::{Amount, CreatorId, Currency, Instant, Label, PromotionId, Span, Text};
use feed::{AudienceIndex, Chooser, FrequencyCap, Lease, Page, Payer, Plan, Pricing, Promoted};
use feed::{SliceId, Slot, Standing, TrafficCurve};
use promotions::{Audience, Goal, Micros, Viewer};
use world::crowd::Crowd;

use super::report::SizeReport;
use super::times::{Times, resident_bytes};
use super::{Args, naive, tree};
use crate::bench::seed::mixed;
use crate::failure::{Done, Failure};

/// Candidates of a page that are looked at, as the feed that is served does.
const CANDIDATES_MAX: usize = 1_000;

/// Promoted posts that a page has room for.
const PLACES: usize = 3;

/// Viewers on whom all finders are compared before they are timed.
const COMPARED: usize = 20;

/// Viewers that are remembered for frequency caps.
const VIEWERS_MAX: usize = 1_000_000;

/// Time between two pages: two thousand a second.
const PAGE_EVERY: Span = Span::from_micros(500);

/// Noon of a day, long ago.
const START: Instant = Instant::from_micros(1_767_614_400_000_000);

/// Measures with so many promotions.
pub(super) fn measure(args: &Args, promotions: u32) -> Done<SizeReport> {
    let mut crowd = Crowd::new(args.crowd, u64::from(promotions));
    let audiences: Vec<Audience> = (0..promotions).map(|_| crowd.audience()).collect();
    let viewers: Vec<Viewer> = (0..args.viewers).map(|_| crowd.viewer()).collect();
    let long = args.measured();
    let mut index = AudienceIndex::new();
    for (slot, audience) in (0..).zip(&audiences) {
        index.insert(Slot(slot), audience, crowd.below(1_000));
    }
    for viewer in viewers.iter().take(COMPARED) {
        let mut found: Vec<u32> = index.all(viewer).iter().map(|found| found.slot.0).collect();
        found.sort_unstable();
        if found != naive::scan(&audiences, viewer) {
            return Err(Failure::new("the index does not find what a scan finds"));
        }
    }
    let matching = Times::of(&viewers, long, |viewer| index.all(viewer).len());
    let before = resident_bytes();
    let mut chooser = chooser(&audiences);
    let chooser_bytes = resident_bytes().saturating_sub(before);
    let mut number = 0;
    let page = Times::of(&viewers, long, |viewer| {
        let found = index.best(viewer, CANDIDATES_MAX);
        let candidates: Vec<Slot> = found.iter().map(|found| found.slot).collect();
        number += 1;
        let now = START.saturating_add(Span::from_micros(PAGE_EVERY.micros() * number));
        let (viewer_key, seed) = (Some(bits(number) % 500_000), number);
        chooser
            .choose(
                &Page { viewer, viewer_key, places: PLACES, currency: None, seed, now },
                &candidates,
            )
            .len()
    });
    drop(chooser);
    let naive = Times::of(&viewers, long, |viewer| naive::scan(&audiences, viewer).len());
    let count = u64::from(promotions);
    Ok(SizeReport {
        promotions,
        matching,
        page,
        index_bytes_per_promotion: index.bytes() as u64 / count,
        chooser_bytes_per_promotion: chooser_bytes / count,
        naive,
        a_tree: tree::measure(&audiences, &viewers, long)?,
    })
}

/// Promotions that all have money, in the order of their audiences.
fn chooser(audiences: &[Audience]) -> Chooser {
    let mut chooser = Chooser::new(TrafficCurve::flat(), VIEWERS_MAX);
    for (number, audience) in (0..).zip(audiences) {
        let promoted = promoted(number, audience);
        let promotion = promoted.promotion;
        chooser.put(promoted, START);
        let ends_at = START.saturating_add(Span::days(7));
        let lease = Lease {
            slice: SliceId(1),
            granted: Amount::new(1_000).expect("not negative"),
            serves_until: ends_at,
            lapses_at: ends_at.saturating_add(Span::days(1)),
        };
        let _fits = chooser.lease(promotion, lease);
    }
    chooser
}

fn promoted(number: u64, audience: &Audience) -> Promoted {
    let most = Micros::new(300_000 + bits(number) % 1_000_000);
    Promoted {
        promotion: PromotionId::from_parts(START, mixed(number)),
        post: Label::new("post").expect("a label"),
        creator: CreatorId::from_parts(START, mixed(number / 3)),
        payer: Payer(Text::new("Bakery Lund").expect("a name")),
        goal: Goal::Views,
        audience: audience.clone(),
        currency: Currency::parse("USD").expect("a currency"),
        plan: Plan {
            budget: Micros::new(10_000_000_000),
            daily: number.is_multiple_of(2).then_some(Micros::new(1_000_000_000)),
            starts_at: START,
            ends_at: START.saturating_add(Span::days(7)),
        },
        pricing: Pricing::Auction { least: Micros::new(100_000), most },
        quoted: None,
        cap: FrequencyCap::default(),
        believed: serving::believed(Goal::Views),
        standing: Standing::Running,
    }
}

/// Bits that [`mixed`] makes of a number.
fn bits(number: u64) -> u64 {
    let all = mixed(number);
    u64::from_be_bytes(std::array::from_fn(|place| all[place])) >> 8
}
