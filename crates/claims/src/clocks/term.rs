//! Lengths of time in the words of rules.

use base::{BusinessCalendar, Day, Instant};

/// So much time, to the end of its last day in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// Business days, from the day after.
    BusinessDays(u32),
    /// Days of the calendar, from the day after.
    Days(u32),
    /// Months of the calendar.
    Months(u32),
}

/// No rule gives more time than this, in its unit.
const COUNT_MAX: u32 = 3_660;

impl Term {
    /// Reads `1 business day`, `60 days`, `13 months`; `None` for anything else, and for no time
    /// or more than 3,660 of the unit.
    pub fn parse(text: &str) -> Option<Term> {
        let (count, unit) = text.split_once(' ')?;
        let is_number = count.bytes().all(|byte| byte.is_ascii_digit()) && !count.starts_with('0');
        let count: u32 = count.parse().ok().filter(|count| is_number && *count <= COUNT_MAX)?;
        let singular = if count == 1 { unit } else { unit.strip_suffix('s')? };
        match singular {
            "business day" => Some(Term::BusinessDays(count)),
            "day" => Some(Term::Days(count)),
            "month" => Some(Term::Months(count)),
            _ => None,
        }
    }

    /// The end of the time that begins at `from`.
    pub fn end(self, from: Instant, calendar: &BusinessCalendar) -> Instant {
        let day = Day::of(from);
        match self {
            Term::BusinessDays(count) => calendar.due_at(from, count),
            Term::Days(count) => day.plus_days(count).end(),
            Term::Months(count) => day.plus_months(count).end(),
        }
    }

    /// True when this is never longer than the other one, whenever both begin. A month has 28 to
    /// 31 days; business days are compared with business days only.
    pub(crate) fn is_never_longer(self, other: Term) -> bool {
        match (self, other) {
            (Term::BusinessDays(this), Term::BusinessDays(other))
            | (Term::Days(this), Term::Days(other))
            | (Term::Months(this), Term::Months(other)) => this <= other,
            (Term::Days(days), Term::Months(months)) => days <= 28 * months,
            (Term::Months(months), Term::Days(days)) => 31 * months <= days,
            (Term::BusinessDays(_), _) | (_, Term::BusinessDays(_)) => false,
        }
    }
}

/// As it is read.
impl std::fmt::Display for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (count, unit) = match self {
            Term::BusinessDays(count) => (count, "business day"),
            Term::Days(count) => (count, "day"),
            Term::Months(count) => (count, "month"),
        };
        let plural = if *count == 1 { "" } else { "s" };
        write!(f, "{count} {unit}{plural}")
    }
}
