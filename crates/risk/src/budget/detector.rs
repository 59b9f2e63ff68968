use base::{Instant, Span};

use super::Limits;

/// Notices that a book's misses rise over what is usual for it.
///
/// Recent look-ups are counted in ten slots that make up a window. What is usual is counted in two
/// long sums that lose a little with every calm slot, so that they remember about a day.
#[derive(Debug)]
pub(super) struct Detector {
    floor: u64,
    factor: u64,
    level_max: u32,
    level_stays: Span,
    slot_micros: u64,
    slots: [Counts; SLOTS],
    /// Number of the slot being filled, counted from 1970.
    slot_number: u64,
    usual: Counts,
    level: u32,
    level_justified_at: Instant,
    totals: Counts,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    misses: u64,
    hits: u64,
}

/// Slots of a window.
const SLOTS: usize = 10;

/// Every calm slot takes away one part in this many of what is usual: ten a window of 10 minutes
/// make 1,440 a day.
const USUAL_MEMORY_SLOTS: u64 = 1_440;

/// The long sums are kept multiplied by this, so that small books forget as well.
const USUAL_SCALE: u64 = 1 << 16;

/// Hits to be seen before the book's own ratio is trusted.
const USUAL_HITS_MIN: u64 = 200;

/// What is usual before that is known: one look-up in twenty-one misses.
const USUAL_AT_FIRST: u64 = 50;

/// What is usual is never taken to be more, in misses per 1,000 hits: so that somebody who is
/// patient cannot teach the book that anything is usual.
const USUAL_MAX: u64 = 300;

impl Detector {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            floor: limits.book_misses_floor,
            factor: limits.book_misses_factor,
            level_max: limits.level_max,
            level_stays: limits.level_stays,
            slot_micros: (limits.window.micros() / SLOTS as u64).max(1),
            slots: [Counts::default(); SLOTS],
            slot_number: 0,
            usual: Counts::default(),
            level: 0,
            level_justified_at: Instant::MIN,
            totals: Counts::default(),
        }
    }

    pub(super) fn record_miss(&mut self, now: Instant) {
        self.settle(now);
        self.current_slot().misses += 1;
        self.totals.misses = self.totals.misses.saturating_add(1);
        self.raise(now);
    }

    pub(super) fn record_hit(&mut self, now: Instant) {
        self.settle(now);
        self.current_slot().hits += 1;
        self.totals.hits = self.totals.hits.saturating_add(1);
    }

    /// How many times budgets are halved.
    pub(super) fn level(&self) -> u32 {
        self.level
    }

    /// Misses and hits since the beginning.
    pub(super) fn totals(&self) -> (u64, u64) {
        (self.totals.misses, self.totals.hits)
    }

    pub(super) fn usual_misses_per_1000_hits(&self) -> u64 {
        if self.usual.hits < USUAL_HITS_MIN * USUAL_SCALE {
            return USUAL_AT_FIRST;
        }
        // A thousandfold of the sums fits: they stop at a thousandth of the largest number.
        (self.usual.misses * 1_000 / self.usual.hits).min(USUAL_MAX)
    }

    /// Lets the time since the last call pass: closes slots and lowers the level.
    pub(super) fn settle(&mut self, now: Instant) {
        let was_calm = self.level == 0;
        self.lower(now);
        let number = now.micros().unsigned_abs() / self.slot_micros;
        let closed = number.saturating_sub(self.slot_number);
        if closed == 0 {
            return;
        }
        if was_calm {
            let closing = *self.current_slot();
            self.learn(closing);
        }
        // Slots in which nothing happened teach nothing, and beyond a window all are empty anyway.
        for past in 1..=closed.min(SLOTS as u64) {
            self.slots[place(self.slot_number + past)] = Counts::default();
        }
        self.slot_number = number;
    }

    /// The level follows the recent misses upwards at once. Only misses raise or confirm it, so it
    /// does not matter how often anybody asks.
    fn raise(&mut self, now: Instant) {
        let justified = self.justified_level();
        if justified >= self.level {
            self.level = justified;
            self.level_justified_at = now;
        }
    }

    /// It goes down one step for every `level_stays` without reason.
    fn lower(&mut self, now: Instant) {
        while self.level > 0 {
            let until = self.level_justified_at.saturating_add(self.level_stays);
            if now < until {
                return;
            }
            self.level -= 1;
            self.level_justified_at = until;
        }
    }

    /// How many times the recent misses must be halved to get to the threshold.
    fn justified_level(&self) -> u32 {
        let recent = self.slots.iter().fold(Counts::default(), |sum, slot| Counts {
            misses: sum.misses + slot.misses,
            hits: sum.hits + slot.hits,
        });
        let expected = recent.hits.saturating_mul(self.usual_misses_per_1000_hits()) / 1_000;
        let threshold = expected.saturating_mul(self.factor).max(self.floor);
        (0..self.level_max)
            .find(|level| recent.misses >> level <= threshold)
            .unwrap_or(self.level_max)
    }

    fn learn(&mut self, slot: Counts) {
        let learned = |sum: u64, new: u64| {
            let kept = sum - sum / USUAL_MEMORY_SLOTS;
            kept.saturating_add(new.saturating_mul(USUAL_SCALE)).min(u64::MAX / 1_000)
        };
        self.usual.misses = learned(self.usual.misses, slot.misses);
        self.usual.hits = learned(self.usual.hits, slot.hits);
    }

    fn current_slot(&mut self) -> &mut Counts {
        &mut self.slots[place(self.slot_number)]
    }
}

/// Where a slot is kept.
fn place(slot_number: u64) -> usize {
    let place = slot_number % SLOTS as u64;
    usize::try_from(place).expect("a remainder modulo ten fits")
}
