//! A promotion that was paid, with its report.

use axum::http::StatusCode;
use base::{Currency, Instant, Money, Span};
use pages::Moment;
use pages::customer::{
    AlertView, CauseView, DeliveryView, MoneyView, Point, PromotionView, RatesView,
    RestitutionView, SegmentView, StandingView, SuggestionView, promotion_page,
};

use super::post_text;
use super::wire::{
    ClaimOf, Deed, Kind, Promotion, Report, Restitution, Settlement, Statement, Suggestion,
};
use crate::inside::Refused;
use crate::page::{OwnPromotions, Page};
use crate::shown::Shown;
use crate::values::{List, Time};

/// Points of a plot and rows of its table.
const POINTS_MAX: usize = 60;

/// Restitutions that are told of with their statements.
const RESTITUTIONS_MAX: usize = 20;

/// Up to so long a promotion is told of by the hour, else by the day.
const BY_THE_HOUR: Span = Span::days(3);

/// All that is known of a promotion.
struct Known {
    report: Report,
    deeds: Vec<Deed>,
    restitutions: Vec<(Restitution, Statement)>,
    settlements: Vec<Settlement>,
    claims: Vec<ClaimOf>,
}

impl Known {
    async fn of(page: &Page<OwnPromotions>, promotion: &Promotion) -> Result<Known, Refused> {
        let id = &promotion.id;
        let bucket = if is_by_the_hour(promotion) { "hour" } else { "day" };
        let report = page.get(&format!("/v1/promotions/{id}/report?bucket={bucket}")).await?;
        let deeds: List<Deed> = page.get(&format!("/v1/promotions/{id}/history?limit=100")).await?;
        let settlements: List<Settlement> =
            page.get(&format!("/v1/promotions/{id}/settlements?limit=10")).await?;
        let claims = format!("/v1/claims?promotion={id}&claimant={}&limit=50", page.me().person);
        let claims: List<ClaimOf> = page.get(&claims).await?;
        let found = format!("/v1/restitutions?promotion={id}&limit={RESTITUTIONS_MAX}");
        let found: List<Restitution> = page.get(&found).await?;
        let mut restitutions = Vec::new();
        for one in found.data {
            let statement = page.get(&format!("/v1/restitutions/{}/statement", one.id)).await?;
            restitutions.push((one, statement));
        }
        let (settlements, claims) = (settlements.data, claims.data);
        Ok(Known { report, deeds: deeds.data, restitutions, settlements, claims })
    }

    /// When something was done to it first.
    fn done_at(&self, kinds: &[&str]) -> Option<Moment<'static>> {
        // The list has the newest first.
        let found = self.deeds.iter().rev().find(|deed| kinds.contains(&&*deed.kind));
        found.map(|deed| deed.created_at.moment())
    }
}

fn is_by_the_hour(promotion: &Promotion) -> bool {
    let lasts = promotion.ends_at.0.since(promotion.starts_at.0);
    lasts.is_none_or(|lasts| lasts <= BY_THE_HOUR)
}

/// The promotion; with what was refused of what somebody wanted to do.
pub(super) async fn shown(
    page: &Page<OwnPromotions>,
    promotion: &Promotion,
    refused: Option<&Refused>,
) -> Result<Shown, Refused> {
    let known = Known::of(page, promotion).await?;
    let post = post_text(page, &promotion.post).await?;
    let numbers: Vec<String> =
        known.report.suggestions.iter().map(|one| one.n.to_string()).collect();
    let quote = &promotion.quote;
    let settlement =
        |one: &Settlement| (one.created_at.moment(), one.paid.0, one.spent.0, one.returned.0);
    let view = PromotionView {
        id: &promotion.id,
        post: &post,
        goal: &promotion.goal,
        unit: &quote.unit,
        range: (quote.units_low, quote.units_high),
        guaranteed: quote.guaranteed_units,
        standing: standing(promotion, &known),
        money: money(promotion),
        delivery: delivery(promotion, &known.report, &numbers),
        restitutions: known.restitutions.iter().map(restitution).collect(),
        settlements: known.settlements.iter().map(settlement).collect(),
        claims: known.claims.iter().map(|one| (&*one.id, &*one.status)).collect(),
        is_fresh: page.query("fresh") == Some("yes"),
        refused: refused.map(|refused| (refused.code(), refused.detail())),
        done: page.done(),
    };
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    Ok(Shown::Html(status, promotion_page(&page.visit(), &view)))
}

fn standing<'a>(promotion: &'a Promotion, known: &Known) -> StandingView<'a> {
    StandingView {
        status: &promotion.status,
        paused_by: promotion.paused_by.iter().map(String::as_str).collect(),
        rule: promotion.review.rule.as_deref(),
        end: promotion.end.as_ref().map(|end| &*end.cause),
        is_appealed: promotion.review.appealed,
        paid_at: known.done_at(&["funded"]),
        reviewed_at: known.done_at(&["approved", "rejected"]),
        settled_at: known.done_at(&["settled"]),
        starts_at: promotion.starts_at.moment(),
        ends_at: promotion.ends_at.moment(),
        settles_at: promotion.settles_at.map(Time::moment),
    }
}

fn money(promotion: &Promotion) -> MoneyView {
    let (budget, added) = (promotion.budget.0, promotion.incentive.0);
    let paid = budget.amount.saturating_sub(added.amount);
    MoneyView {
        paid: Money { amount: paid, currency: budget.currency },
        added,
        spent: promotion.spent.0,
        left: promotion.escrow.0,
        returned: promotion.returned.0,
        repaid: promotion.repaid.0,
        daily: promotion.daily_budget.map(|daily| daily.0),
    }
}

fn restitution((one, statement): &(Restitution, Statement)) -> RestitutionView<'_> {
    RestitutionView {
        kind: &one.kind,
        amount: one.gross.unwrap_or(one.amount).0,
        when: one.paid_at.unwrap_or(one.due_at).moment(),
        has_arrived: one.paid_at.is_some(),
        reasons: statement.reasons.iter().map(|reason| &*reason.text).collect(),
    }
}

fn delivery<'a>(
    promotion: &'a Promotion,
    report: &'a Report,
    numbers: &'a [String],
) -> DeliveryView<'a> {
    let currency = promotion.budget.0.currency;
    let invalid = report
        .events
        .iter()
        .flat_map(|kind| kind.invalid.iter().map(|one| (&*kind.kind, &*one.cause, one.events)));
    let shortfall = &report.shortfall;
    DeliveryView {
        currency,
        units: promotion.delivered_units,
        points: points(promotion, report),
        is_day_known: report.is_day_known,
        alerts: report
            .alerts
            .iter()
            .map(|alert| AlertView {
                code: &alert.code,
                since: alert.since.moment(),
                units: alert.units,
                expected: (alert.units_low, alert.units_high),
                cause: alert.cause.as_deref(),
            })
            .collect(),
        planned_spent: (
            whole(shortfall.planned_micros, currency),
            whole(shortfall.spent_micros, currency),
        ),
        causes: report
            .waterfall
            .by_cause
            .iter()
            .map(|one| CauseView {
                cause: &one.cause,
                side: &one.side,
                units: one.units,
                micros: one.micros,
                is_estimate: one.is_estimate,
            })
            .collect(),
        suggestions: suggestions(report, numbers),
        rates: rates(report),
        segments: report
            .segments
            .iter()
            .map(|one| SegmentView {
                by: &one.by,
                group: one.value.as_deref(),
                shown: one.shown,
                units: one.units,
                price: one.unit_price_micros,
            })
            .collect(),
        invalid: invalid.collect(),
        repaid_units: promotion.invalid_units,
        unit: &promotion.quote.unit,
    }
}

fn per_million(kind: &Kind) -> Option<(&str, u64)> {
    Some((&*kind.kind, kind.per_million_shown?))
}

fn rates(report: &Report) -> RatesView<'_> {
    RatesView {
        shown: report.rates.shown,
        unit_cost: report.rates.unit_cost_micros,
        thousand_cost: report.rates.thousand_shown_cost_micros,
        per_million: report.events.iter().filter_map(per_million).collect(),
    }
}

fn suggestions<'a>(report: &'a Report, numbers: &'a [String]) -> Vec<SuggestionView<'a>> {
    let view = |(one, number): (&'a Suggestion, &'a String)| SuggestionView {
        number,
        setting: &one.setting,
        ends_at: one.change.ends_at.map(Time::moment),
        more: one.units_more,
        as_is: one.units_as_is,
    };
    report.suggestions.iter().zip(numbers).map(view).collect()
}

/// Millionths as whole minor units, rounded down.
fn whole(micros: i64, currency: Currency) -> Money {
    let minor = (micros / 1_000_000).max(0);
    Money::new(minor, currency).unwrap_or_else(|| Money::new(0, currency).expect("zero is money"))
}

/// What was expected and had come by the end of each stretch, and what is quoted for the end.
fn points(promotion: &Promotion, report: &Report) -> Vec<Point<'static>> {
    let length = if is_by_the_hour(promotion) { Span::hours(1) } else { Span::days(1) };
    let mut came = 0;
    let mut delivered = report.delivered.iter().peekable();
    let mut all = Vec::with_capacity(report.plan.len());
    for point in &report.plan {
        let is_by_then = |at: Option<Time>| at.is_none_or(|at| at.0 <= point.at.0);
        while let Some(one) = delivered.next_if(|one| is_by_then(one.at)) {
            came += one.units;
        }
        let by: Instant = point.at.0.saturating_add(length).min(promotion.ends_at.0);
        let expected = (point.units_low, point.units_high);
        all.push(Point { by: Moment::utc(by), expected, came: Some(came) });
    }
    let mut all = thinned(all);
    let is_under_way = matches!(&*promotion.status, "running" | "paused" | "scheduled");
    let is_before_end = all.last().is_some_and(|last| last.by.at < promotion.ends_at.0);
    if is_under_way && is_before_end {
        let quote = &promotion.quote;
        let range = (quote.units_low, quote.units_high);
        let expected = quote.guaranteed_units.map_or(range, |units| (units, units));
        all.push(Point { by: promotion.ends_at.moment(), expected, came: None });
    }
    all
}

/// So few that a table of them is read; the last one stays.
fn thinned(all: Vec<Point<'static>>) -> Vec<Point<'static>> {
    let each = all.len().div_ceil(POINTS_MAX).max(1);
    let last = all.len().saturating_sub(1);
    let is_kept = |place: usize| (last - place).is_multiple_of(each);
    all.into_iter().enumerate().filter(|(place, _)| is_kept(*place)).map(|(_, it)| it).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plots_are_thinned_and_keep_their_end() {
        let points = |count: i64| -> Vec<Point<'static>> {
            let point = |hour| Point {
                by: Moment::utc(Instant::from_micros(hour * 3_600_000_000)),
                expected: (0, 1),
                came: Some(0),
            };
            (0..count).map(point).collect()
        };
        for count in [0, 1, 59, 60, 61, 72, 366] {
            let kept = thinned(points(count));
            assert!(kept.len() <= POINTS_MAX, "{count}: {}", kept.len());
            let last = |all: &[Point<'_>]| all.last().map(|point| point.by.at);
            assert_eq!(last(&kept), last(&points(count)), "{count}");
        }
    }
}
