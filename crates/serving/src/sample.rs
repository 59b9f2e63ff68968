//! What the feed remembers of its pages, for quotes: a lock of its own, so that nobody who serves
//! waits for one.

use base::Span;
use feed::{History, PageWorth};
use promotions::{Inventory, Micros, Terms, Viewer};

use crate::entry::Entry;
use crate::promoted::cap;

/// Pages that are remembered, beyond that of fewer viewers. When nobody came twice these are
/// 200,000 viewers of 300 bytes, 60 MB; and 320 MB at most, when each has sixteen interests of 64
/// letters.
const PAGES_MAX: usize = 200_000;

/// How long a page is remembered: a week has all its days.
const REMEMBERED: Span = Span::days(7);

/// Nothing is told of a feed that was seen for less: half of a day knows no evenings.
const SEEN_MIN: Span = Span::days(1);

/// Nor of one of which fewer pages are remembered.
const PAGES_MIN: usize = 1_000;

/// With fewer events of a kind, how often they come is not known.
const UNITS_MIN: u64 = 50;

/// Pages that wait to be remembered; the rest of a second is not.
pub(crate) const WAITING_MAX: usize = 10_000;

/// A page of a viewer whose name is known.
#[derive(Debug)]
pub(crate) struct SeenPage {
    pub(crate) viewer: Viewer,
    /// The keyed hash of the name.
    pub(crate) key: u64,
    pub(crate) worth: PageWorth,
}

/// What came since the last run.
#[derive(Debug, Default)]
pub(crate) struct SeenPages {
    pub(crate) pages: Vec<SeenPage>,
    /// Posts that were shown, to whomever.
    pub(crate) showings: u64,
}

/// The history of the feed since this process began.
#[derive(Debug)]
pub(crate) struct Sample {
    history: History,
}

impl Sample {
    pub(crate) fn new() -> Sample {
        Sample { history: History::new(PAGES_MAX) }
    }

    /// Takes in what came since the last run, and the events that were written.
    pub(crate) fn absorb(&mut self, seen: SeenPages, written: &[Entry]) {
        self.history.showings(seen.showings);
        let last = seen.pages.last().map(|page| page.worth.at);
        for page in seen.pages {
            self.history.page(&page.viewer, page.key, page.worth);
        }
        for entry in written {
            if let Entry::Verdict(record) = entry {
                self.history.record(record);
            }
        }
        let is_long = self.history.seen_for().is_some_and(|seen| seen > self.kept_for());
        if let Some(last) = last.filter(|_| is_long) {
            self.history.forget(last.saturating_sub(REMEMBERED));
        }
    }

    /// See [`History::one_in`].
    pub(crate) fn one_in(&self) -> u64 {
        self.history.one_in()
    }

    /// A day more than is remembered, so that forgetting is seldom.
    fn kept_for(&self) -> Span {
        Span::from_micros(REMEMBERED.micros() + SEEN_MIN.micros())
    }

    /// What the audience of `terms` offers; `None` while too little was seen. Where too few events
    /// of the goal's kind were, `units_per_million` are assumed.
    pub(crate) fn inventory(
        &self,
        terms: &Terms,
        reserve: Micros,
        units_per_million: u32,
    ) -> Option<Inventory> {
        let is_enough = self.history.seen_for().is_some_and(|seen| seen >= SEEN_MIN);
        if !is_enough || self.history.pages() < PAGES_MIN {
            return None;
        }
        let (goal, currency) = (terms.goal, terms.currency());
        let known = self.history.inventory(&terms.audience, goal, currency, cap(), reserve);
        Some(match self.history.units(goal) {
            UNITS_MIN.. => known,
            _ => Inventory { units_per_million, ..known },
        })
    }
}
