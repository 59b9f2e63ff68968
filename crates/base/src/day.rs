//! Days of the calendar.

use std::fmt;
use std::str::FromStr;

use crate::civil::Date;
use crate::{Instant, Span};

/// A day of the Gregorian calendar in UTC, from 1970-01-01 to 9999-12-31.
///
/// For rules that count in days and months. What is due within hours is an [`Instant`].
///
/// ```
/// use base::{Day, Weekday};
///
/// let day = Day::parse("2026-01-31").expect("a day");
/// assert_eq!(day.weekday(), Weekday::Saturday);
/// assert_eq!(day.plus_months(1).to_string(), "2026-02-28");
/// assert_eq!(day.end().to_string(), "2026-02-01T00:00:00Z");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// The first day, 1970-01-01.
    pub const MIN: Day = Day(0);

    /// The last day, 9999-12-31.
    pub const MAX: Day = Day(Instant::MAX.day_number());

    /// The day in which an instant lies.
    pub const fn of(at: Instant) -> Day {
        Day(at.day_number())
    }

    /// The day that many days after 1970-01-01; `None` out of range.
    pub const fn from_number(number: i64) -> Option<Day> {
        if number < Day::MIN.0 || number > Day::MAX.0 { None } else { Some(Day(number)) }
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// Reads `2026-11-20`: a full date of RFC 3339, and nothing else.
    ///
    /// # Errors
    ///
    /// [`DayError`] when the text has another shape, or the calendar no such day.
    pub fn parse(text: &str) -> Result<Day, DayError> {
        let bytes = text.as_bytes();
        let is_date = bytes.len() == 10
            && bytes.iter().enumerate().all(|(place, byte)| match place {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !is_date {
            return Err(DayError);
        }
        let number = |range: std::ops::Range<usize>| {
            bytes[range].iter().fold(0, |sum, digit| 10 * sum + i64::from(digit - b'0'))
        };
        let date = Date { year: number(0..4), month: number(5..7), day: number(8..10) };
        date.day_number().and_then(Day::from_number).ok_or(DayError)
    }

    /// The first instant of the day.
    pub const fn start(self) -> Instant {
        Instant::MIN.saturating_add(Span::days(self.0.unsigned_abs()))
    }

    /// The instant at which the day is over: the first one of the next.
    pub const fn end(self) -> Instant {
        self.start().saturating_add(Span::days(1))
    }

    /// So many days later, at most [`Day::MAX`].
    pub const fn plus_days(self, days: u32) -> Day {
        let later = self.0 + days as i64;
        if later > Day::MAX.0 { Day::MAX } else { Day(later) }
    }

    /// The same day so many months later, at most [`Day::MAX`]. Where that month is too short, its
    /// last day.
    pub fn plus_months(self, months: u32) -> Day {
        let date = Date::of_day_number(self.0);
        let month = date.month - 1 + i64::from(months);
        let (year, month) = (date.year + month / 12, month % 12 + 1);
        let day = (1..=date.day).rev().find_map(|day| Date { year, month, day }.day_number());
        day.and_then(Day::from_number).unwrap_or(Day::MAX)
    }

    /// Which day of the week it is.
    pub fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday, the fourth day of a week that begins on Monday.
        let days_since_monday = (self.0 + 3).rem_euclid(7);
        let weekday = Weekday::ALL.into_iter().nth(usize::try_from(days_since_monday).unwrap_or(0));
        weekday.unwrap_or(Weekday::Monday)
    }
}

/// A full date of RFC 3339: `2026-11-20`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Date { year, month, day } = Date::of_day_number(self.0);
        f.pad(&format!("{year:04}-{month:02}-{day:02}"))
    }
}

/// The same as the text form.
impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Day, DayError> {
        Day::parse(text)
    }
}

/// The text is not a day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a day of the years 1970 to 9999 such as 2026-11-20")]
pub struct DayError;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "their names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// Every day, in the order of ISO 8601.
    pub const ALL: [Weekday; 7] = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];

    /// True for Saturday and Sunday.
    pub fn is_weekend(self) -> bool {
        matches!(self, Weekday::Saturday | Weekday::Sunday)
    }
}
