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

/// What the hours of a day bring in thousandths, from midnight: little at night, most in the
/// evening.
const DAY: [u64; 24] =
    [26, 17, 11, 8, 7, 9, 17, 29, 37, 41, 44, 48, 55, 54, 50, 49, 51, 55, 61, 68, 74, 76, 66, 47];

/// The same for those who are so many hours further east.
fn east(hours: usize) -> [u64; 24] {
    let mut day = DAY;
    day.rotate_left(hours);
    day
}

/// A promotion of a day that gets so many thousandths of 2,500 units as this day brings them, and
/// how it goes in each hour by what is known of its viewers' days.
fn courses(day: [u64; 24], curve: &TrafficCurve, thousandths: u64, quote: &Quote) -> Vec<Course> {
    let mut logs = Logs::of(1_440);
    logs.plan.ends_at = after(Span::days(1));
    // Units come as they are due, so that nothing of the hours is lost by rounding.
    let (mut due, mut came) = (0, 0);
    for minute in 0..24 * 60 {
        due += 2_500 * day[minute as usize / 60] * thousandths / 60;
        let served = due / 1_000_000 - came;
        came += served;
        logs.minute(minute, 20, served, Cause::Outbid);
    }
    let delivered: Vec<_> =
        logs.deliveries.of(crate::shortfall::ID).map(|(at, one)| (at, *one)).collect();
    let course = |hours: u64| {
        let now = after(Span::hours(hours + 1));
        feed::shortfall::course(&logs.plan, quote, curve, &delivered, now)
    };
    (1..=24).map(course).collect()
}

#[test]
fn a_quiet_night_of_an_unknown_day_alarms_nobody() {
    let quote = quote(2_000, 3_000, after(Span::ZERO));
    let is_alarm = |course: &Course| matches!(course, Course::Outside(_));
    for hours in 0..24 {
        let day = east(hours);
        let unknown = courses(day, &TrafficCurve::flat(), 1_000, &quote);
        assert!(!unknown.iter().any(is_alarm), "{hours}: {unknown:?}");
        assert_eq!(unknown[23], Course::Inside, "a whole day is a whole day");
        let known = courses(day, &TrafficCurve::believed(day), 1_000, &quote);
        assert_eq!(known, [Course::Inside; 24], "{hours}");
    }
    // If all hours were known to be alike, it would be behind by then.
    let wrong = courses(DAY, &even(), 1_000, &quote);
    assert_eq!(wrong[8], Course::Outside(Alarm::Behind));
}

#[test]
fn what_no_night_explains_is_told_on_the_first_day() {
    let quote = quote(2_000, 3_000, after(Span::ZERO));
    let first = |thousandths, alarm| {
        let courses = courses(DAY, &TrafficCurve::flat(), thousandths, &quote);
        let place = courses.iter().position(|course| *course == Course::Outside(alarm));
        place.map(|place| place + 1)
    };
    // The quietest hour brings half a hundredth: 10 units, and none is too few even by chance.
    assert_eq!(first(0, Alarm::Behind), Some(1));
    let half = first(400, Alarm::Behind);
    assert!(half.is_some_and(|hours| hours < 20), "{half:?}");
    let thrice = first(3_000, Alarm::Ahead);
    assert!(thrice.is_some_and(|hours| hours < 20), "{thrice:?}");
}

/// Of a day, the least and the most that so many hours bring in millionths.
fn of_hours(day: &[u64; 24], hours: usize) -> (u64, u64) {
    let sum = |from: usize| (from..from + hours).map(|hour| day[hour % 24]).sum::<u64>();
    let (whole, sums) = (day.iter().sum::<u64>(), (0..24).map(sum));
    let of = |sum: u64| sum * 1_000_000 / whole;
    (of(sums.clone().min().unwrap()), of(sums.max().unwrap()))
}

/// Days of networks and of social media as they were published, in thousandths: the sources stand
/// beside the day that is assumed.
#[test]
fn published_days_are_plausible() {
    let vienna = [
        34, 22, 14, 9, 7, 7, 11, 18, 28, 41, 47, 53, 53, 55, 54, 51, 56, 61, 65, 68, 70, 63, 59, 55,
    ];
    let europe = [
        50, 37, 25, 17, 12, 11, 11, 15, 22, 31, 38, 43, 45, 47, 49, 51, 54, 55, 58, 62, 67, 70, 68,
        61,
    ];
    let france = [
        43, 30, 19, 12, 9, 8, 11, 22, 34, 41, 45, 48, 52, 56, 55, 53, 53, 56, 59, 59, 58, 59, 62,
        58,
    ];
    let shanghai = [
        26, 18, 12, 9, 8, 10, 18, 31, 45, 54, 58, 60, 60, 60, 59, 57, 55, 52, 52, 54, 56, 55, 50,
        39,
    ];
    let social = [
        21, 6, 6, 10, 8, 28, 32, 42, 42, 47, 42, 50, 51, 61, 65, 73, 72, 72, 66, 47, 42, 44, 39, 36,
    ];
    let (logs, quote) = (logs(24, 1), quote(1_000_000, 1_000_000, after(Span::ZERO)));
    let (waterfall, trouble) = (logs.waterfall(), logs.trouble());
    let curve = TrafficCurve::flat();
    let mut facts = logs.facts(&waterfall, &trouble, &curve);
    facts.plan.ends_at = after(Span::days(1));
    let shortfall = explain(&facts, after(Span::days(1)));
    let band = Band::new(&facts.plan, &quote, &curve, &shortfall);
    for day in [vienna, europe, france, shanghai, social, DAY, [1; 24]] {
        for hours in 1..24 {
            let (least, most) = of_hours(&day, hours);
            let expected = band.by(after(Span::hours(hours as u64)));
            assert!(expected.low <= least && most <= expected.high, "{day:?} {hours} {expected:?}");
        }
    }
}

#[test]
fn an_alarm_is_over_inside_the_quote_and_not_at_its_edge() {
    // Nothing for six hours of two days, and then as many as come to a little more than is quoted.
    let quote = quote(2_880, 5_760, after(Span::ZERO));
    let (mut logs, mut came) = (Logs::of(1_440), 0);
    for minute in 0..24 * 60 {
        let served = if minute < 6 * 60 { 0 } else { 1 + minute % 2 };
        came += served;
        logs.minute(minute, 20, served, Cause::Outbid);
    }
    assert!(came > 1_440, "{came} by the end of the day");
    // By the end of that hour: its events have an hour to come.
    let alert = |hours: u64| alert(&logs, &quote, hours + 1);
    let since = alert(6).unwrap().since;
    let nearly = (6..24).filter_map(alert).find(|one| one.units >= one.expected.low).unwrap();
    assert_eq!((nearly.alarm, nearly.since), (Alarm::Behind, since));
    assert!(nearly.units < nearly.expected.low + 2 * (nearly.expected.low + 100).isqrt());
    assert_eq!(alert(24), None);
}

#[test]
fn a_day_that_was_seen_is_known_and_that_of_a_country_is_a_guess() {
    let mut curve = TrafficCurve::flat();
    assert!(!curve.is_known() && curve.plausible().len() > 24);
    for hour in 0..24 {
        curve.observe_many(after(Span::hours(hour)), 2_500 * DAY[hour as usize] / 1_000);
    }
    assert!(!curve.is_known());
    curve.observe(after(Span::hours(24)));
    assert!(curve.is_known());
    // What money is planned by has moved by a quarter; the day that was seen is told beside it.
    let [planned, seen] = &curve.plausible()[..] else { panic!("{curve:?}") };
    assert!(planned.hours()[0] > seen.hours()[0] && seen.hours()[17] > planned.hours()[17]);
    let guess = curve.guess();
    assert!(!guess.is_known() && guess.hours() == curve.hours());
}
