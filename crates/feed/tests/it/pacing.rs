use base::{Instant, Region, Span};
use feed::{Curves, Pacer, Plan, Share, TrafficCurve, URGENCY_MAX, Way, urgency};

use crate::setting::{after, price, start, whole};
use promotions::Micros;

const fn hours(hours: u64) -> Span {
    Span::hours(hours)
}

fn plan(days: u64, budget: i64, daily: Option<i64>) -> Plan {
    Plan {
        budget: whole(budget),
        daily: daily.map(whole),
        starts_at: start(),
        ends_at: after(Span::days(days)),
    }
}

/// Visits that all come in the second half of the day.
fn afternoon() -> TrafficCurve {
    let mut visits = [0; 24];
    visits[12..].fill(100);
    TrafficCurve::believed(visits)
}

#[test]
fn the_plan_follows_the_traffic() {
    let curve = afternoon();
    let plan = plan(2, 1_000, None);
    let due = |span| plan.due(&curve, after(span)).whole().minor();
    assert_eq!(due(Span::ZERO), 0);
    // A quiet hour still counts a hundredth of the mean.
    assert!((2..=3).contains(&due(hours(12))), "{}", due(hours(12)));
    assert_eq!((due(hours(24)), due(hours(48)), due(hours(99))), (500, 1_000, 1_000));
    assert!((250..=252).contains(&due(hours(18))), "{}", due(hours(18)));
}

#[test]
fn a_curve_learns_from_whole_days_only() {
    let mut curve = TrafficCurve::flat();
    let flat = curve.hours();
    // Starts in the afternoon of the first day, then sees two whole ones with a busy noon.
    for hour in 15..72 {
        let visits = if hour % 24 == 12 { 2_000 } else { 100 };
        for _ in 0..visits {
            curve.observe(after(hours(hour)));
        }
        let is_first_day = hour < 48;
        assert_eq!(curve.hours() == flat, is_first_day, "in hour {hour}");
    }
    let [noon, one] = [12, 13].map(|hour| curve.hours()[hour]);
    assert!(noon > 3 * one, "{noon} against {one}");
    assert_eq!(curve.hours().iter().sum::<u64>(), flat.iter().sum());
}

#[test]
fn a_country_has_its_own_day() {
    let mut curves = Curves::new(TrafficCurve::flat());
    let japan = Region::parse("JP").unwrap();
    curves.set(japan, afternoon());
    assert_eq!(curves.of(Some(japan)), &afternoon());
    assert_eq!(curves.of(Region::parse("US").ok()), &TrafficCurve::flat());
    assert_eq!(curves.of(None), &TrafficCurve::flat());
}

/// What is earned and used in each hour by somebody who always takes part.
fn used(plan: &Plan, curve: &TrafficCurve, share: Share, unit: Micros) -> Vec<u64> {
    let mut pacer = Pacer::new(start(), Micros::ZERO);
    let mut committed = Micros::ZERO;
    let mut by_hour = vec![0; 48];
    for second in 0..48 * 3_600 {
        let now = after(Span::seconds(second));
        pacer.earn(&Way { plan, curve, share, cost: unit }, committed, now);
        if pacer.may_bid() && plan.runs_at(now) {
            pacer.spend(unit);
            committed = committed.checked_add(unit).unwrap();
            by_hour[(second / 3_600) as usize] += unit.get() / 1_000;
        }
    }
    by_hour
}

#[test]
fn money_is_spread_over_the_hours_of_a_day_budget_too() {
    let curve = TrafficCurve::flat();
    let by_hour = used(&plan(2, 4_800, None), &curve, Share::WHOLE, price(500));
    assert!(by_hour.iter().all(|used| used.abs_diff(100_000) <= 1_500), "{by_hour:?}");
    let by_hour = used(&plan(2, 4_800, Some(1_200)), &curve, Share::WHOLE, price(500));
    assert!(by_hour.iter().all(|used| used.abs_diff(50_000) <= 1_500), "{by_hour:?}");
}

#[test]
fn half_the_traffic_earns_half_the_money() {
    let curve = TrafficCurve::flat();
    let share = Share::from_millionths(500_000);
    // The other process never says what it spent: so this one has all that is left before it, and
    // earns a half of it, the half of what is left then, and so on.
    let by_hour = used(&plan(2, 4_800, None), &curve, share, price(500));
    assert!(by_hour[0].abs_diff(50_000) <= 1_000, "{by_hour:?}");
}

#[test]
fn a_budget_of_a_cent_is_earned_within_its_month() {
    let curve = TrafficCurve::flat();
    let plan = plan(30, 1, None);
    let mut pacer = Pacer::new(start(), Micros::ZERO);
    let unit = whole(1);
    let mut sold_at = Vec::new();
    let mut committed = Micros::ZERO;
    for minute in 0..30 * 24 * 60 {
        let now: Instant = after(Span::minutes(minute));
        let way = Way { plan: &plan, curve: &curve, share: Share::WHOLE, cost: unit };
        pacer.earn(&way, committed, now);
        if pacer.may_bid() {
            pacer.spend(unit);
            committed = committed.checked_add(unit).unwrap();
            sold_at.push(minute);
        }
    }
    assert_eq!(sold_at.len(), 1, "{sold_at:?}");
}

#[test]
fn who_is_behind_is_urgent() {
    let curve = TrafficCurve::flat();
    let plan = plan(2, 1_000, None);
    let at = |committed, span| urgency(&plan, &curve, whole(committed), after(span));
    assert_eq!(at(500, hours(24)), 1_000);
    assert_eq!(at(900, hours(24)), 1_000);
    assert_eq!(at(250, hours(24)), 1_500);
    assert_eq!(at(0, hours(47)), URGENCY_MAX);
    assert_eq!(at(1_000, hours(48)), 1_000);
}
