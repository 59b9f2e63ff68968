//! Business days: what people mean by "within five days" when offices have to work on it.

use crate::{Day, Instant};

/// Days on which offices work: all but Saturdays, Sundays and a list of holidays.
///
/// A time limit in business days begins on the day after the one on which it was set off, and
/// ends with its last day. Days are those of UTC. After the last holiday of the list only
/// weekends count: what is due is then due earlier than with a longer list, never later.
///
/// ```
/// use base::{BusinessCalendar, Day, Instant};
///
/// let thanksgiving = Day::parse("2026-11-26").expect("a day");
/// let calendar = BusinessCalendar::new([thanksgiving]);
/// let wednesday = Instant::parse("2026-11-25T09:00:00Z").expect("a time");
/// // Thursday is a holiday, so the first day is Friday and the second Monday.
/// assert_eq!(calendar.due_at(wednesday, 2).to_string(), "2026-12-01T00:00:00Z");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BusinessCalendar {
    /// In order, each once.
    holidays: Vec<Day>,
}

impl BusinessCalendar {
    /// A calendar without holidays.
    pub const WEEKENDS_ONLY: BusinessCalendar = BusinessCalendar { holidays: Vec::new() };

    /// A calendar with these holidays; those on weekends change nothing.
    pub fn new(holidays: impl IntoIterator<Item = Day>) -> BusinessCalendar {
        let mut holidays: Vec<Day> = holidays.into_iter().collect();
        holidays.sort_unstable();
        holidays.dedup();
        BusinessCalendar { holidays }
    }

    /// The holidays, in order.
    pub fn holidays(&self) -> &[Day] {
        &self.holidays
    }

    /// Whether offices work on that day.
    pub fn is_business_day(&self, day: Day) -> bool {
        !day.weekday().is_weekend() && self.holidays.binary_search(&day).is_err()
    }

    /// The how manyth business day after a day; the day itself for none. At most [`Day::MAX`].
    pub fn after(&self, day: Day, business_days: u32) -> Day {
        let mut day = day;
        for _ in 0..business_days {
            day = self.next_after(day);
        }
        day
    }

    /// When something that is to be done within so many business days from `at` is due: at the end
    /// of the last of them.
    pub fn due_at(&self, at: Instant, business_days: u32) -> Instant {
        self.after(Day::of(at), business_days).end()
    }

    fn next_after(&self, day: Day) -> Day {
        let mut next = day.plus_days(1);
        while !self.is_business_day(next) && next < Day::MAX {
            next = next.plus_days(1);
        }
        next
    }
}
