//! Clocks: by when we do what, and until when claimants may do what, as dated data.

mod load;
mod scope;
mod term;

pub use scope::Case;
pub use term::Term;

use base::{BusinessCalendar, Day, Instant, Region};
use scope::Scope;

use crate::{Digest, LoadError, StepName};

/// The tables that serve unless an operator brings others: name of the file, and text.
const DEFAULT: &[(&str, &str)] =
    &[("rules/claims/clocks.toml", include_str!("../../../rules/claims/clocks.toml"))];

/// One table of clocks. Of the rows that fit a claim the one that serves its claimant best
/// decides: the earliest end of our own steps, the latest of their windows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clocks {
    effective_from: Day,
    steps: Vec<Row<StepName>>,
    windows: Vec<Row<()>>,
    appeals: Vec<Row<()>>,
    calendars: Vec<Calendar>,
    version: Digest,
}

/// So much time in such cases.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row<About> {
    about: About,
    scope: Scope,
    within: Term,
    source: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Calendar {
    regions: Vec<Region>,
    calendar: BusinessCalendar,
}

impl Clocks {
    /// From which day on it serves.
    pub fn effective_from(&self) -> Day {
        self.effective_from
    }

    /// SHA-256 over what the table says, however it is laid out.
    pub fn version(&self) -> Digest {
        self.version
    }

    /// When a step that begins at `from` is due.
    pub fn step_due(&self, step: StepName, case: &Case, from: Instant) -> Instant {
        let rows = self.steps.iter().filter(|row| row.about == step);
        self.ends(rows, case, from).min().expect("checked at load: each step has a row for all")
    }

    /// Until when a claim about something of `from` is in time. Where nobody knows where the payer
    /// is, the best row of any region serves: what we do not know does not take a right away.
    pub fn window_until(&self, case: &Case, from: Instant) -> Instant {
        let ends = self.latest(&self.windows, case, from);
        ends.expect("checked at load: there is a window for all")
    }

    /// Until when a decision of `from` can be appealed against; of unknown regions as for windows.
    pub fn appeal_until(&self, case: &Case, from: Instant) -> Instant {
        let ends = self.latest(&self.appeals, case, from);
        ends.expect("checked at load: there is a time to appeal for all")
    }

    /// The business days where the case is.
    pub fn calendar(&self, region: Option<Region>) -> &BusinessCalendar {
        static WEEKENDS_ONLY: BusinessCalendar = BusinessCalendar::WEEKENDS_ONLY;
        let is_there = |calendar: &&Calendar| {
            region.is_some_and(|region| calendar.regions.iter().any(|one| one.contains(&region)))
        };
        self.calendars.iter().find(is_there).map_or(&WEEKENDS_ONLY, |found| &found.calendar)
    }

    /// Where each row comes from: what it is about, its time, and its source.
    pub fn sources(&self) -> impl Iterator<Item = (&'static str, Term, &str)> {
        let steps = self.steps.iter().map(|row| (row.about.as_str(), row.within, &*row.source));
        let windows = self.windows.iter().map(|row| ("window", row.within, &*row.source));
        let appeals = self.appeals.iter().map(|row| ("appeal", row.within, &*row.source));
        steps.chain(windows).chain(appeals)
    }

    fn latest(&self, rows: &[Row<()>], case: &Case, from: Instant) -> Option<Instant> {
        let calendar = self.calendar(case.region);
        let may_fit = rows.iter().filter(|row| row.scope.may_fit(case));
        may_fit.map(|row| row.within.end(from, calendar)).max()
    }

    fn ends<'a, About: 'a>(
        &'a self,
        rows: impl Iterator<Item = &'a Row<About>>,
        case: &Case,
        from: Instant,
    ) -> impl Iterator<Item = Instant> {
        let calendar = self.calendar(case.region);
        rows.filter(|row| row.scope.fits(case)).map(move |row| row.within.end(from, calendar))
    }
}

/// Clocks by the day from which they serve. A claim keeps those of the day on which it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockTables {
    /// By that day; at least one.
    tables: Vec<Clocks>,
}

impl ClockTables {
    /// The tables that serve unless an operator brings others.
    ///
    /// # Panics
    ///
    /// Never: a test loads them.
    pub fn default_set() -> ClockTables {
        ClockTables::load(DEFAULT).expect("the tables of this crate are tested")
    }

    /// Reads and checks files, each a name and a text.
    ///
    /// # Errors
    ///
    /// [`LoadError`] with file and line: no TOML; a key, word, region, rail or time that has no
    /// meaning here; a step, window or appeal without a row for all; a row that never decides
    /// because another one serves claimants at least as well in every case; a region with two
    /// calendars; two files from the same day; no file.
    pub fn load(files: &[(&str, &str)]) -> Result<ClockTables, LoadError> {
        let mut tables = Vec::new();
        for (file, text) in files {
            let clocks = load::load(file, text)?;
            if tables.iter().any(|other: &Clocks| other.effective_from == clocks.effective_from) {
                let day = clocks.effective_from;
                let message = format!("another file serves from {day} on; write another day");
                return Err(LoadError { file: (*file).to_owned(), line: 1, message });
            }
            tables.push(clocks);
        }
        if tables.is_empty() {
            let message = "no clocks; name at least one file".to_owned();
            return Err(LoadError { file: "clocks".to_owned(), line: 1, message });
        }
        tables.sort_by_key(|clocks| clocks.effective_from);
        Ok(ClockTables { tables })
    }

    /// The clocks of that day: the last that serve by then, or the first that ever do.
    pub fn of(&self, day: Day) -> &Clocks {
        let by_then = self.tables.partition_point(|clocks| clocks.effective_from <= day);
        &self.tables[by_then.saturating_sub(1)]
    }
}
