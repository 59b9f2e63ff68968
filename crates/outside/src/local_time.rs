//! Dates and times of day as people say them, and what instant that is where somebody lives.
//!
//! Zones are those of the IANA time zone database (<https://www.iana.org/time-zones>) that is built
//! into the binary, so every process of an installation knows the same ones. Governments change
//! them: an instant that was found stays what it was.

use base::Instant;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// A date and a time of day, in a place that is not said.
///
/// ```
/// use outside::local_time::LocalTime;
///
/// let eve = LocalTime::parse("2026-12-24T18:30").expect("a local time");
/// let there = eve.instant_in("America/Los_Angeles").expect("a known zone");
/// assert_eq!(there.to_string(), "2026-12-25T02:30:00Z");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime(DateTime);

/// What a date without a time means: nine o'clock in the morning.
const MORNING: Time = Time::constant(9, 0, 0, 0);

/// Bytes of `2026-12-24`.
const DATE_BYTES: usize = 10;

/// Bytes of `2026-12-24T18:30` and of `2026-12-24T18:30:00`.
const TIME_BYTES: [usize; 2] = [16, 19];

/// Why there is no such instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoInstant {
    /// The database has no zone of this name.
    #[error("no time zone of the IANA database, such as America/Los_Angeles")]
    UnknownZone,
    /// Before 1970 or after 9999.
    #[error("outside the years 1970 to 9999")]
    OutOfRange,
}

impl LocalTime {
    /// Reads a date, `2026-12-24`, or a date and time without offset, `2026-12-24T18:30`, with
    /// seconds or without. `None` for anything else, a time with an offset among it.
    pub fn parse(text: &str) -> Option<LocalTime> {
        // The library reads more forms than one; ours are told by shape first.
        let of_shape = |shape: &[u8]| {
            let fits = |(byte, at): (u8, &u8)| match at {
                b'0' => byte.is_ascii_digit(),
                at => byte == *at,
            };
            text.bytes().zip(shape).all(fits)
        };
        if !of_shape(b"0000-00-00T00:00:00") {
            return None;
        }
        if text.len() == DATE_BYTES {
            let date: Date = text.parse().ok()?;
            return Some(LocalTime(date.to_datetime(MORNING)));
        }
        let is_time = TIME_BYTES.contains(&text.len()) && !text.ends_with(":60");
        is_time.then(|| text.parse().ok().map(LocalTime)).flatten()
    }

    /// The instant that it is in a time zone. A time that a clock shows twice, when it is put
    /// back, is the first one; one that it skips is as much later as the clock is put forward.
    ///
    /// # Errors
    ///
    /// [`NoInstant`].
    pub fn instant_in(self, zone: &str) -> Result<Instant, NoInstant> {
        let zone = TimeZone::get(zone).map_err(|_| NoInstant::UnknownZone)?;
        let found = zone.to_timestamp(self.0).map_err(|_| NoInstant::OutOfRange)?;
        Instant::try_from_micros(found.as_microsecond()).ok_or(NoInstant::OutOfRange)
    }
}

/// By how many minutes clocks in a time zone are ahead of UTC at an instant.
///
/// # Errors
///
/// [`NoInstant`].
pub fn offset_minutes(at: Instant, zone: &str) -> Result<i16, NoInstant> {
    let zone = TimeZone::get(zone).map_err(|_| NoInstant::UnknownZone)?;
    let at = Timestamp::from_microsecond(at.micros()).map_err(|_| NoInstant::OutOfRange)?;
    i16::try_from(zone.to_offset(at).seconds() / 60).map_err(|_| NoInstant::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, zone: &str) -> String {
        let local = LocalTime::parse(text).unwrap_or_else(|| panic!("{text}"));
        local.instant_in(zone).unwrap().to_string()
    }

    #[test]
    fn a_local_time_is_another_instant_in_each_zone() {
        assert_eq!(at("2026-12-24", "UTC"), "2026-12-24T09:00:00Z");
        assert_eq!(at("2026-12-24", "Asia/Tokyo"), "2026-12-24T00:00:00Z");
        assert_eq!(at("2026-12-24", "America/Los_Angeles"), "2026-12-24T17:00:00Z");
        assert_eq!(at("2026-07-04", "America/Los_Angeles"), "2026-07-04T16:00:00Z");
        assert_eq!(at("2026-12-24T18:30", "Asia/Kathmandu"), "2026-12-24T12:45:00Z");
        assert_eq!(at("2026-12-24T18:30:15", "Europe/Berlin"), "2026-12-24T17:30:15Z");
        assert_eq!(at("2027-01-01T00:00", "Pacific/Kiritimati"), "2026-12-31T10:00:00Z");
    }

    /// Clocks in Berlin: forward from 2:00 to 3:00 on 2027-03-28, back from 3:00 to 2:00 on
    /// 2026-10-25.
    #[test]
    fn a_time_that_is_skipped_comes_later_and_one_that_comes_twice_is_the_first() {
        assert_eq!(at("2027-03-28T02:30", "Europe/Berlin"), "2027-03-28T01:30:00Z");
        assert_eq!(at("2026-10-25T02:30", "Europe/Berlin"), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn anything_else_is_no_local_time() {
        for text in [
            "",
            "2026-12-2",
            "2026-13-01",
            "2026-02-29",
            "2026-12-24 18:30",
            "2026-12-24t18:30",
            "2026-12-24T18",
            "2026-12-24T24:00",
            "2026-12-24T18:30Z",
            "2026-12-24T18:30+01:00",
            "2026-12-24T18:30:00Z",
            "2026-12-24T18:30:60",
            "20261224",
            "+002026-12-24",
            "2026-12-24T18:30:00.5",
            "2026-12-24T18:30[UTC]",
            "2026-12-24T1830",
        ] {
            assert_eq!(LocalTime::parse(text), None, "{text}");
        }
    }

    #[test]
    fn only_zones_of_the_database_are_known() {
        let day = LocalTime::parse("2026-12-24").unwrap();
        for zone in ["", "Mars/Olympus", "../etc/passwd", "+01:00"] {
            assert_eq!(day.instant_in(zone), Err(NoInstant::UnknownZone), "{zone}");
        }
        let early = LocalTime::parse("1969-12-31").unwrap();
        assert_eq!(early.instant_in("UTC"), Err(NoInstant::OutOfRange));
        let late = LocalTime::parse("9999-12-31T23:59").unwrap();
        assert_eq!(late.instant_in("America/Los_Angeles"), Err(NoInstant::OutOfRange));
    }

    #[test]
    fn clocks_are_ahead_by_the_season() {
        let check = |at: &str, zone: &str, minutes: i16| {
            assert_eq!(offset_minutes(Instant::parse(at).unwrap(), zone), Ok(minutes), "{zone}");
        };
        check("2026-12-24T12:00:00Z", "Europe/Berlin", 60);
        check("2026-07-04T12:00:00Z", "Europe/Berlin", 120);
        check("2026-12-24T12:00:00Z", "America/St_Johns", -210);
        check("2026-12-24T12:00:00Z", "Asia/Kathmandu", 345);
        let nowhere = offset_minutes(Instant::from_micros(0), "Mars/Olympus");
        assert_eq!(nowhere, Err(NoInstant::UnknownZone));
    }
}
