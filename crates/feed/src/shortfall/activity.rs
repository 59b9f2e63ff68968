use std::collections::BTreeMap;

use base::{Instant, Span};
use promotions::EventKind;

use super::deliveries::minute_of;
use crate::saved::saved;

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
    /// Events of all kinds that arrived.
    pub heard: u64,
    /// Events that arrived and could not be taken in.
    pub refused: u64,
}

saved!(Doings { pages, failed, served, events, heard, refused });

impl Doings {
    /// Pages that were asked for.
    pub fn asked(&self) -> u64 {
        self.pages + self.failed
    }

    /// Whether no event of any kind arrived.
    pub(super) fn is_deaf(&self) -> bool {
        self.heard + self.refused == 0
    }
}

/// What the platform did, by the minute: what a serving process counts beside its promotions, to
/// tell afterwards what was wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    minutes: BTreeMap<Instant, Doings>,
    /// The first and the last minute that are known, where that is more than those in which
    /// something was done.
    known: Option<(Instant, Instant)>,
}

saved!(Activity { minutes, known });

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
        let doings = self.minute(at);
        doings.heard += 1;
        doings.events += u64::from(kind == EventKind::Impression);
    }

    /// An event arrived and could not be taken in.
    pub fn refusal(&mut self, at: Instant) {
        self.minute(at).refused += 1;
    }

    /// What was done in each minute in which something was.
    pub fn minutes(&self) -> impl Iterator<Item = (Instant, Doings)> + '_ {
        self.minutes.iter().map(|(minute, doings)| (*minute, *doings))
    }

    /// What was done from a minute on, before another one begins. That nothing was done in the
    /// others of that time is known, as far back as this reaches.
    pub fn between(&self, from: Instant, until: Instant) -> Activity {
        let (from, until) = (minute_of(from), minute_of(until));
        let some = self.minutes.range(from..until.max(from));
        let last = until.saturating_sub(Span::minutes(1));
        let known = self.known().map(|(first, _)| (first.max(from), last));
        Activity { minutes: some.map(|(minute, doings)| (*minute, *doings)).collect(), known }
    }

    /// The first and the last minute of which it is known what was done, if only that it was
    /// nothing.
    pub(super) fn known(&self) -> Option<(Instant, Instant)> {
        self.known.or_else(|| self.span())
    }

    /// What was counted since then is lost.
    pub fn lose(&mut self, since: Instant) {
        let _ = self.minutes.split_off(&minute_of(since));
    }

    /// Adds what another process has counted.
    pub fn absorb(&mut self, other: &Activity) {
        other.minutes().for_each(|(minute, theirs)| self.add(minute, theirs));
    }

    /// Adds what another process has counted of the minute that begins then.
    pub fn add(&mut self, minute: Instant, theirs: Doings) {
        let mine = self.minutes.entry(minute).or_default();
        mine.pages += theirs.pages;
        mine.failed += theirs.failed;
        mine.served += theirs.served;
        mine.events += theirs.events;
        mine.heard += theirs.heard;
        mine.refused += theirs.refused;
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
