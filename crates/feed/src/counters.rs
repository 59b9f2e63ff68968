//! What became of each opportunity of a promotion, counted by the minute.
//!
//! An opportunity is a page for a viewer of the audience, while the promotion runs. It ends in
//! one of [`Outcome`]: served, or not served for exactly one cause. So for every promotion and
//! minute the outcomes add up to the opportunities, which are not counted apart.

use std::collections::BTreeMap;
use std::ops::Bound;

use base::{Instant, PromotionId, Span};

use crate::Slot;
use crate::saved::saved;

/// Why a promotion was not served at an opportunity. When several would do, the first of this
/// order is counted. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Cause {
    /// The rules kept it back: it is under review, or the viewer is known to be a child.
    Policy = 1,
    /// The advertiser paused it.
    Paused = 2,
    /// The viewer had seen it as often as its frequency cap allows.
    Cap = 3,
    /// Its money was spent, or leased to others.
    Budget = 4,
    /// Its money is to last longer.
    Pacing = 5,
    /// It would have had a place, but for a declared or detected incident.
    Incident = 6,
    /// It would have had a place, but the platform failed: for one, its money was there and had
    /// not been leased in time.
    Error = 7,
    /// Others were worth more, another promotion of the same creator among them.
    Outbid = 8,
    /// The places of the page were sold in another currency: prices of two are never compared.
    Currency = 9,
}

impl Cause {
    /// Every cause, in the order in which they are looked for.
    pub const ALL: [Cause; 9] = [
        Cause::Policy,
        Cause::Paused,
        Cause::Cap,
        Cause::Budget,
        Cause::Pacing,
        Cause::Incident,
        Cause::Error,
        Cause::Outbid,
        Cause::Currency,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Cause::Policy => "policy",
            Cause::Paused => "paused",
            Cause::Cap => "cap",
            Cause::Budget => "budget",
            Cause::Pacing => "pacing",
            Cause::Incident => "incident",
            Cause::Error => "error",
            Cause::Outbid => "outbid",
            Cause::Currency => "currency",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Cause> {
        Cause::ALL.into_iter().find(|cause| *cause as u8 == number)
    }
}

/// What became of one opportunity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The post was given a place.
    Served,
    /// It was not.
    Lost(Cause),
}

/// Opportunities by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    outcomes: [u64; 10],
}

saved!(Counts { outcomes });

impl Counts {
    /// Counts one.
    pub fn add(&mut self, outcome: Outcome) {
        self.outcomes[place(outcome)] += 1;
    }

    /// Adds what was counted elsewhere.
    pub fn absorb(&mut self, other: &Counts) {
        for (mine, theirs) in self.outcomes.iter_mut().zip(other.outcomes) {
            *mine = mine.saturating_add(theirs);
        }
    }

    /// Counts so many more.
    pub fn add_many(&mut self, outcome: Outcome, more: u64) {
        let known = &mut self.outcomes[place(outcome)];
        *known = known.saturating_add(more);
    }

    /// How many ended so.
    pub fn get(&self, outcome: Outcome) -> u64 {
        self.outcomes[place(outcome)]
    }

    /// How many there were: the sum of all outcomes.
    pub fn opportunities(&self) -> u64 {
        self.outcomes.iter().sum()
    }
}

/// Served is 0, causes have their numbers.
fn place(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Served => 0,
        Outcome::Lost(cause) => usize::from(cause as u8),
    }
}

/// What a serving process appends to its log of counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CounterRecord {
    /// The process began to count. Without a [`CounterRecord::Stopped`] before, it had crashed,
    /// and what it counted after its last record is lost.
    Started {
        /// When.
        at: Instant,
    },
    /// What was counted since the last record of the same promotion and minute.
    Counted {
        /// Whose opportunities.
        promotion: PromotionId,
        /// When the minute began.
        minute: Instant,
        /// How many, by outcome.
        counts: Counts,
    },
    /// All before this is written. Append one with each flush, however little was counted: then a
    /// crash loses, and a reader can tell, what is between two of these.
    Flushed {
        /// When.
        at: Instant,
    },
    /// The process ended as it should; nothing is lost.
    Stopped {
        /// When.
        at: Instant,
    },
}

/// The counters of one serving process that are not written yet.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    minute: i64,
    /// Counts of this minute by slot, zero where nothing was counted.
    counts: Vec<Counts>,
    /// Slots with counts, in the order in which they came.
    touched: Vec<(Slot, PromotionId)>,
    /// Counts of minutes that are over.
    over: Vec<CounterRecord>,
}

const MINUTE: Span = Span::minutes(1);

impl Counters {
    pub(crate) fn add(
        &mut self,
        slot: Slot,
        promotion: PromotionId,
        outcome: Outcome,
        now: Instant,
    ) {
        let minute = minute_of(now);
        if minute > self.minute {
            self.finish_minute();
            self.minute = minute;
        }
        let place = slot.place();
        if self.counts.len() <= place {
            self.counts.resize(place + 1, Counts::default());
        }
        let counts = &mut self.counts[place];
        if *counts == Counts::default() {
            self.touched.push((slot, promotion));
        }
        counts.add(outcome);
    }

    /// Appends to `log` what was counted since the last call.
    pub(crate) fn flush(&mut self, log: &mut Vec<CounterRecord>, now: Instant) {
        self.finish_minute();
        log.append(&mut self.over);
        log.push(CounterRecord::Flushed { at: now });
    }

    /// Turns counts into records; also before a slot gets another promotion.
    pub(crate) fn finish_minute(&mut self) {
        let minute = i64::try_from(MINUTE.micros()).unwrap_or(i64::MAX);
        let minute = Instant::from_micros(self.minute.saturating_mul(minute));
        for (slot, promotion) in self.touched.drain(..) {
            let counts = std::mem::take(&mut self.counts[slot.place()]);
            self.over.push(CounterRecord::Counted { promotion, minute, counts });
        }
    }
}

fn minute_of(instant: Instant) -> i64 {
    (instant.micros().unsigned_abs() / MINUTE.micros()) as i64
}

/// The counters of all processes put together again, from their logs.
#[derive(Debug, Default)]
pub struct Waterfall {
    counts: BTreeMap<(PromotionId, Instant), Counts>,
    gaps: Vec<Gap>,
}

saved!(Waterfall { counts, gaps });

/// A time of which a process cannot tell what it counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Its last complete record before.
    pub from: Instant,
    /// When it counted again.
    pub until: Instant,
}

saved!(Gap { from, until });

impl Waterfall {
    /// Adds the log of one process, in its order.
    ///
    /// Counts after the last [`CounterRecord::Flushed`] are added as well: each is true.
    pub fn absorb(&mut self, log: impl IntoIterator<Item = CounterRecord>) {
        self.absorb_more(&mut None, log);
    }

    /// Adds a part of a log that follows those before it. `written` is what those left, `None`
    /// before the first: up to when all is written.
    pub fn absorb_more(
        &mut self,
        written: &mut Option<Instant>,
        log: impl IntoIterator<Item = CounterRecord>,
    ) {
        for record in log {
            match record {
                CounterRecord::Started { at } => {
                    self.gaps.extend(written.map(|from| Gap { from, until: at }));
                    *written = Some(at);
                }
                CounterRecord::Counted { promotion, minute, counts } => {
                    self.counts.entry((promotion, minute)).or_default().absorb(&counts);
                }
                CounterRecord::Flushed { at } => *written = Some(at),
                CounterRecord::Stopped { .. } => *written = None,
            }
        }
    }

    /// The counts of a promotion, by the beginning of the minute.
    pub fn of(&self, promotion: PromotionId) -> impl Iterator<Item = (Instant, &Counts)> {
        let all = (promotion, Instant::MIN)..=(promotion, Instant::MAX);
        self.counts.range(all).map(|((_, minute), counts)| (*minute, counts))
    }

    /// What is known of one promotion alone, and of what was lost.
    pub fn only(&self, promotion: PromotionId) -> Waterfall {
        let counts = self.of(promotion).map(|(minute, counts)| ((promotion, minute), *counts));
        Waterfall { counts: counts.collect(), gaps: self.gaps.clone() }
    }

    /// Forgets the counts of a promotion; what is counted of it later stands alone.
    pub fn forget(&mut self, promotion: PromotionId) {
        let minutes: Vec<Instant> = self.of(promotion).map(|(minute, _)| minute).collect();
        for minute in minutes {
            self.counts.remove(&(promotion, minute));
        }
    }

    /// Adds the counts of another one, without the times that it lost.
    pub fn absorb_counts(&mut self, other: &Waterfall) {
        for (place, theirs) in &other.counts {
            self.counts.entry(*place).or_default().absorb(theirs);
        }
    }

    /// The counts of a promotion alone.
    pub fn counts_only(&self, promotion: PromotionId) -> Waterfall {
        Waterfall { gaps: Vec::new(), ..self.only(promotion) }
    }

    /// The last minute of a promotion in which something was counted.
    pub fn last_minute(&self, promotion: PromotionId) -> Option<Instant> {
        let all = (promotion, Instant::MIN)..=(promotion, Instant::MAX);
        self.counts.range(all).next_back().map(|((_, minute), _)| *minute)
    }

    /// Every promotion that was counted.
    pub fn promotions(&self) -> impl Iterator<Item = PromotionId> {
        let first = self.counts.keys().next().map(|(promotion, _)| *promotion);
        std::iter::successors(first, |promotion| {
            let behind = (Bound::Excluded((*promotion, Instant::MAX)), Bound::Unbounded);
            self.counts.range(behind).next().map(|((promotion, _), _)| *promotion)
        })
    }

    /// Times that a process lost by a crash, in the order of the logs.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}
