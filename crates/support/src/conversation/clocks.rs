//! By when we answer, as data.

use std::fmt;

use base::{BusinessCalendar, Day, Instant, Span};
use toml::{Table, Value};

use crate::Topic;

/// The table of the house.
const DEFAULT: &str = include_str!("../../../../rules/support/clocks.toml");

/// No term is longer, in hours.
const HOURS_MAX: u32 = 500;

/// By when customers are answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clocks {
    open: Opening,
    /// First and later answers, for each topic in the order of [`Topic::ALL`].
    terms: [(Term, Term); Topic::ALL.len()],
}

/// When people work.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Opening {
    /// Hours of the day in UTC.
    opens: u32,
    closes: u32,
    calendar: BusinessCalendar,
}

/// So much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// Hours that run on, at night and on holidays too.
    Hours(u32),
    /// Hours in which people work.
    BusinessHours(u32),
}

/// A table that does not serve: what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("clocks of support: {0}")]
pub struct ClockError(String);

impl Clocks {
    /// The table of the house.
    ///
    /// # Panics
    ///
    /// Never: a test loads it.
    pub fn of_house() -> Clocks {
        Clocks::load(DEFAULT).expect("the table of this crate is tested")
    }

    /// Reads and checks a table.
    ///
    /// # Errors
    ///
    /// [`ClockError`]: no TOML; a key, topic, day or time that has no meaning here; an hour at
    /// which nobody opens; two rows of one topic; no row for all topics.
    pub fn load(text: &str) -> Result<Clocks, ClockError> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            ClockError(format!("no TOML: {}", error.message()))
        })?;
        only(&table, &["name", "opens", "closes", "holidays", "answer"])?;
        if table.get("name").and_then(Value::as_str) != Some("support_clocks") {
            return Err(wrong("the name must be \"support_clocks\""));
        }
        let open = Opening::read(&table)?;
        let rows = table.get("answer").and_then(Value::as_array);
        let mut terms: [Option<(Term, Term)>; Topic::ALL.len()] = Default::default();
        let mut for_all = None;
        for row in rows.ok_or_else(|| wrong("there is no [[answer]]"))? {
            let (topic, pair) = row_of(row)?;
            let place = match topic {
                Some(topic) => &mut terms[topic as usize],
                None => &mut for_all,
            };
            if place.replace(pair).is_some() {
                return Err(wrong("two rows are for the same"));
            }
        }
        let for_all = for_all.ok_or_else(|| wrong("no row is for all topics"))?;
        Ok(Clocks { open, terms: terms.map(|pair| pair.unwrap_or(for_all)) })
    }

    /// When the first answer to a request of `from` is due.
    pub fn first_due(&self, topic: Topic, from: Instant) -> Instant {
        self.open.end(self.terms[topic as usize].0, from)
    }

    /// When the answer to a later message of `from` is due.
    pub fn next_due(&self, topic: Topic, from: Instant) -> Instant {
        self.open.end(self.terms[topic as usize].1, from)
    }

    /// How soon a request is answered for the first time, in words of the table.
    pub fn first_term(&self, topic: Topic) -> Term {
        self.terms[topic as usize].0
    }
}

impl Opening {
    fn read(table: &Table) -> Result<Opening, ClockError> {
        let hour = |name: &str| {
            let hour = table.get(name).and_then(Value::as_integer);
            let hour = hour.and_then(|hour| u32::try_from(hour).ok()).filter(|hour| *hour <= 24);
            hour.ok_or_else(|| wrong(&format!("`{name}` must be an hour of the day, 0 to 24")))
        };
        let (opens, closes) = (hour("opens")?, hour("closes")?);
        if opens >= closes {
            return Err(wrong("`closes` must be later than `opens`"));
        }
        let days = table.get("holidays").and_then(Value::as_array);
        let days = days.ok_or_else(|| wrong("`holidays` must be a list of days"))?;
        let day = |value: &Value| value.as_str().and_then(|text| Day::parse(text).ok());
        let days: Option<Vec<Day>> = days.iter().map(day).collect();
        let days = days.ok_or_else(|| wrong("a holiday must be a day, such as \"2026-12-25\""))?;
        Ok(Opening { opens, closes, calendar: BusinessCalendar::new(days) })
    }

    /// The end of a term that begins at `from`.
    fn end(&self, term: Term, from: Instant) -> Instant {
        let hours = match term {
            Term::Hours(hours) => return from.saturating_add(Span::hours(hours.into())),
            Term::BusinessHours(hours) => hours,
        };
        let mut left = Span::hours(hours.into());
        let mut day = Day::of(from);
        loop {
            let at = |hour: u32| day.start().saturating_add(Span::hours(hour.into()));
            let (begin, end) = (from.max(at(self.opens)), at(self.closes));
            if self.calendar.is_business_day(day) && begin < end {
                let room = end.since(begin).unwrap_or(Span::ZERO);
                if left <= room {
                    return begin.saturating_add(left);
                }
                left = Span::from_micros(left.micros() - room.micros());
            }
            if day == Day::MAX {
                return Instant::MAX;
            }
            day = day.plus_days(1);
        }
    }
}

impl Term {
    /// Reads `4 hours`, `1 business hour`; `None` for anything else, for none, and for more than
    /// 500.
    pub fn parse(text: &str) -> Option<Term> {
        let (count, unit) = text.split_once(' ')?;
        let is_number = count.bytes().all(|byte| byte.is_ascii_digit()) && !count.starts_with('0');
        let count: u32 = count.parse().ok().filter(|count| is_number && *count <= HOURS_MAX)?;
        let singular = if count == 1 { unit } else { unit.strip_suffix('s')? };
        match singular {
            "hour" => Some(Term::Hours(count)),
            "business hour" => Some(Term::BusinessHours(count)),
            _ => None,
        }
    }
}

/// As it is read.
impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = match self {
            Term::Hours(count) => (count, "hour"),
            Term::BusinessHours(count) => (count, "business hour"),
        };
        write!(f, "{count} {unit}{}", if *count == 1 { "" } else { "s" })
    }
}

fn row_of(row: &Value) -> Result<(Option<Topic>, (Term, Term)), ClockError> {
    let row = row.as_table().ok_or_else(|| wrong("an answer must be a table"))?;
    only(row, &["topic", "first", "next", "source"])?;
    let text = |name: &str| row.get(name).and_then(Value::as_str);
    let topic = match row.get("topic") {
        None => None,
        Some(_) => {
            let topic = text("topic").and_then(Topic::parse);
            Some(topic.ok_or_else(|| wrong("there is no such topic"))?)
        }
    };
    let term = |name: &str| {
        let term = text(name).and_then(Term::parse);
        term.ok_or_else(|| wrong(&format!("`{name}` must be such as \"4 business hours\"")))
    };
    if text("source").is_none_or(str::is_empty) {
        return Err(wrong("a row says where it comes from, as `source`"));
    }
    Ok((topic, (term("first")?, term("next")?)))
}

fn only(table: &Table, known: &[&str]) -> Result<(), ClockError> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(wrong(&format!("`{key}` has no meaning here"))),
        None => Ok(()),
    }
}

fn wrong(message: &str) -> ClockError {
    ClockError(message.to_owned())
}
