use std::collections::BTreeMap;

use base::Instant;
use promotions::EventKind;

use super::deliveries::minute_of;

/// What all processes together did in one minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doings {
    /// Pages that were answered.
    pub pages: u64,
    /// Pages that failed with an error.
    pub failed: u64,
    /// Posts that were shown.
    pub served: u64,
    /// First events of posts that arrived: impressions.
    pub events: u64,
}

impl Doings {
    /// Pages that were asked for.
    pub fn asked(&self) -> u64 {
        self.pages + self.failed
    }
}

/// What the platform did, by the minute: what a serving process counts beside its promotions, to
/// tell afterwards what was wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    minutes: BTreeMap<Instant, Doings>,
}

impl Activity {
    /// A page was answered with so many promoted posts.
    pub fn page(&mut self, at: Instant, served: usize) {
        let doings = self.minute(at);
        doings.pages += 1;
        doings.served += served as u64;
    }

    /// A page failed.
    pub fn failure(&mut self, at: Instant) {
        self.minute(at).failed += 1;
    }

    /// An event arrived.
    pub fn event(&mut self, kind: EventKind, at: Instant) {
        if kind == EventKind::Impression {
            self.minute(at).events += 1;
        }
    }

    /// What was counted since then is lost.
    pub fn lose(&mut self, since: Instant) {
        let _ = self.minutes.split_off(&minute_of(since));
    }

    /// Adds what another process has counted.
    pub fn absorb(&mut self, other: &Activity) {
        for (minute, theirs) in &other.minutes {
            let mine = self.minutes.entry(*minute).or_default();
            mine.pages += theirs.pages;
            mine.failed += theirs.failed;
            mine.served += theirs.served;
            mine.events += theirs.events;
        }
    }

    /// What was done in the minute that begins then.
    pub fn of(&self, minute: Instant) -> Doings {
        self.minutes.get(&minute).copied().unwrap_or_default()
    }

    /// The first and the last minute in which something was done.
    pub fn span(&self) -> Option<(Instant, Instant)> {
        let first = self.minutes.keys().next()?;
        Some((*first, *self.minutes.keys().next_back()?))
    }

    fn minute(&mut self, at: Instant) -> &mut Doings {
        self.minutes.entry(minute_of(at)).or_default()
    }
}
