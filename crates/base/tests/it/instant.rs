use base::{Instant, InstantError, Span};
use jiff::Timestamp;
use proptest::prelude::*;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

#[test]
fn texts_are_read_and_written_in_utc() {
    #[track_caller]
    fn check(text: &str, written: &str) {
        assert_eq!(at(text).to_string(), written, "{text}");
        assert_eq!(at(written), at(text), "{text}");
    }
    check("2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z");
    check("2026-11-20T10:00:00.250Z", "2026-11-20T10:00:00.250Z");
    check("2026-11-20T10:00:00.25Z", "2026-11-20T10:00:00.250Z");
    check("2026-11-20T10:00:00.000001Z", "2026-11-20T10:00:00.000001Z");
    check("2026-11-20T10:00:00.123400Z", "2026-11-20T10:00:00.123400Z");
    check("2026-11-20T10:00:00.123456789Z", "2026-11-20T10:00:00.123456Z");
    check("2026-11-20T10:00:00.000000999Z", "2026-11-20T10:00:00Z");
    check("2026-11-20t10:00:00z", "2026-11-20T10:00:00Z");
    check("2026-11-20T10:00:00+00:00", "2026-11-20T10:00:00Z");
    check("2026-11-20T10:00:00-00:00", "2026-11-20T10:00:00Z");
    check("2026-11-20T10:00:00+05:45", "2026-11-20T04:15:00Z");
    check("2026-12-31T20:00:00-05:00", "2027-01-01T01:00:00Z");
    check("2024-02-29T23:59:59.999999Z", "2024-02-29T23:59:59.999999Z");
    check("2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z");
    check("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z");
    check("1969-12-31T23:30:00-01:00", "1970-01-01T00:30:00Z");
    check("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z");
}

#[test]
fn other_texts_are_refused() {
    #[track_caller]
    fn check(expected: InstantError, texts: &[&str]) {
        for text in texts {
            assert_eq!(Instant::parse(text), Err(expected), "{text:?}");
        }
    }
    let shapes = [
        "",
        "2026",
        "2026-11-20",
        "2026-11-20T10:00:00",
        "2026-11-20T10:00Z",
        "20261120T100000Z",
        "2026-11-20 10:00:00Z",
        "2026-11-20T10:00:00.Z",
        "2026-11-20T10:00:00,5Z",
        "2026-11-20T10:00:00.1234567890Z",
        "2026-11-20T10:00:00+05",
        "2026-11-20T10:00:00+0545",
        "2026-11-20T10:00:00Z ",
        " 2026-11-20T10:00:00Z",
        "2026-11-20T10:00:00ZZ",
        "2026-11-20T10:00:00Z[UTC]",
        "2026-1-20T10:00:00Z",
        "+2026-11-20T10:00:00Z",
        "-2026-11-20T10:00:00Z",
        "12026-11-20T10:00:00Z",
        "2026-11-20T10:00:+0Z",
        "2026-11-20T10:00:00\u{2212}05:00",
        "２026-11-20T10:00:00Z",
        "1795168800",
    ];
    check(InstantError::Malformed, &shapes);
    let impossible = [
        "2026-00-20T10:00:00Z",
        "2026-13-20T10:00:00Z",
        "2026-11-00T10:00:00Z",
        "2026-11-31T10:00:00Z",
        "2026-02-29T10:00:00Z",
        "2100-02-29T10:00:00Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T10:60:00Z",
        "2016-12-31T23:59:60Z",
        "2026-11-20T10:00:00+24:00",
        "2026-11-20T10:00:00+10:60",
    ];
    check(InstantError::NoSuchTime, &impossible);
    let out_of_range = [
        "1969-12-31T23:59:59.999999Z",
        "0000-01-01T00:00:00Z",
        "1970-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
    ];
    check(InstantError::OutOfRange, &out_of_range);
}

#[test]
fn numbers_out_of_range_are_clamped_or_refused_as_asked() {
    #[track_caller]
    fn check(micros: i64, clamped: Instant, is_valid: bool) {
        assert_eq!(Instant::from_micros(micros), clamped);
        assert_eq!(Instant::try_from_micros(micros).is_some(), is_valid);
    }
    check(i64::MIN, Instant::MIN, false);
    check(-1, Instant::MIN, false);
    check(0, Instant::MIN, true);
    check(Instant::MAX.micros(), Instant::MAX, true);
    check(Instant::MAX.micros() + 1, Instant::MAX, false);
    check(i64::MAX, Instant::MAX, false);
}

#[test]
fn spans_move_instants_and_stop_at_the_ends() {
    let start = at("2026-11-20T10:00:00Z");
    let later = at("2026-11-21T10:00:00Z");
    assert_eq!(start.checked_add(Span::days(1)), Some(later));
    assert_eq!(start.saturating_add(Span::seconds(86_400)), later);
    assert_eq!(later.saturating_sub(Span::days(1)), start);
    assert_eq!(later.since(start), Some(Span::days(1)));
    assert_eq!(start.since(later), None);
    assert_eq!(start.since(start), Some(Span::ZERO));

    let smallest = Span::from_micros(1);
    assert_eq!(Instant::MAX.checked_add(Span::ZERO), Some(Instant::MAX));
    assert_eq!(Instant::MAX.checked_add(smallest), None);
    assert_eq!(start.checked_add(Span::MAX), None);
    assert_eq!(Instant::MAX.saturating_add(smallest), Instant::MAX);
    assert_eq!(start.saturating_add(Span::MAX), Instant::MAX);
    assert_eq!(start.saturating_sub(Span::MAX), Instant::MIN);

    assert_eq!(Span::days(2).micros(), 172_800_000_000);
    assert_eq!(Span::from_micros(u64::MAX), Span::MAX);
    assert_eq!(Span::seconds(u64::MAX), Span::MAX);
    assert_eq!(Span::days(u64::MAX), Span::MAX);
    assert_eq!(Span::MAX.micros(), i64::MAX as u64);
}

#[test]
fn every_day_of_a_whole_cycle_has_the_date_that_jiff_gives_it() {
    // The calendar repeats after 400 years; the tests with random instants reach the others.
    let mut date = jiff::civil::date(1970, 1, 1);
    for day in 0..=146_097 {
        let noon = Instant::from_micros(day * 86_400_000_000 + 43_200_000_000);
        let text = format!("{:04}-{:02}-{:02}T12:00:00Z", date.year(), date.month(), date.day());
        assert_eq!(noon.to_string(), text);
        assert_eq!(Instant::parse(&text), Ok(noon));
        assert_eq!(noon.day_number(), day);
        date = date.tomorrow().unwrap();
    }
    assert_eq!(date, jiff::civil::date(2370, 1, 2));
    assert_eq!(Instant::MAX.day_number(), 2_932_896);
}

fn any_instant() -> impl Strategy<Value = Instant> {
    (0..=Instant::MAX.micros()).prop_map(Instant::from_micros)
}

proptest! {
    #[test]
    fn jiff_reads_what_is_written_here(instant in any_instant()) {
        let text = instant.to_string();
        prop_assert_eq!(text.parse::<Timestamp>().unwrap().as_microsecond(), instant.micros());
        prop_assert_eq!(Instant::parse(&text), Ok(instant));
        let mut appended = String::new();
        instant.write_into(&mut appended);
        prop_assert_eq!(appended, text);
    }

    #[test]
    fn what_jiff_writes_is_read_here(
        // Two days from either end, so that no offset leads out of jiff's own range.
        micros in 172_800_000_000..253_402_128_000_000_000_i64,
        offset_minutes in -1_439..=1_439_i32,
    ) {
        let timestamp = Timestamp::from_microsecond(micros).unwrap();
        let offset = jiff::tz::Offset::from_seconds(offset_minutes * 60).unwrap();
        let text = timestamp.display_with_offset(offset).to_string();
        prop_assert_eq!(Instant::parse(&text), Ok(Instant::from_micros(micros)));
    }

    #[test]
    fn a_damaged_text_is_refused_or_means_what_jiff_thinks(
        instant in any_instant(),
        place in any::<prop::sample::Index>(),
        replacement in "[0-9TtZz:.+ -]{0,2}|\\PC",
    ) {
        let mut text = instant.to_string();
        let place = place.index(text.len());
        text.replace_range(place..=place, &replacement);
        if let Ok(read) = Instant::parse(&text) {
            prop_assert_eq!(text.parse::<Timestamp>().unwrap().as_microsecond(), read.micros());
        }
    }
}
