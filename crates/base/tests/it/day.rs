use base::{Day, DayError, Instant, Weekday};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

#[test]
fn days_are_read_in_one_form() {
    for text in ["1970-01-01", "2000-02-29", "2024-02-29", "2026-12-31", "9999-12-31"] {
        assert_eq!(day(text).to_string(), text);
    }
    for text in [
        "",
        "2026-02-29",
        "2100-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-04-31",
        "2026-1-01",
        "2026/01/01",
        "1969-12-31",
        "+026-01-01",
        "2026-01-01Z",
        " 2026-01-0",
    ] {
        assert_eq!(Day::parse(text), Err(DayError), "{text:?}");
    }
}

#[test]
fn a_day_begins_and_ends_at_midnight() {
    let at = Instant::parse("2026-11-20T23:59:59.999999Z").unwrap();
    assert_eq!(Day::of(at), day("2026-11-20"));
    assert_eq!(day("2026-11-20").start().to_string(), "2026-11-20T00:00:00Z");
    assert_eq!(day("2026-11-20").end().to_string(), "2026-11-21T00:00:00Z");
    assert_eq!(Day::MAX.end(), Instant::MAX);
    assert_eq!(Day::MAX.plus_days(u32::MAX), Day::MAX);
    assert_eq!(Day::MAX.plus_months(u32::MAX), Day::MAX);
    assert_eq!((Day::from_number(-1), Day::from_number(Day::MAX.number() + 1)), (None, None));
}

#[test]
fn months_end_where_they_end() {
    #[track_caller]
    fn check(from: &str, months: u32, expected: &str) {
        assert_eq!(day(from).plus_months(months).to_string(), expected, "{from} + {months}");
    }
    check("2026-01-31", 0, "2026-01-31");
    check("2026-01-31", 1, "2026-02-28");
    check("2024-01-31", 1, "2024-02-29");
    check("2026-08-31", 6, "2027-02-28");
    check("2026-12-15", 13, "2028-01-15");
    check("2026-12-01", 1, "2027-01-01");
    check("9999-11-30", 2, "9999-12-31");
}

proptest! {
    #[test]
    fn another_calendar_agrees(number in 0..=Day::MAX.number(), months in 0..400_u32) {
        let ours = Day::from_number(number).unwrap();
        let epoch = date(1970, 1, 1);
        let theirs: Date = epoch.checked_add(number.days()).unwrap();
        prop_assert_eq!(ours.to_string(), theirs.to_string());
        let weekday = usize::try_from(theirs.weekday().to_monday_zero_offset()).unwrap();
        prop_assert_eq!(ours.weekday(), Weekday::ALL[weekday]);
        let later = theirs.checked_add(i64::from(months).months());
        let later = later.map_or(Day::MAX.to_string(), |date| date.to_string());
        prop_assert_eq!(ours.plus_months(months).to_string(), later);
    }
}
