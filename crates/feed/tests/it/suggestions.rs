//! What is suggested to promotions that fall behind, by hand-made logs.

use base::{Amount, Money, Span};
use feed::shortfall::{Suggestion, Why, suggest};
use feed::{Cause, TrafficCurve};
use promotions::{Audience, Gender, Goal, Promise, SettingChange, Terms};

use crate::setting::after;
use crate::shortfall::{Logs, PRICE};

/// Terms that go with the logs: two days for so much.
fn terms(budget: i64) -> Terms {
    Terms {
        goal: Goal::Views,
        target: None,
        audience: Audience { genders: vec![Gender::Female], ..Audience::automatic() },
        budget: Money { amount: Amount::new(budget).unwrap(), currency: base::Currency::USD },
        incentive: Amount::ZERO,
        daily_budget: None,
        starts_at: after(Span::ZERO),
        ends_at: after(Span::days(2)),
        promise: Promise::Estimate,
    }
}

/// A day in which of ten opportunities a minute one was served for half a minor unit, and the
/// others ended so.
fn day(budget: i64, others: Cause) -> Logs {
    let mut logs = Logs::of(budget);
    (0..24 * 60).for_each(|minute| logs.minute(minute, 20, 1, others));
    logs
}

fn suggested(logs: &Logs, terms: &Terms, wide: u64) -> Vec<Suggestion> {
    suggested_after(Span::days(1), logs, terms, wide)
}

fn suggested_after(span: Span, logs: &Logs, terms: &Terms, wide: u64) -> Vec<Suggestion> {
    let (waterfall, trouble, curve) = (logs.waterfall(), logs.trouble(), TrafficCurve::flat());
    let facts = logs.facts(&waterfall, &trouble, &curve);
    let reach = |audience: &Audience| if *audience == terms.audience { 10 } else { wide };
    suggest(&facts, terms, after(span), &reach)
}

fn changes(suggestions: &[Suggestion]) -> Vec<(SettingChange, u64)> {
    suggestions.iter().map(|one| (one.change, one.units_more)).collect()
}

#[track_caller]
fn check_near(suggestions: &[Suggestion], change: SettingChange, units: u64) {
    let found = suggestions.iter().find(|one| one.change == change);
    let more = found.map_or(0, |one| one.units_more);
    assert!(more.abs_diff(units) * 50 <= units, "{:?} instead of {units}", changes(suggestions));
}

#[test]
fn more_time_and_more_people_help_what_is_outbid() {
    // 1,440 units a day, and money for 10,000.
    let logs = day(5_000, Cause::Outbid);
    let suggestions = suggested(&logs, &terms(5_000), 25);
    check_near(&suggestions, SettingChange::EndAWeekLater, 7_120);
    check_near(&suggestions, SettingChange::AllGenders, 1_440 * 15 / 10);
    assert_eq!(suggestions.len(), 2);
    assert_eq!(suggestions[0].change, SettingChange::EndAWeekLater);
    assert!(suggestions.iter().all(|one| one.why == Why::Outbid));
    assert!(suggestions[0].units_as_is.abs_diff(1_440) < 30, "{suggestions:?}");
}

#[test]
fn nothing_is_suggested_that_would_not_help() {
    // The money lasts for exactly what comes anyway.
    let logs = day(1_440, Cause::Outbid);
    assert_eq!(suggested(&logs, &terms(1_440), 25), []);
    // The same people, however they are asked for.
    let logs = day(5_000, Cause::Outbid);
    let suggestions = suggested(&logs, &terms(5_000), 10);
    assert!(suggestions.iter().all(|one| !one.change.is_of_audience()), "{suggestions:?}");
    // Three hours say nothing.
    assert_eq!(suggested_after(Span::hours(3), &logs, &terms(5_000), 25), []);
    assert_ne!(suggested_after(Span::hours(5), &logs, &terms(5_000), 25), []);
}

#[test]
fn a_daily_budget_that_holds_back_is_to_go() {
    // It could win five times as much, and spends what a day allows.
    let logs = day(5_000, Cause::Pacing);
    let daily = Some(Amount::new(720).unwrap());
    let terms = Terms { daily_budget: daily, ..terms(5_000) };
    let suggestions = suggested(&logs, &terms, 10);
    let away = suggestions.iter().find(|one| one.change == SettingChange::NoDailyBudget).unwrap();
    assert_eq!(away.why, Why::DailyBudget);
    // Money for 8,560 more, of which a day would have let it spend 1,440.
    check_near(&suggestions, SettingChange::NoDailyBudget, 8_560 - 1_440);
}

#[test]
fn a_first_day_has_won_more_than_others_can() {
    // Until the evening it waited, and then all that it could win were at their cap.
    let suggested_with = |in_the_evening: Cause| {
        let mut logs = Logs::of(5_000);
        (0..24 * 60).for_each(|minute| {
            let others = if minute < 18 * 60 { Cause::Pacing } else { in_the_evening };
            logs.minute(minute, 20, 1, others);
        });
        let daily = Some(Amount::new(720).unwrap());
        suggested(&logs, &Terms { daily_budget: daily, ..terms(5_000) }, 10)
    };
    let is_away = |one: &Suggestion| one.change == SettingChange::NoDailyBudget;
    assert!(suggested_with(Cause::Pacing).iter().any(is_away));
    let suggestions = suggested_with(Cause::Cap);
    assert!(!suggestions.iter().any(is_away), "{:?}", changes(&suggestions));
    // What was won until then is not expected again either.
    let mut logs = Logs::of(5_000);
    (0..24 * 60).for_each(|minute| {
        let served = if minute < 18 * 60 { 4 } else { 1 };
        logs.minute(minute, 20, served, Cause::Cap);
    });
    let suggestions = suggested(&logs, &terms(5_000), 10);
    assert!(suggestions[0].units_as_is.abs_diff(1_440) < 150, "{suggestions:?}");
}

#[test]
fn of_a_guarantee_only_the_end_changes() {
    let logs = day(5_000, Cause::Outbid);
    let terms = Terms { promise: Promise::Guarantee, ..terms(5_000) };
    let suggestions = suggested(&logs, &terms, 100);
    assert!(suggestions.iter().all(|one| one.change.setting() == "/ends_at"), "{suggestions:?}");
    assert_eq!(suggestions.len(), 1);
    assert_eq!(PRICE.get(), 500_000);
}
