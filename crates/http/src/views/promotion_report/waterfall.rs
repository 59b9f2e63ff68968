//! What the difference between plan and delivery is due to, and what became of each opportunity.

use std::collections::BTreeMap;

use base::{Instant, Span};
use feed::shortfall::{Part, Shortfall, Side, Stretch, Why};
use feed::{Cause, Counts, Outcome};
use promotions::Micros;
use serde::Serialize;

use super::begin;
use crate::views::Time;

/// What the difference is due to, in units at the price that they have cost so far.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ShortfallWaterfall)]
pub(super) struct WaterfallView {
    #[serde(flatten)]
    whole: PartsView,
    /// The same for each stretch of time. Cause by cause they add up to the whole.
    buckets: Vec<StretchView>,
}

/// Of a stretch of time.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ShortfallStretch)]
pub(super) struct StretchView {
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    #[serde(flatten)]
    parts: PartsView,
}

/// Units that were delivered, and those that are missing.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ShortfallParts)]
pub(super) struct PartsView {
    /// Units that were billed, less those that were repaid in this time.
    delivered: i64,
    /// Missing because of the platform.
    platform: i64,
    /// Because of others who bid, and of how many people there were.
    market: i64,
    /// Because of what the advertiser did.
    advertiser: i64,
    /// Because a rule was broken.
    policy: i64,
    /// How many of all these nobody could see, so that they are estimated.
    unseen_estimate: i64,
    /// All causes that have a part; they add up to what is missing.
    by_cause: Vec<CauseView>,
}

/// A cause and its part.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ShortfallCause)]
struct CauseView {
    /// Stable name, such as `outbid`, `paused`, `outage`.
    #[schema(example = "outbid")]
    cause: &'static str,
    /// `platform`, `market`, `advertiser` or `policy`.
    #[schema(example = "market")]
    side: &'static str,
    /// Units.
    units: i64,
    /// Millionths of a minor unit.
    micros: i64,
    /// True when nobody saw what it is counted by.
    is_estimate: bool,
}

impl WaterfallView {
    pub(super) fn new(
        shortfall: Option<&Shortfall>,
        price: Micros,
        stretches: &[Stretch],
    ) -> WaterfallView {
        let parts = shortfall.map(|shortfall| shortfall.parts(price)).unwrap_or_default();
        let stretch = |one: &Stretch| StretchView {
            at: Time(one.at),
            parts: PartsView::new(one.units, &one.parts),
        };
        WaterfallView {
            whole: PartsView::new(shortfall.map_or(0, |shortfall| shortfall.units), &parts),
            buckets: stretches.iter().map(stretch).collect(),
        }
    }
}

impl PartsView {
    fn new(delivered: i64, parts: &[Part]) -> PartsView {
        let units = |fits: &dyn Fn(Why) -> bool| {
            parts.iter().filter(|part| fits(part.why)).map(|part| part.units).sum()
        };
        let by_cause = parts.iter().map(|part| CauseView {
            cause: part.why.as_str(),
            side: side(part.why.side()),
            units: part.units,
            micros: part.money,
            is_estimate: part.why.is_estimate(),
        });
        PartsView {
            delivered,
            platform: units(&|why| why.side() == Side::Platform),
            market: units(&|why| why.side() == Side::Market),
            advertiser: units(&|why| why.side() == Side::Advertiser),
            policy: units(&|why| why.side() == Side::Policy),
            unseen_estimate: units(&Why::is_estimate),
            by_cause: by_cause.collect(),
        }
    }
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Platform => "platform",
        Side::Market => "market",
        Side::Advertiser => "advertiser",
        Side::Policy => "policy",
    }
}

/// What became of the opportunities of a stretch of time: each has one outcome, so `served` and the
/// causes add up.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Opportunities)]
pub(super) struct OpportunitiesView {
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// Pages for people of the audience while it ran.
    opportunities: u64,
    /// It was shown.
    served: u64,
    /// It was not, for one cause each.
    by_cause: Vec<LostView>,
}

/// Opportunities that were lost to one cause.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = LostOpportunities)]
struct LostView {
    #[schema(example = "outbid")]
    cause: &'static str,
    opportunities: u64,
}

impl OpportunitiesView {
    pub(super) fn all(minutes: &[(Instant, Counts)], bucket: Span) -> Vec<OpportunitiesView> {
        let mut sums: BTreeMap<Instant, Counts> = BTreeMap::new();
        for (at, counts) in minutes {
            sums.entry(begin(*at, bucket)).or_default().absorb(counts);
        }
        sums.into_iter().map(|(at, counts)| OpportunitiesView::of(at, &counts)).collect()
    }

    fn of(at: Instant, counts: &Counts) -> OpportunitiesView {
        let lost = Cause::ALL.into_iter().map(|cause| LostView {
            cause: cause.as_str(),
            opportunities: counts.get(Outcome::Lost(cause)),
        });
        OpportunitiesView {
            at: Time(at),
            opportunities: counts.opportunities(),
            served: counts.get(Outcome::Served),
            by_cause: lost.filter(|lost| lost.opportunities > 0).collect(),
        }
    }
}
