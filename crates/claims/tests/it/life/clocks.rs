//! The clocks that serve, in known weeks, and the rows of a table against one another.

use base::{Currency, Money, Region, Token};
use claims::{ApprovalPolicy, Case, ClockTables, Ground, StepName, Term};

use super::world::{at, day, region};

fn case(ground: Ground, country: &str, rail: &str) -> Case {
    let region = (!country.is_empty()).then(|| region(country));
    let rail = (!rail.is_empty()).then(|| Token::new(rail).unwrap());
    Case { ground, region, rail }
}

#[test]
fn windows() {
    #[track_caller]
    fn check(ground: Ground, country: &str, rail: &str, expected: &str) {
        let tables = ClockTables::default_set();
        let from = at("2026-01-31T15:00:00Z");
        let until = tables.of(day("2026-06-01")).window_until(&case(ground, country, rail), from);
        assert_eq!(until, day(expected).end(), "{ground:?} {country} {rail}");
    }
    use Ground::{FailureToDeliver, Other, PoorOutcome, TechnicalError, UnauthorizedCharge};
    check(UnauthorizedCharge, "US", "stripe", "2026-05-02");
    check(UnauthorizedCharge, "US-NY", "sandbox", "2026-05-02");
    check(UnauthorizedCharge, "US", "giro", "2026-04-01");
    check(UnauthorizedCharge, "US", "", "2026-04-01");
    check(UnauthorizedCharge, "DE", "stripe", "2027-02-28");
    check(UnauthorizedCharge, "NO", "", "2027-02-28");
    check(UnauthorizedCharge, "GB-SCT", "", "2027-02-28");
    check(UnauthorizedCharge, "CH", "stripe", "2026-04-01");
    // Where nobody knows where the payer is, it may be where the time is longest.
    check(UnauthorizedCharge, "", "", "2027-02-28");
    check(UnauthorizedCharge, "ZZ", "", "2027-02-28");
    check(Other, "", "stripe", "2026-04-01");
    check(TechnicalError, "US", "stripe", "2026-05-31");
    check(FailureToDeliver, "", "", "2026-05-31");
    check(PoorOutcome, "DE", "stripe", "2026-04-01");
    check(Other, "DE", "stripe", "2026-04-01");
}

#[test]
fn steps() {
    #[track_caller]
    fn check(step: StepName, country: &str, from: &str, expected: &str) {
        let tables = ClockTables::default_set();
        let clocks = tables.of(day("2026-06-01"));
        let case = case(Ground::UnauthorizedCharge, country, "");
        let due_at = clocks.step_due(step, &case, day(from).start());
        assert_eq!(due_at, day(expected).end(), "{step:?} {country} from {from}");
    }
    // Five business days over Thanksgiving, which is no holiday elsewhere.
    check(StepName::Decided, "US", "2026-11-23", "2026-12-01");
    check(StepName::Decided, "JP", "2026-11-23", "2026-11-30");
    check(StepName::Decided, "", "2026-11-23", "2026-11-30");
    // One business day for an unauthorized charge in Europe, over Easter.
    check(StepName::Decided, "FR", "2026-04-02", "2026-04-07");
    check(StepName::Decided, "GB", "2026-04-02", "2026-04-07");
    check(StepName::Decided, "US", "2026-04-02", "2026-04-09");
    // Ten over Christmas: 25, 26 (a Saturday) and 28 are free in Britain, and the New Year.
    check(StepName::Paid, "GB", "2026-12-18", "2027-01-06");
    check(StepName::Paid, "DE", "2026-12-18", "2027-01-05");
    check(StepName::Matched, "US", "2026-07-02", "2026-07-06");
    check(StepName::Approved, "", "2026-03-06", "2026-03-10");
    check(StepName::AppealDecided, "", "2026-03-02", "2026-03-16");
}

#[test]
fn holidays_are_on_weekdays_of_the_years_they_are_for() {
    let tables = ClockTables::default_set();
    let clocks = tables.of(day("2026-06-01"));
    for (country, least, most) in [("US", 9, 11), ("AT", 3, 6), ("GB", 8, 8)] {
        let holidays = clocks.calendar(Some(region(country))).holidays();
        for year in 2026..=2031 {
            let of_year =
                holidays.iter().filter(|day| day.to_string().starts_with(&format!("{year}-")));
            let count = of_year.clone().count();
            assert!((least..=most).contains(&count), "{country} {year}: {count}");
            assert!(of_year.clone().all(|day| !day.weekday().is_weekend()), "{country} {year}");
        }
    }
    assert!(clocks.calendar(Some(Region::parse("JP").unwrap())).holidays().is_empty());
}

#[test]
fn every_row_says_where_it_comes_from() {
    let tables = ClockTables::default_set();
    let clocks = tables.of(day("2026-06-01"));
    let sources: Vec<_> = clocks.sources().collect();
    assert!(sources.iter().all(|(_, _, source)| source.len() > 10));
    assert!(sources.contains(&("decided", Term::BusinessDays(5), sources[3].2)));
    let of = |what| sources.iter().filter(move |(about, _, _)| *about == what).count();
    assert_eq!((of("window"), of("appeal"), of("decided")), (4, 1, 2));
}

#[test]
fn terms_are_read_in_one_form() {
    #[track_caller]
    fn check(text: &str, term: Term) {
        assert_eq!(Term::parse(text), Some(term));
        assert_eq!(term.to_string(), text);
    }
    check("1 business day", Term::BusinessDays(1));
    check("10 business days", Term::BusinessDays(10));
    check("1 day", Term::Days(1));
    check("3660 days", Term::Days(3_660));
    check("1 month", Term::Months(1));
    check("13 months", Term::Months(13));
    for text in [
        "",
        "5",
        "days",
        "0 days",
        "05 days",
        "1 days",
        "2 day",
        "-1 days",
        "+1 day",
        "3661 days",
        "5  days",
        "5 Days",
        "5 weeks",
        "99999999999 days",
        "5 days ",
    ] {
        assert_eq!(Term::parse(text), None, "{text:?}");
    }
}

/// The least that a table must have.
pub const LEAST: &str = r#"
name = "clocks"
effective_from = "2026-01-01"
[[step]]
name = "received"
within = "1 business day"
source = "s"
[[step]]
name = "matched"
within = "1 business day"
source = "s"
[[step]]
name = "gathered"
within = "1 business day"
source = "s"
[[step]]
name = "decided"
within = "5 business days"
source = "s"
[[step]]
name = "approved"
within = "1 business day"
source = "s"
[[step]]
name = "paid"
within = "1 business day"
source = "s"
[[step]]
name = "appeal_decided"
within = "1 business day"
source = "s"
[[window]]
within = "60 days"
source = "s"
[[appeal]]
within = "6 months"
source = "s"
"#;

#[test]
fn each_day_has_the_clocks_that_serve_then() {
    let next = LEAST.replace("2026-01-01", "2027-01-01").replace("60 days", "90 days");
    let tables = ClockTables::load(&[("next", &next), ("first", LEAST)]).unwrap();
    #[track_caller]
    fn check(tables: &ClockTables, on: &str, until: &str) {
        let case = case(Ground::Other, "", "");
        let found = tables.of(day(on)).window_until(&case, at("2026-01-01T00:00:00Z"));
        assert_eq!(found, day(until).end(), "on {on}");
    }
    // Before the first table ever served, it serves all the same.
    check(&tables, "2025-06-01", "2026-03-02");
    check(&tables, "2026-01-01", "2026-03-02");
    check(&tables, "2026-12-31", "2026-03-02");
    check(&tables, "2027-01-01", "2026-04-01");
    check(&tables, "2030-01-01", "2026-04-01");
}

#[test]
fn the_version_is_that_of_what_is_said() {
    let version =
        |text: &str| ClockTables::load(&[("f", text)]).unwrap().of(day("2026-06-01")).version();
    assert_eq!(version(LEAST), version(&format!("# A remark\n{LEAST}")));
    assert_eq!(version(LEAST), version(&LEAST.replace("\"s\"", "\"another\"")));
    assert_ne!(version(LEAST), version(&LEAST.replace("60 days", "61 days")));
    assert_ne!(version(LEAST), version(&LEAST.replace("2026-01-01", "2026-01-02")));
    let holidays = "[[holidays]]\nregions = [\"US\"]\nsource = \"s\"\ndays = [\"2026-07-04\"]\n";
    assert_ne!(version(LEAST), version(&format!("{LEAST}{holidays}")));
}

#[test]
fn a_second_person_is_needed_above_a_limit() {
    #[track_caller]
    fn check(minor: i64, currency: Currency, expected: bool) {
        let policy = ApprovalPolicy::default_policy();
        let sum = Money::new(minor, currency).unwrap();
        assert_eq!(policy.needs_second_person(sum), expected, "{minor} {currency:?}");
    }
    check(50_000, Currency::USD, false);
    check(50_001, Currency::USD, true);
    check(75_000, Currency::JPY, false);
    check(75_001, Currency::JPY, true);
    // Not listed: a hundred of its major units, which have three decimals.
    check(100_000, Currency::KWD, false);
    check(100_001, Currency::KWD, true);
    check(i64::MAX, Currency::EUR, true);
    check(0, Currency::EUR, false);
}
