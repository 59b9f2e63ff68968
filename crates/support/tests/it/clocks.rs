//! By when we answer.

use base::Instant;
use support::Topic;
use support::conversation::{Clocks, Term};

/// Wednesday is a holiday.
const TABLE: &str = r#"
name = "support_clocks"
opens = 8
closes = 18
holidays = ["2026-11-25"]

[[answer]]
first = "8 business hours"
next = "1 business hour"
source = "a test"

[[answer]]
topic = "safety"
first = "4 hours"
next = "30 hours"
source = "a test"
"#;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

#[test]
fn answers_are_due_when_people_work() {
    let clocks = Clocks::load(TABLE).unwrap();
    for (from, due) in [
        // Monday, within the day and beyond it.
        ("2026-11-23T08:00:00Z", "2026-11-23T16:00:00Z"),
        ("2026-11-23T10:00:00Z", "2026-11-23T18:00:00Z"),
        ("2026-11-23T10:00:01Z", "2026-11-24T08:00:01Z"),
        ("2026-11-23T03:00:00Z", "2026-11-23T16:00:00Z"),
        ("2026-11-23T23:59:59Z", "2026-11-24T16:00:00Z"),
        // Over the holiday and over the weekend.
        ("2026-11-24T17:00:00Z", "2026-11-26T15:00:00Z"),
        ("2026-11-25T12:00:00Z", "2026-11-26T16:00:00Z"),
        ("2026-11-27T17:30:00Z", "2026-11-30T15:30:00Z"),
        ("2026-11-28T09:00:00Z", "2026-11-30T16:00:00Z"),
    ] {
        assert_eq!(clocks.first_due(Topic::Gifts, at(from)), at(due), "{from}");
    }
    let saturday = at("2026-11-28T23:00:00Z");
    assert_eq!(clocks.first_due(Topic::Safety, saturday), at("2026-11-29T03:00:00Z"));
    assert_eq!(clocks.next_due(Topic::Safety, saturday), at("2026-11-30T05:00:00Z"));
    assert_eq!(clocks.next_due(Topic::Help, saturday), at("2026-11-30T09:00:00Z"));
    assert_eq!(clocks.first_due(Topic::Help, Instant::MAX), Instant::MAX);
}

#[test]
fn the_table_of_the_house_serves() {
    let clocks = Clocks::of_house();
    assert_eq!(clocks.first_term(Topic::Safety), Term::Hours(4));
    assert_eq!(clocks.first_term(Topic::Claims), Term::BusinessHours(8));
    for term in ["4 hours", "1 hour", "8 business hours", "1 business hour"] {
        assert_eq!(Term::parse(term).unwrap().to_string(), term);
    }
    for term in ["", "4", "0 hours", "1 hours", "4 hour", "501 hours", "04 hours", "4 days"] {
        assert_eq!(Term::parse(term), None, "{term}");
    }
}

#[test]
fn a_table_that_does_not_serve_says_why() {
    for (from, to, why) in [
        ("name = \"support_clocks\"", "name = \"clocks\"", "the name must be"),
        ("opens = 8", "opens = 18", "later than"),
        ("closes = 18", "closes = 25", "an hour of the day"),
        ("closes = 18", "closes = 18\nshuts = 1", "`shuts` has no meaning"),
        ("2026-11-25", "2026-11-31", "a holiday must be a day"),
        ("topic = \"safety\"", "topic = \"moon\"", "no such topic"),
        ("topic = \"safety\"", "", "two rows are for the same"),
        ("first = \"8 business hours\"", "topic = \"help\"\nfirst = \"1 hour\"", "for all topics"),
        ("next = \"1 business hour\"", "next = \"soon\"", "`next` must be such as"),
        ("next = \"1 business hour\"", "", "`next` must be such as"),
        ("source = \"a test\"", "", "where it comes from"),
        ("[[answer]]", "[[answer", "no TOML"),
    ] {
        let broken = TABLE.replacen(from, to, 1);
        assert_ne!(broken, TABLE, "{from}");
        let error = Clocks::load(&broken).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}
