//! What was counted since the log was told last: sums of a minute.

use std::collections::BTreeMap;

use base::{Instant, PromotionId};
use feed::shortfall::Activity;
use feed::{CounterRecord, Counts};

use crate::entry::Entry;

/// Counts of promotions and of what was done, added up until a minute is over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Minutes {
    counts: BTreeMap<(PromotionId, Instant), Counts>,
    done: Activity,
    /// The first and the last time up to which this is everything.
    flushed: Option<(Instant, Instant)>,
}

impl Minutes {
    /// Adds an entry if it is a count; false when it is something else.
    pub(crate) fn add(&mut self, entry: &Entry) -> bool {
        match entry {
            Entry::Counter(CounterRecord::Counted { promotion, minute, counts }) => {
                self.counts.entry((*promotion, *minute)).or_default().absorb(counts);
            }
            Entry::Done(minute, doings) => self.done.add(*minute, *doings),
            Entry::Counter(CounterRecord::Flushed { at }) => {
                let first = self.flushed.map_or(*at, |(first, _)| first);
                self.flushed = Some((first, *at));
            }
            Entry::Counter(CounterRecord::Started { .. } | CounterRecord::Stopped { .. })
            | Entry::Verdict(_)
            | Entry::Segment(_) => return false,
        }
        true
    }

    /// Whether it is time to write them: another minute has begun, or time has gone back.
    pub(crate) fn are_over(&self) -> bool {
        let minute = |at: Instant| at.micros().div_euclid(60_000_000);
        self.flushed.is_some_and(|(first, last)| minute(first) != minute(last))
    }

    pub(crate) fn are_empty(&self) -> bool {
        self.counts.is_empty() && self.flushed.is_none() && self.done.span().is_none()
    }

    /// The sums, and up to when they are everything.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let counted = self.counts.iter().map(|((promotion, minute), counts)| {
            let (promotion, minute, counts) = (*promotion, *minute, *counts);
            Entry::Counter(CounterRecord::Counted { promotion, minute, counts })
        });
        let done = self.done.minutes().map(|(minute, doings)| Entry::Done(minute, doings));
        let flushed = self.flushed.map(|(_, at)| Entry::Counter(CounterRecord::Flushed { at }));
        counted.chain(done).chain(flushed).collect()
    }
}
