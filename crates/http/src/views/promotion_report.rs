//! What a promotion has delivered, and why less than planned.

use std::collections::BTreeMap;

use base::{Currency, Instant, PromotionId, Span};
use feed::shortfall::{Part, Side, Why};
use promotions::{Micros, Promotion};
use serde::Serialize;
use serving::Report;

use crate::views::{Id, Time};

/// Plan, delivery and spend by time, and what the difference is due to. Money is in millionths of a
/// minor unit, for units cost less than one.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PromotionReport)]
pub(crate) struct PromotionReportView {
    /// Always `promotion_report`.
    #[schema(pattern = "^promotion_report$")]
    object: &'static str,
    #[schema(value_type = String)]
    promotion: Id<PromotionId>,
    #[schema(example = "USD")]
    currency: &'static str,
    /// What was to be spent in each stretch of time, by the traffic of its viewers' days.
    plan: Vec<MoneyPointView>,
    /// Units of each stretch in which they were chosen.
    delivered: Vec<UnitsPointView>,
    /// What they cost.
    spend: Vec<MoneyPointView>,
    shortfall: ShortfallView,
    waterfall: WaterfallView,
    /// Events by kind and by what became of them.
    events: Vec<KindView>,
    /// Times of which counts are lost.
    gaps: Vec<GapView>,
}

/// Money of a stretch of time.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = MoneyPoint)]
pub(crate) struct MoneyPointView {
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// Millionths of a minor unit.
    micros: i64,
}

/// Units of a stretch of time.
#[derive(Default, Serialize, utoipa::ToSchema)]
#[schema(as = UnitsPoint)]
pub(crate) struct UnitsPointView {
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    at: Option<Time>,
    /// Billed.
    units: u64,
    /// Valid, and delivered for nothing.
    unbilled_units: u64,
    /// Invalid at once.
    invalid_units: u64,
}

/// What is missing by now.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Shortfall)]
pub(crate) struct ShortfallView {
    /// What was to be spent by now.
    planned_micros: i64,
    /// What was spent.
    spent_micros: i64,
    /// The difference; below zero when more was spent.
    missing_micros: i64,
}

/// What the difference is due to, in units at the price that they have cost so far.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ShortfallWaterfall)]
pub(crate) struct WaterfallView {
    /// Units that were billed.
    delivered: u64,
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
pub(crate) struct CauseView {
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

/// Events of one kind.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EventKindSummary)]
pub(crate) struct KindView {
    #[schema(example = "view")]
    kind: &'static str,
    /// Billed, those that were repaid later among them.
    billed: u64,
    /// Valid, and for nothing.
    counted: u64,
    invalid: Vec<InvalidView>,
}

/// Events that were not billed for one cause.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = InvalidEvents)]
pub(crate) struct InvalidView {
    #[schema(example = "declared_bot")]
    cause: &'static str,
    events: u64,
}

/// A time of which counts are lost.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ReportGap)]
pub(crate) struct GapView {
    #[schema(value_type = String, format = DateTime)]
    from: Time,
    #[schema(value_type = String, format = DateTime)]
    until: Time,
}

impl PromotionReportView {
    /// `report` is `None` where nothing was served yet.
    pub(crate) fn new(
        promotion: &Promotion,
        report: Option<&Report>,
        bucket: Span,
    ) -> PromotionReportView {
        let currency: Currency = promotion.currency();
        let parts = report.map(|report| report.shortfall.parts(promotion.quote.unit_price_max));
        PromotionReportView {
            object: "promotion_report",
            promotion: Id(promotion.id),
            currency: currency.code(),
            plan: report.map(|report| plan(report, bucket)).unwrap_or_default(),
            delivered: report.map(|report| delivered(report, bucket)).unwrap_or_default(),
            spend: report.map(|report| spend(report, bucket)).unwrap_or_default(),
            shortfall: ShortfallView {
                planned_micros: report.map_or(0, |report| report.shortfall.planned),
                spent_micros: report.map_or(0, |report| report.shortfall.spent),
                missing_micros: report.map_or(0, |report| report.shortfall.missing()),
            },
            waterfall: waterfall(
                report.map_or(0, |report| report.shortfall.units),
                &parts.unwrap_or_default(),
            ),
            events: report.map(kinds).unwrap_or_default(),
            gaps: report.map(gaps).unwrap_or_default(),
        }
    }
}

/// The beginning of the stretch that an instant lies in; stretches begin with the day.
fn begin(at: Instant, bucket: Span) -> Instant {
    let into = at.micros().unsigned_abs() % bucket.micros().max(1);
    at.saturating_sub(Span::from_micros(into))
}

fn points(minutes: impl Iterator<Item = (Instant, i64)>, bucket: Span) -> BTreeMap<Instant, i64> {
    let mut sums = BTreeMap::new();
    for (at, micros) in minutes {
        *sums.entry(begin(at, bucket)).or_default() += micros;
    }
    sums
}

fn money(points: BTreeMap<Instant, i64>) -> Vec<MoneyPointView> {
    points.into_iter().map(|(at, micros)| MoneyPointView { at: Time(at), micros }).collect()
}

fn spent(report: &Report) -> impl Iterator<Item = (Instant, i64)> + '_ {
    report.delivered.iter().map(|(at, what)| {
        let price = |micros: Micros| i64::try_from(micros.get()).unwrap_or(i64::MAX);
        (*at, price(what.price) - price(what.repaid))
    })
}

/// What is missing of a minute and what was spent in it are what was planned for it.
fn plan(report: &Report, bucket: Span) -> Vec<MoneyPointView> {
    let missing = report.shortfall.minutes.iter().map(|minute| (minute.at, minute.missing));
    money(points(missing.chain(spent(report)), bucket))
}

fn spend(report: &Report, bucket: Span) -> Vec<MoneyPointView> {
    money(points(spent(report), bucket))
}

fn delivered(report: &Report, bucket: Span) -> Vec<UnitsPointView> {
    let mut sums: BTreeMap<Instant, UnitsPointView> = BTreeMap::new();
    for (at, what) in &report.delivered {
        let at = begin(*at, bucket);
        let sum = sums.entry(at).or_default();
        sum.at = Some(Time(at));
        sum.units += what.units;
        sum.unbilled_units += what.unbilled_units;
        sum.invalid_units += what.invalid_units;
    }
    sums.into_values().collect()
}

fn waterfall(delivered: u64, parts: &[Part]) -> WaterfallView {
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
    WaterfallView {
        delivered,
        platform: units(&|why| why.side() == Side::Platform),
        market: units(&|why| why.side() == Side::Market),
        advertiser: units(&|why| why.side() == Side::Advertiser),
        policy: units(&|why| why.side() == Side::Policy),
        unseen_estimate: units(&Why::is_estimate),
        by_cause: by_cause.collect(),
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

fn kinds(report: &Report) -> Vec<KindView> {
    let kinds = report.summary.kinds.iter().map(|kind| KindView {
        kind: kind.kind.as_str(),
        billed: kind.billed,
        counted: kind.counted,
        invalid: kind
            .invalid
            .iter()
            .map(|(cause, events)| InvalidView { cause: cause.as_str(), events: *events })
            .collect(),
    });
    kinds.collect()
}

fn gaps(report: &Report) -> Vec<GapView> {
    let gap = |gap: &feed::Gap| GapView { from: Time(gap.from), until: Time(gap.until) };
    report.gaps.iter().map(gap).collect()
}
