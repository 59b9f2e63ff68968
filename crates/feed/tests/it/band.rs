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
    assert_eq!(by(48).high, 720 + 1_125 + 2 * 33 + 1);
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
    courses_by(day, |_| curve.clone(), thousandths, quote)
}

/// The same by what is known by the end of each hour.
fn courses_by(
    day: [u64; 24],
    known: impl Fn(u64) -> TrafficCurve,
    thousandths: u64,
    quote: &Quote,
) -> Vec<Course> {
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
        feed::shortfall::course(&logs.plan, quote, &known(hours + 1), &delivered, now)
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
const PUBLISHED: [[u64; 24]; 7] = [
    // Vienna.
    [34, 22, 14, 9, 7, 7, 11, 18, 28, 41, 47, 53, 53, 55, 54, 51, 56, 61, 65, 68, 70, 63, 59, 55],
    // Europe.
    [
        50, 37, 25, 17, 12, 11, 11, 15, 22, 31, 38, 43, 45, 47, 49, 51, 54, 55, 58, 62, 67, 70, 68,
        61,
    ],
    // France.
    [43, 30, 19, 12, 9, 8, 11, 22, 34, 41, 45, 48, 52, 56, 55, 53, 53, 56, 59, 59, 58, 59, 62, 58],
    // Shanghai.
    [26, 18, 12, 9, 8, 10, 18, 31, 45, 54, 58, 60, 60, 60, 59, 57, 55, 52, 52, 54, 56, 55, 50, 39],
    // Social media.
    [21, 6, 6, 10, 8, 28, 32, 42, 42, 47, 42, 50, 51, 61, 65, 73, 72, 72, 66, 47, 42, 44, 39, 36],
    // A mobile cell.
    [37, 27, 17, 10, 7, 5, 6, 11, 21, 32, 40, 46, 51, 57, 63, 66, 65, 65, 71, 76, 74, 63, 49, 39],
    DAY,
];

#[test]
fn published_days_are_plausible() {
    let (logs, quote) = (logs(24, 1), quote(1_000_000, 1_000_000, after(Span::ZERO)));
    let (waterfall, trouble) = (logs.waterfall(), logs.trouble());
    let curve = TrafficCurve::flat();
    let mut facts = logs.facts(&waterfall, &trouble, &curve);
    facts.plan.ends_at = after(Span::days(1));
    let shortfall = explain(&facts, after(Span::days(1)));
    let band = Band::new(&facts.plan, &quote, &curve, &shortfall);
    for day in PUBLISHED.into_iter().chain([[1; 24]]) {
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

/// What is known after so many hours of a platform that began with the first of them.
fn seen(day: &[u64; 24], hours: u64) -> TrafficCurve {
    let mut curve = TrafficCurve::flat();
    for hour in 0..hours.min(24) {
        // The first and the last minute of each hour have visits.
        for minute in [0, 59] {
            let at = after(Span::minutes(hour * 60 + minute));
            curve.observe_many(at, day[hour as usize] * 500);
        }
    }
    curve
}

#[test]
fn hours_that_go_on_alike_are_no_night() {
    let quote = quote(20_000, 30_000, after(Span::ZERO));
    // A quarter of what is due comes, which five hours of a night might explain.
    let behind = |known: &dyn Fn(u64) -> TrafficCurve| {
        let courses = courses_by([42; 24], known, 2_000, &quote);
        courses.iter().position(|course| *course == Course::Outside(Alarm::Behind))
    };
    let unknown = behind(&|_| TrafficCurve::flat()).unwrap();
    let alike = behind(&|hours| seen(&[1; 24], hours)).unwrap();
    assert!(alike < unknown, "{alike} and {unknown}");
    // By the end of the fifth hour it is clear, of the four whose events are in.
    assert_eq!(alike + 1, 4);
    let few = |hours: u64| {
        let mut curve = TrafficCurve::flat();
        (0..hours).for_each(|hour| curve.observe_many(after(Span::hours(hour)), 49));
        curve
    };
    assert_eq!(behind(&few), Some(unknown));
}

/// What is known of days after a visit in each of these minutes.
fn visited(minutes: std::ops::Range<u64>) -> TrafficCurve {
    let mut curve = TrafficCurve::flat();
    minutes.for_each(|minute| curve.observe(after(Span::minutes(minute))));
    curve
}

fn plausible_hours(curve: &TrafficCurve) -> Vec<[u64; 24]> {
    curve.plausible().iter().map(TrafficCurve::hours).collect()
}

#[test]
fn hours_that_were_counted_in_part_show_nothing() {
    let unknown = plausible_hours(&TrafficCurve::flat());
    assert_eq!(plausible_hours(&visited(10..300)), unknown);
    assert_eq!(plausible_hours(&visited(0..290)), unknown);
    assert_ne!(plausible_hours(&visited(0..300)), unknown);
}

/// What is known of a day's hours lasts until the day is known.
#[test]
fn hours_that_are_no_night_are_remembered() {
    let mut curve = visited(60..360);
    let before = plausible_hours(&curve);
    assert_ne!(before, plausible_hours(&TrafficCurve::flat()));
    curve.observe(after(Span::hours(30)));
    assert!(!curve.is_known());
    assert_eq!(plausible_hours(&curve), before);
}

#[test]
fn the_pages_of_a_quiet_night_alarm_nobody() {
    // As few as are quoted, and as many: nothing of the range makes up for a wrong day.
    let quote = quote(2_500, 2_500, after(Span::ZERO));
    for day in PUBLISHED {
        for hours in 0..24 {
            let mut day = day;
            day.rotate_left(hours);
            let whole: u64 = day.iter().sum();
            let courses = courses_by(day, |hours| seen(&day, hours), 1_000_000 / whole, &quote);
            let is_alarm = |course: &Course| matches!(course, Course::Outside(_));
            assert!(!courses.iter().any(is_alarm), "{day:?}: {courses:?}");
        }
    }
}

/// Two time zones may make a night even; how much it brings then is what is relied on.
#[test]
fn slow_hours_alike_of_two_time_zones_bring_what_is_assumed() {
    let (logs, quote) = (logs(24, 1), quote(1_000_000, 1_000_000, after(Span::ZERO)));
    let (waterfall, trouble, flat) = (logs.waterfall(), logs.trouble(), TrafficCurve::flat());
    let mut facts = logs.facts(&waterfall, &trouble, &flat);
    facts.plan.ends_at = after(Span::days(1));
    let shortfall = explain(&facts, after(Span::days(1)));
    let mut looked_at = 0;
    for (day, apart, part, first) in mixtures() {
        let hour = |at: usize| day[at % 24] * part + day[(at + apart) % 24] * (10 - part);
        let mixed: [u64; 24] = std::array::from_fn(|at| hour(first + at));
        let (quietest, busiest) = (mixed[..5].iter().min(), mixed[..5].iter().max());
        if busiest.unwrap() * 10 > quietest.unwrap() * 12 {
            continue;
        }
        looked_at += 1;
        let (curve, whole) = (seen(&mixed, 5), mixed.iter().sum::<u64>());
        let band = Band::new(&facts.plan, &quote, &curve, &shortfall);
        for hours in 1..=5 {
            let came = mixed[..hours].iter().sum::<u64>() * 1_000_000 / whole;
            let expected = band.by(after(Span::hours(hours as u64)));
            let is_held = expected.low <= came && came <= expected.high;
            assert!(is_held, "{mixed:?} {hours}: {came} {expected:?}");
        }
    }
    assert!(looked_at > 1_000, "{looked_at}");
}

/// A published day, how far its second time zone is away, how many tenths live in the first one,
/// and the hour that it begins with.
fn mixtures() -> impl Iterator<Item = ([u64; 24], usize, u64, usize)> {
    let days = PUBLISHED.into_iter();
    let apart = days.flat_map(|day| (0..24).map(move |apart| (day, apart)));
    let parts = apart.flat_map(|(day, apart)| (0..=10).map(move |part| (day, apart, part)));
    parts.flat_map(|(day, apart, part)| (0..24).map(move |first| (day, apart, part, first)))
}
