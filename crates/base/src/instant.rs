use std::fmt;
use std::str::FromStr;

use crate::{Span, instant_text};

/// A point in time: microseconds since 1970-01-01T00:00:00Z, up to the end of the year 9999.
///
/// Not to be confused with the standard library's type of the same name, which belongs to the
/// monotonic clock of one process. Leap seconds are not counted, as in POSIX time. The text form
/// is RFC 3339 (<https://www.rfc-editor.org/rfc/rfc3339>), always written in UTC.
///
/// ```
/// use base::{Instant, Span};
///
/// let noon = Instant::parse("2026-11-20T14:00:00+02:00").expect("a valid time");
/// assert_eq!(noon.to_string(), "2026-11-20T12:00:00Z");
/// assert_eq!(noon.saturating_add(Span::days(1)).to_string(), "2026-11-21T12:00:00Z");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

const MICROS_PER_DAY: i64 = 86_400_000_000;

impl Instant {
    /// The first instant, 1970-01-01T00:00:00Z.
    pub const MIN: Instant = Instant(0);

    /// The last instant, 9999-12-31T23:59:59.999999Z: the last one that RFC 3339 can write.
    pub const MAX: Instant = Instant(253_402_300_799_999_999);

    /// The instant that many microseconds after 1970-01-01T00:00:00Z, or the nearest instant in
    /// range. Where a number out of range is a mistake, as in stored data, use
    /// [`try_from_micros`](Self::try_from_micros).
    pub const fn from_micros(micros: i64) -> Instant {
        if micros < Instant::MIN.0 {
            Instant::MIN
        } else if micros > Instant::MAX.0 {
            Instant::MAX
        } else {
            Instant(micros)
        }
    }

    /// The instant that many microseconds after 1970-01-01T00:00:00Z; `None` out of range.
    pub const fn try_from_micros(micros: i64) -> Option<Instant> {
        let instant = Instant::from_micros(micros);
        if instant.0 == micros { Some(instant) } else { None }
    }

    /// The number of microseconds since 1970-01-01T00:00:00Z.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Reads an RFC 3339 date and time, with `Z` or an offset and up to nine decimals of a second.
    ///
    /// What is finer than a microsecond is cut off, because common clients write nanoseconds.
    ///
    /// # Errors
    ///
    /// [`InstantError`]; a leap second (`:60`) is a time that this type does not have.
    pub fn parse(text: &str) -> Result<Instant, InstantError> {
        instant_text::parse(text)
    }

    /// The instant one span later; `None` after [`Instant::MAX`].
    pub const fn checked_add(self, span: Span) -> Option<Instant> {
        match self.0.checked_add_unsigned(span.micros()) {
            Some(micros) => Instant::try_from_micros(micros),
            None => None,
        }
    }

    /// The instant one span later, at most [`Instant::MAX`].
    pub const fn saturating_add(self, span: Span) -> Instant {
        Instant::from_micros(self.0.saturating_add_unsigned(span.micros()))
    }

    /// The instant one span earlier, at least [`Instant::MIN`].
    pub const fn saturating_sub(self, span: Span) -> Instant {
        Instant::from_micros(self.0.saturating_sub_unsigned(span.micros()))
    }

    /// How much time has passed since `earlier`; `None` when that is later than `self`.
    pub const fn since(self, earlier: Instant) -> Option<Span> {
        if self.0 < earlier.0 { None } else { Some(Span::from_micros(self.0.abs_diff(earlier.0))) }
    }

    /// The number of whole UTC days since 1970-01-01, which is day 0.
    pub const fn day_number(self) -> i64 {
        self.0 / MICROS_PER_DAY
    }

    /// Appends the text form without going through the formatting machinery.
    pub fn write_into(self, text: &mut String) {
        text.push_str(instant_text::Rfc3339::of(self).as_str());
    }
}

/// RFC 3339 in UTC; the fraction of a second is absent, milliseconds or microseconds, the
/// shortest that is exact: `2026-11-20T10:00:00Z`, `2026-11-20T10:00:00.250Z`.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(instant_text::Rfc3339::of(*self).as_str())
    }
}

/// The same as the text form.
impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Instant {
    type Err = InstantError;

    fn from_str(text: &str) -> Result<Instant, InstantError> {
        Instant::parse(text)
    }
}

/// Why a text is not an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    /// Not of the shape that RFC 3339 prescribes, or more than nine decimals.
    #[error("not an RFC 3339 time such as 2026-11-20T10:00:00Z")]
    Malformed,
    /// The right shape, but there is no such day or time of day, or no such offset.
    #[error("no such date, time of day or offset")]
    NoSuchTime,
    /// Before 1970 or after 9999, in UTC.
    #[error("outside the years 1970 to 9999")]
    OutOfRange,
}
