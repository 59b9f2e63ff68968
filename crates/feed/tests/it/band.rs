//! When a promotion is outside what was quoted, by hand-made logs.

use base::{Instant, Span};
use feed::shortfall::{Alert, Band, Course, Why, explain};
use feed::{Cause, TrafficCurve};
use promotions::{Alarm, EventKind, Quote};

use crate::setting::after;
use crate::shortfall::{Logs, PRICE};

fn quote(low: u64, high: u64, quoted_at: Instant) -> Quote {
    Quote {
        unit: EventKind::View,
        unit_price_max: PRICE,
        units_low: low,
        units_high: high,
        guaranteed_units: None,
        audience_size: 1_000,
        quoted_at,
    }
}

/// It is known that all hours of a day are alike.
fn even() -> TrafficCurve {
    TrafficCurve::believed([1; 24])
}

/// One unit a minute up to an hour, and then so many.
fn logs(hours: u64, then: u64) -> Logs {
    let mut logs = Logs::of(1_440);
    for minute in 0..24 * 60 {
        let served = if minute < hours * 60 { 1 } else { then };
        logs.minute(minute, 20, served, Cause::Outbid);
    }
    logs
}

fn alert(logs: &Logs, quote: &Quote, hours: u64) -> Option<Alert> {
    let (waterfall, trouble, curve) = (logs.waterfall(), logs.trouble(), even());
    let facts = logs.facts(&waterfall, &trouble, &curve);
    let now = after(Span::hours(hours));
    let shortfall = explain(&facts, now);
    Band::new(&facts.plan, quote, &curve, &shortfall).alert(&shortfall, now)
}

#[test]
fn what_goes_as_quoted_alarms_nobody() {
    let quote = quote(2_000, 3_000, after(Span::ZERO));
    (1..24).for_each(|hours| assert_eq!(alert(&logs(24, 0), &quote, hours), None, "{hours}"));
}

#[test]
fn who_falls_behind_is_told_on_the_first_day() {
    // Nothing comes after six hours: 360 units, and 2,000 of 48 hours less the square roots.
    let (logs, quote) = (logs(6, 0), quote(2_000, 3_000, after(Span::ZERO)));
    assert_eq!(alert(&logs, &quote, 6), None);
    let found = alert(&logs, &quote, 23).unwrap();
    assert_eq!((found.alarm, found.units, found.why), (Alarm::Behind, 360, Some(Why::Outbid)));
    // 416 less twice 20 after ten hours.
    assert_eq!(found.since, after(Span::hours(10)));
    assert_eq!((found.expected.low, found.expected.high), (916 - 60, 1_375 + 2 * 37 + 1));
}

#[test]
fn more_than_was_quoted_is_told_too_and_is_over_when_it_is_over() {
    let (logs, quote) = (logs(0, 2), quote(1_500, 2_000, after(Span::ZERO)));
    let found = alert(&logs, &quote, 23).unwrap();
    assert_eq!((found.alarm, found.why), (Alarm::Ahead, None));
    // Two a minute and then none: by the end it is as was quoted.
    let calm = self::quote(1_500, 3_000, after(Span::ZERO));
    assert_eq!(alert(&logs, &calm, 20).map(|alert| alert.alarm), Some(Alarm::Ahead));
    assert_eq!(alert(&logs, &calm, 49), None);
}

#[test]
fn a_quote_that_was_made_on_the_way_speaks_of_the_rest() {
    // 720 units by noon, and then a quote of 1,000 to 1,500 for the rest; a quarter of the budget
    // is spent.
    let logs = logs(24, 1);
    let quote = quote(1_000, 1_500, after(Span::hours(12)));
    let (waterfall, trouble, curve) = (logs.waterfall(), logs.trouble(), even());
    let facts = logs.facts(&waterfall, &trouble, &curve);
    let shortfall = explain(&facts, after(Span::hours(24)));
    let band = Band::new(&facts.plan, &quote, &curve, &shortfall);
    let by = |hours| band.by(after(Span::hours(hours)));
    assert_eq!((by(12).low, by(12).high), (720, 721));
    assert_eq!(by(48).low, 720 + 750 - 2 * 27);
    assert_eq!(by(48).high, 720 + 1_500 + 2 * 38 + 1);
}

#[test]
fn units_that_were_repaid_have_not_come() {
    let (mut logs, quote) = (logs(24, 1), quote(2_000, 3_000, after(Span::ZERO)));
    logs.repay(1_000, 600);
    assert_eq!(alert(&logs, &quote, 17), None);
    // 1,380 less 600 by the end of the 23rd hour, of 958 at least.
    let found = alert(&logs, &quote, 24).unwrap();
    assert_eq!((found.alarm, found.units), (Alarm::Behind, 780));
    let (waterfall, trouble, curve) = (logs.waterfall(), logs.trouble(), even());
    let plan = logs.facts(&waterfall, &trouble, &curve).plan;
    let delivered = logs.deliveries.of(crate::shortfall::ID).map(|(at, one)| (at, *one));
    let delivered: Vec<_> = delivered.collect();
    let now = after(Span::hours(24));
    let course = feed::shortfall::course(&plan, &quote, &even(), &delivered, now);
    assert_eq!(course, Course::Outside(Alarm::Behind));
}

#[test]
fn a_guarantee_has_one_number() {
    let quote = Quote { guaranteed_units: Some(2_000), ..quote(2_000, 2_000, after(Span::ZERO)) };
    let logs = logs(24, 1);
    let (waterfall, trouble, curve) = (logs.waterfall(), logs.trouble(), even());
    let facts = logs.facts(&waterfall, &trouble, &curve);
    let shortfall = explain(&facts, after(Span::hours(24)));
    let band = Band::new(&facts.plan, &quote, &curve, &shortfall);
    let end = band.by(after(Span::days(9)));
    assert_eq!((end.low, end.high), (1_900 - 2 * 43, 2_100 + 2 * 45 + 1));
}
