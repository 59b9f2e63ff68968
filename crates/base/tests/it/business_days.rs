use base::{BusinessCalendar, Day, Instant};
use proptest::prelude::*;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

#[test]
fn known_weeks() {
    // Thanksgiving, Christmas (a Friday) and New Year (a Friday) in the United States.
    let holidays = ["2026-11-26", "2026-12-25", "2027-01-01", "2027-01-18"];
    let calendar = BusinessCalendar::new(holidays.map(day));
    #[track_caller]
    fn check(calendar: &BusinessCalendar, from: &str, days: u32, expected: &str) {
        assert_eq!(calendar.after(day(from), days).to_string(), expected, "{from} + {days}");
    }
    // Monday to Friday, over a weekend, from a weekend.
    check(&calendar, "2026-11-16", 0, "2026-11-16");
    check(&calendar, "2026-11-16", 4, "2026-11-20");
    check(&calendar, "2026-11-16", 5, "2026-11-23");
    check(&calendar, "2026-11-20", 1, "2026-11-23");
    check(&calendar, "2026-11-21", 1, "2026-11-23");
    check(&calendar, "2026-11-22", 1, "2026-11-23");
    // Over a holiday in the week, and over two that make the weekend longer.
    check(&calendar, "2026-11-25", 1, "2026-11-27");
    check(&calendar, "2026-11-24", 5, "2026-12-02");
    check(&calendar, "2026-12-24", 1, "2026-12-28");
    check(&calendar, "2026-12-24", 5, "2027-01-04");
    check(&calendar, "2027-01-15", 1, "2027-01-19");
    // Without holidays.
    check(&BusinessCalendar::default(), "2026-11-25", 1, "2026-11-26");
    check(&BusinessCalendar::default(), "9999-12-30", 9, "9999-12-31");
}

#[test]
fn a_limit_ends_with_its_last_day() {
    let calendar = BusinessCalendar::default();
    let friday = Instant::parse("2026-11-20T23:59:59Z").unwrap();
    assert_eq!(calendar.due_at(friday, 1).to_string(), "2026-11-24T00:00:00Z");
    assert_eq!(calendar.due_at(friday, 0).to_string(), "2026-11-21T00:00:00Z");
}

proptest! {
    #[test]
    fn as_many_business_days_lie_between(
        from in 0..40_000_i64,
        days in 0..60_u32,
        holidays in prop::collection::vec(0..40_100_i64, 0..40),
        off in prop::collection::vec(0..30_i64, 0..10),
    ) {
        let holidays = holidays.into_iter().chain(off.into_iter().map(|off| from + off));
        let calendar = BusinessCalendar::new(holidays.filter_map(Day::from_number));
        let start = Day::from_number(from).unwrap();
        let end = calendar.after(start, days);
        let between = (from + 1..=end.number()).filter_map(Day::from_number);
        let count = between.filter(|day| calendar.is_business_day(*day)).count();
        prop_assert_eq!(count, days as usize);
        prop_assert!(days == 0 || calendar.is_business_day(end));
        prop_assert!(calendar.after(start, days + 1) > end);
    }
}
