//! What the feed remembers of its pages, for quotes: with locks of its own, so that neither whoever
//! serves nor the log waits for one.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, TryLockError};

use base::Span;
use feed::verdict::Record;
use feed::{Chance, History, PageWorth};
use promotions::{Goal, Inventory, Micros, Terms, Viewer};

use crate::assumed::{chance, units_per_million};
use crate::entry::Entry;
use crate::locked;
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
    history: Mutex<History>,
    /// What came while an inventory was made, in order: pages, and the events that were written.
    waiting: Mutex<Vec<(SeenPages, Vec<Record>)>>,
    /// See [`History::one_in`].
    one_in: AtomicU64,
    /// Units of a million showings by goal, in the order of [`Goal::ALL`].
    chances: [AtomicU32; Goal::ALL.len()],
}

impl Sample {
    pub(crate) fn new() -> Sample {
        Sample {
            history: Mutex::new(History::new(PAGES_MAX)),
            waiting: Mutex::default(),
            one_in: AtomicU64::new(1),
            chances: Goal::ALL.map(|goal| AtomicU32::new(units_per_million(goal))),
        }
    }

    /// Takes in what came since the last run, and the events that were written. While an inventory
    /// is made it waits for whoever comes next.
    pub(crate) fn absorb(&self, seen: SeenPages, written: &[Entry]) {
        let records = written.iter().filter_map(|entry| match entry {
            Entry::Verdict(record) => Some(*record),
            _ => None,
        });
        locked(&self.waiting).push((seen, records.collect()));
        match self.history.try_lock() {
            Ok(history) => self.catch_up(history),
            Err(TryLockError::Poisoned(history)) => self.catch_up(history.into_inner()),
            Err(TryLockError::WouldBlock) => {}
        }
    }

    fn catch_up(&self, mut history: MutexGuard<'_, History>) {
        // The lock of what waits is not held meanwhile.
        let waiting = std::mem::take(&mut *locked(&self.waiting));
        for (seen, records) in waiting {
            take_in(&mut history, seen, &records);
        }
        self.one_in.store(history.one_in(), Ordering::Relaxed);
        for (goal, kept) in Goal::ALL.into_iter().zip(&self.chances) {
            if is_enough(&history) && history.units(goal) >= UNITS_MIN {
                kept.store(history.units_per_million(goal), Ordering::Relaxed);
            }
        }
    }

    /// The chance that a showing leads to a unit of the goal: what quotes are made of.
    pub(crate) fn believed(&self, goal: Goal) -> Chance {
        chance(self.chances[goal as usize - 1].load(Ordering::Relaxed))
    }

    /// Pages of one viewer in so many are remembered.
    pub(crate) fn one_in(&self) -> u64 {
        self.one_in.load(Ordering::Relaxed)
    }

    /// What the audience of `terms` offers; `None` while too little was seen. Where too few events
    /// of the goal's kind were, `units_per_million` are assumed.
    pub(crate) fn inventory(
        &self,
        terms: &Terms,
        reserve: Micros,
        units_per_million: u32,
    ) -> Option<Inventory> {
        self.catch_up(locked(&self.history));
        let history = locked(&self.history);
        if !is_enough(&history) {
            return None;
        }
        let (goal, currency) = (terms.goal, terms.currency());
        let known = history.inventory(&terms.audience, goal, currency, cap(), reserve);
        Some(match history.units(goal) {
            UNITS_MIN.. => known,
            _ => Inventory { units_per_million, ..known },
        })
    }
}

/// Whether quotes are made of it.
fn is_enough(history: &History) -> bool {
    let is_long = history.seen_for().is_some_and(|seen| seen >= SEEN_MIN);
    is_long && history.pages() >= PAGES_MIN
}

fn take_in(history: &mut History, seen: SeenPages, records: &[Record]) {
    history.showings(seen.showings);
    let last = seen.pages.last().map(|page| page.worth.at);
    for page in seen.pages {
        history.page(&page.viewer, page.key, page.worth);
    }
    records.iter().for_each(|record| history.record(record));
    // A day more than is remembered, so that forgetting is seldom.
    let kept_for = Span::from_micros(REMEMBERED.micros() + SEEN_MIN.micros());
    let is_long = history.seen_for().is_some_and(|seen| seen > kept_for);
    if let Some(last) = last.filter(|_| is_long) {
        history.forget(last.saturating_sub(REMEMBERED));
    }
}
