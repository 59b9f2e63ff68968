//! How often one viewer is shown one promotion.

use std::collections::BTreeMap;

use crate::saved::saved;
use base::{Instant, PromotionId, Span};

/// At most `times` showings to one viewer in any stretch of `within`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrequencyCap {
    /// Showings, at least one.
    pub times: u8,
    /// The stretch, at most [`Sightings::REMEMBERED`]; a longer one counts as that.
    pub within: Span,
}

impl Default for FrequencyCap {
    /// Three a day. This number is ours.
    fn default() -> Self {
        Self { times: 3, within: Span::days(1) }
    }
}

/// Who was shown what lately, in bounded memory.
///
/// Two generations of viewers: whoever comes is moved to the younger one, and when that is full
/// the older one is forgotten. So those are forgotten who have not come for longest, and
/// [`Sightings::forgotten`] counts them. A cap is exact for viewers who are remembered. A serving
/// process knows its own showings only, so a viewer should come to the same process each time.
#[derive(Debug)]
pub struct Sightings {
    viewers_max: usize,
    younger: BTreeMap<u64, Vec<Sighting>>,
    older: BTreeMap<u64, Vec<Sighting>>,
    forgotten: u64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Sighting {
    promotion: u64,
    /// Whole seconds since 1970, rounded down: a cap ends up to a second late, never early.
    at: u32,
}

saved!(Sighting { promotion, at });

/// Showings remembered of one viewer; the earliest leave first.
const SIGHTINGS_MAX: usize = 64;

impl Sightings {
    /// How long a showing is remembered.
    pub const REMEMBERED: Span = Span::days(7);

    /// Room for about `viewers_max` viewers, at least two.
    pub fn new(viewers_max: usize) -> Sightings {
        Sightings {
            viewers_max: viewers_max.max(2),
            younger: BTreeMap::new(),
            older: BTreeMap::new(),
            forgotten: 0,
        }
    }

    /// What `viewer` was shown: to ask about many promotions with one look-up.
    pub fn of(&self, viewer: u64) -> Seen<'_> {
        let seen = self.younger.get(&viewer).or_else(|| self.older.get(&viewer));
        Seen(seen.map_or(&[], Vec::as_slice))
    }

    /// Records that `viewer` is shown `promotion`.
    pub fn record(&mut self, viewer: u64, promotion: PromotionId, now: Instant) {
        if !self.younger.contains_key(&viewer) {
            self.make_young(viewer);
        }
        let seen = self.younger.entry(viewer).or_default();
        let at = seconds(now);
        let horizon = at.saturating_sub(seconds_of(Sightings::REMEMBERED));
        seen.retain(|sighting| sighting.at >= horizon);
        if seen.len() >= SIGHTINGS_MAX {
            seen.remove(0);
        }
        seen.push(Sighting { promotion: short(promotion), at });
    }

    /// Showings from a time on, by viewer; of each viewer in their order.
    pub(crate) fn since(&self, from: Instant) -> BTreeMap<u64, Vec<Sighting>> {
        let from = seconds(from);
        let all = self.older.iter().chain(&self.younger);
        let late = all.map(|(viewer, seen)| {
            let late = seen.iter().filter(|one| one.at >= from).copied().collect::<Vec<_>>();
            (*viewer, late)
        });
        late.filter(|(_, seen)| !seen.is_empty()).collect()
    }

    /// Takes over showings of before.
    pub(crate) fn take_over(&mut self, seen: BTreeMap<u64, Vec<Sighting>>) {
        for (viewer, seen) in seen {
            self.make_young(viewer);
            self.younger.insert(viewer, seen);
        }
    }

    /// Records a showing of before, unless it is known.
    pub(crate) fn recall(&mut self, viewer: u64, promotion: PromotionId, at: Instant) {
        let (name, second) = (short(promotion), seconds(at));
        let is_known = |one: &Sighting| one.promotion == name && one.at == second;
        if !self.of(viewer).0.iter().any(is_known) {
            self.record(viewer, promotion, at);
        }
    }

    /// Viewers that had to be forgotten to make room.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    fn make_young(&mut self, viewer: u64) {
        let seen = self.older.remove(&viewer).unwrap_or_default();
        if self.younger.len() >= self.viewers_max / 2 {
            let leaving = std::mem::replace(&mut self.older, std::mem::take(&mut self.younger));
            self.forgotten = self.forgotten.saturating_add(leaving.len() as u64);
        }
        self.younger.insert(viewer, seen);
    }
}

/// What one viewer was shown.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a>(&'a [Sighting]);

impl Seen<'_> {
    /// A viewer without a name, who cannot be recognized.
    pub const NOTHING: Seen<'static> = Seen(&[]);

    /// Whether the viewer has been shown `promotion` as often as `cap` allows.
    pub fn is_capped(&self, promotion: PromotionId, cap: FrequencyCap, now: Instant) -> bool {
        let promotion = short(promotion);
        let horizon = seconds(now).saturating_sub(seconds_of(cap.within));
        let lately = |one: &&Sighting| one.promotion == promotion && one.at >= horizon;
        self.0.iter().filter(lately).count() >= usize::from(cap.times.max(1))
    }
}

/// The low half of the id, which is random: two that are the same are not to be expected.
fn short(promotion: PromotionId) -> u64 {
    promotion.bits() as u64
}

/// Whole seconds since 1970; the number has room until the year 2106.
fn seconds(instant: Instant) -> u32 {
    u32::try_from(instant.micros() / 1_000_000).unwrap_or(u32::MAX)
}

fn seconds_of(span: Span) -> u32 {
    u32::try_from(span.micros() / 1_000_000).unwrap_or(u32::MAX)
}
