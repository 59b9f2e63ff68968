//! Dates and times as exports write them.

use base::{Instant, Span};

/// A time: `2026-03-01 14:30:00 -0500`, `2026-03-01 14:30:00 UTC`, a bare date (its first moment
/// in UTC), or RFC 3339.
pub(super) fn time(text: &str) -> Option<Instant> {
    let parts: Vec<&str> = text.split(' ').collect();
    let rfc3339 = match parts.as_slice() {
        [date, clock, offset] => format!("{date}T{clock}{}", zone(offset)?),
        [date, clock] => format!("{date}T{clock}Z"),
        [date] if date.len() == 10 => format!("{date}T00:00:00Z"),
        [whole] => (*whole).to_owned(),
        _ => return None,
    };
    Instant::parse(&rfc3339).ok()
}

/// When a card expires. A bare date is good for the whole of that day wherever on earth its owner
/// is: the last place where it ends is twelve hours behind UTC.
pub(super) fn expiry(text: &str) -> Option<Instant> {
    if text.len() == 10 {
        let noon = Instant::parse(&format!("{text}T12:00:00Z")).ok()?;
        return Some(noon.saturating_add(Span::days(1)));
    }
    time(text)
}

/// `-0500` as `-05:00`.
fn zone(offset: &str) -> Option<String> {
    match (offset, offset.len()) {
        ("UTC" | "Z", _) => Some("Z".to_owned()),
        (_, 5) if offset.is_ascii() => Some(format!("{}:{}", &offset[..3], &offset[3..])),
        (_, 6) => Some(offset.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(read: fn(&str) -> Option<Instant>, text: &str, expected: Option<&str>) {
        assert_eq!(read(text).map(|at| at.to_string()).as_deref(), expected, "{text}");
    }

    #[test]
    fn times_are_read_as_exports_write_them() {
        check(time, "2026-03-01 14:30:00 -0500", Some("2026-03-01T19:30:00Z"));
        check(time, "2026-03-01 14:30:00 UTC", Some("2026-03-01T14:30:00Z"));
        check(time, "2026-03-01T14:30:00+09:00", Some("2026-03-01T05:30:00Z"));
        check(time, "2026-03-01", Some("2026-03-01T00:00:00Z"));
        check(time, "2026-02-30 14:30:00 -0500", None);
        check(time, "01/03/2026", None);
        check(time, "2026-03-01 14:30:00 é", None);
        check(time, "", None);
    }

    #[test]
    fn a_date_is_good_until_it_ends_everywhere() {
        check(expiry, "2026-12-31", Some("2027-01-01T12:00:00Z"));
        check(expiry, "2026-12-31 10:00:00 UTC", Some("2026-12-31T10:00:00Z"));
        check(expiry, "2026-13-31", None);
        check(expiry, "31.12.2026", None);
    }
}
