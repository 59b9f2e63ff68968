//! Who may be shown to a viewer.

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Instant};
use promotions::{Audience, Viewer};

use crate::{AudienceIndex, Match, Promoted, Slot};

/// Promotions of a currency that are found for one page, the best of them. What is beyond is not
/// even counted.
const FOUND_MAX: usize = 20_000;

/// Promotions whose time it is, found by the viewers of their audiences and ranked by what a place
/// may bring ([`Chooser::rank`](crate::Chooser::rank)).
///
/// Each currency has an index of its own: ranks are prices, and those of two are never compared.
#[derive(Debug, Default)]
pub struct Candidates {
    indexes: BTreeMap<Currency, AudienceIndex>,
    known: BTreeMap<Slot, Known>,
    /// Whose time comes, and when.
    upcoming: BTreeSet<(Instant, Slot)>,
    /// Whose time ends, and when.
    leaving: BTreeSet<(Instant, Slot)>,
}

#[derive(Debug)]
struct Known {
    currency: Currency,
    starts_at: Instant,
    ends_at: Instant,
    rank: u64,
    /// Kept until its time comes.
    audience: Option<Audience>,
}

impl Candidates {
    /// Takes a promotion in, or what has changed about it.
    pub fn put(&mut self, slot: Slot, promoted: &Promoted, rank: u64) {
        self.remove(slot);
        let (starts_at, ends_at) = (promoted.plan.starts_at, promoted.plan.ends_at);
        let (currency, audience) = (promoted.currency, Some(promoted.audience.clone()));
        self.upcoming.insert((starts_at, slot));
        self.leaving.insert((ends_at, slot));
        self.known.insert(slot, Known { currency, starts_at, ends_at, rank, audience });
    }

    /// Forgets what was in a slot.
    pub fn remove(&mut self, slot: Slot) {
        let Some(known) = self.known.remove(&slot) else { return };
        self.upcoming.remove(&(known.starts_at, slot));
        self.leaving.remove(&(known.ends_at, slot));
        if let Some(index) = self.indexes.get_mut(&known.currency) {
            index.remove(slot);
        }
    }

    /// Ranks anew what has become worth another eighth, or may not be shown, or may again.
    pub fn rank(&mut self, ranks: impl Iterator<Item = (Slot, u64)>) {
        for (slot, rank) in ranks {
            let Some(known) = self.known.get_mut(&slot) else { continue };
            let is_near = rank.abs_diff(known.rank) <= known.rank / 8;
            if is_near && (rank == 0) == (known.rank == 0) {
                continue;
            }
            known.rank = rank;
            if let Some(index) = self.indexes.get_mut(&known.currency) {
                index.set_rank(slot, rank);
            }
        }
    }

    /// Slots of the promotions whose time it is and whose audience the viewer belongs to, those of
    /// each currency best first.
    pub fn of(&mut self, viewer: &Viewer, now: Instant) -> Vec<Slot> {
        self.pass_time(now);
        let best = |index: &AudienceIndex| -> Vec<Match> { index.best(viewer, FOUND_MAX) };
        self.indexes.values().flat_map(best).map(|one| one.slot).collect()
    }

    fn pass_time(&mut self, now: Instant) {
        while let Some((_, slot)) = self.upcoming.first().copied().filter(|(at, _)| *at <= now) {
            self.upcoming.pop_first();
            let Some(known) = self.known.get_mut(&slot) else { continue };
            let Some(audience) = known.audience.take() else { continue };
            self.indexes.entry(known.currency).or_default().insert(slot, &audience, known.rank);
        }
        while let Some((_, slot)) = self.leaving.first().copied().filter(|(at, _)| *at <= now) {
            self.remove(slot);
        }
    }
}
