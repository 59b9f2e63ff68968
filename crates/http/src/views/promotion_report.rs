//! What a promotion has delivered, and why less than planned.

mod advice;
mod segments;
mod waterfall;

use std::collections::BTreeMap;

use base::{Currency, Instant, PromotionId, Span};
use feed::Outcome;
use feed::shortfall::{Expected, Stretch};
use promotions::Promotion;
use serde::Serialize;
use serving::Report;

use self::advice::{AlertView, SuggestionView};
use self::segments::SegmentView;
use self::waterfall::{OpportunitiesView, WaterfallView};
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
    /// What was to be spent in each stretch of time, by the traffic of its viewers' days, and how
    /// many units were to be expected by its end.
    plan: Vec<PlanPointView>,
    /// Units of each stretch in which they were chosen.
    delivered: Vec<UnitsPointView>,
    /// What they cost.
    spend: Vec<MoneyPointView>,
    shortfall: ShortfallView,
    waterfall: WaterfallView,
    /// The same in plain words, a sentence for each cause with the units and the money that are
    /// missing for it; then one for each kind of event and cause that was not billed, or was
    /// repaid.
    sentences: Vec<String>,
    /// What became of each moment at which it could have been shown.
    opportunities: Vec<OpportunitiesView>,
    /// Who was reached.
    segments: Vec<SegmentView>,
    /// Whether it is known how the pages of its viewers are spread over the hours of a day: one
    /// whole day of a thousand pages was seen. Until then what is to be expected by an instant is
    /// wide enough for a quiet night and for a busy evening.
    is_day_known: bool,
    /// That it brings less or more than was quoted; empty when it does not.
    alerts: Vec<AlertView>,
    /// Changes that would help, the most helpful first; empty when nothing would.
    suggestions: Vec<SuggestionView>,
    /// How often it was shown, and what that brought.
    rates: RatesView,
    /// Events by kind and by what became of them.
    events: Vec<KindView>,
    /// Times of which counts are lost.
    gaps: Vec<GapView>,
}

/// What was planned for a stretch of time.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PlanPoint)]
pub(crate) struct PlanPointView {
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// Millionths of a minor unit.
    micros: i64,
    /// From the start to its end, or to now, at least so many units were to be expected.
    units_low: u64,
    /// At most.
    units_high: u64,
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

/// How often it was shown, and what that brought.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PromotionRates)]
pub(crate) struct RatesView {
    /// How often it was chosen for a page.
    shown: u64,
    /// What a billed unit has cost so far, in millionths of a minor unit; nothing before the first.
    unit_cost_micros: Option<u64>,
    /// What a thousand showings have cost, in millionths of a minor unit.
    thousand_shown_cost_micros: Option<u64>,
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
    /// Valid ones, billed or not, in a million showings; nothing where it was not shown.
    per_million_shown: Option<u64>,
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
    /// `report` is `None` where nothing was served yet, and `terms_deed` the deed since which the
    /// terms hold.
    pub(crate) fn new(
        promotion: &Promotion,
        report: Option<&Report>,
        (bucket, terms_deed): (Span, u32),
    ) -> PromotionReportView {
        let currency: Currency = promotion.currency();
        let price = promotion.quote.unit_price_max;
        let stretches =
            report.map(|report| report.shortfall.stretches(price, bucket)).unwrap_or_default();
        PromotionReportView {
            object: "promotion_report",
            promotion: Id(promotion.id),
            currency: currency.code(),
            plan: report.map(|report| plan(report, &stretches)).unwrap_or_default(),
            delivered: report.map(|report| delivered(report, bucket)).unwrap_or_default(),
            spend: spend(&stretches),
            shortfall: ShortfallView {
                planned_micros: report.map_or(0, |report| report.shortfall.planned),
                spent_micros: report.map_or(0, |report| report.shortfall.spent),
                missing_micros: report.map_or(0, |report| report.shortfall.missing()),
            },
            waterfall: WaterfallView::new(report.map(|one| &one.shortfall), price, &stretches),
            sentences: report.map(|report| sentences(report, promotion)).unwrap_or_default(),
            opportunities: report
                .map(|report| OpportunitiesView::all(&report.waterfall, bucket))
                .unwrap_or_default(),
            segments: report
                .map(|report| report.segments.iter().map(SegmentView::new).collect())
                .unwrap_or_default(),
            is_day_known: report.is_some_and(|report| report.is_day_known),
            alerts: report.and_then(AlertView::of).into_iter().collect(),
            suggestions: report
                .into_iter()
                .flat_map(|report| &report.suggestions)
                .filter_map(|one| SuggestionView::new(one, promotion, terms_deed))
                .collect(),
            rates: RatesView::of(report),
            events: report.map(kinds).unwrap_or_default(),
            gaps: report.map(gaps).unwrap_or_default(),
        }
    }
}

impl RatesView {
    fn of(report: Option<&Report>) -> RatesView {
        let shown = report.map_or(0, shown);
        let units: u64 =
            report.map_or(0, |report| report.delivered.iter().map(|(_, one)| one.units).sum());
        let spent = report.map_or(0, |report| report.shortfall.spent);
        let spent = u64::try_from(spent).unwrap_or(0);
        RatesView {
            shown,
            unit_cost_micros: spent.checked_div(units),
            thousand_shown_cost_micros: spent.saturating_mul(1_000).checked_div(shown),
        }
    }
}

fn shown(report: &Report) -> u64 {
    report.waterfall.iter().map(|(_, counts)| counts.get(Outcome::Served)).sum()
}

/// What is missing, by cause, and what was not billed, in plain words.
pub(crate) fn sentences(report: &Report, promotion: &Promotion) -> Vec<String> {
    let (quote, currency) = (&promotion.quote, promotion.currency());
    let missing = report.shortfall.sentences(quote.unit, quote.unit_price_max, currency);
    [missing, report.summary.sentences(currency)].concat()
}

/// The beginning of the stretch that an instant lies in; stretches begin with the day.
fn begin(at: Instant, bucket: Span) -> Instant {
    let into = at.micros().unsigned_abs() % bucket.micros().max(1);
    at.saturating_sub(Span::from_micros(into))
}

fn plan(report: &Report, stretches: &[Stretch]) -> Vec<PlanPointView> {
    let points = stretches.iter().zip(&report.expected);
    let point = |(stretch, (_, expected)): (&Stretch, &(Instant, Expected))| PlanPointView {
        at: Time(stretch.at),
        micros: stretch.planned,
        units_low: expected.low,
        units_high: expected.high,
    };
    points.map(point).collect()
}

fn spend(stretches: &[Stretch]) -> Vec<MoneyPointView> {
    let point = |one: &Stretch| MoneyPointView { at: Time(one.at), micros: one.spent };
    stretches.iter().map(point).collect()
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

fn kinds(report: &Report) -> Vec<KindView> {
    let shown = shown(report);
    let rate = |events: u64| events.saturating_mul(1_000_000).checked_div(shown);
    let kinds = report.summary.kinds.iter().map(|kind| KindView {
        kind: kind.kind.as_str(),
        billed: kind.billed,
        counted: kind.counted,
        per_million_shown: rate(kind.billed + kind.counted),
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
