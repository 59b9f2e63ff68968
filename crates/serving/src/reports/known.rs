//! What the log tells of promotions: sums, which add up however they are divided.

use std::collections::{BTreeMap, BTreeSet};

use base::{Instant, Label, PromotionId};
use feed::Waterfall;
use feed::billing::Totals;
use feed::saved::Saved;
use feed::segments::{Segment, SegmentCounts};
use feed::shortfall::Deliveries;

use super::Rests;
use crate::entry::Entry;

/// What is known of some promotions.
pub(crate) struct Known {
    stream: Label,
    pub(super) totals: Totals,
    pub(super) waterfall: Waterfall,
    pub(super) deliveries: Deliveries,
    pub(super) segments: BTreeMap<PromotionId, BTreeMap<Segment, SegmentCounts>>,
    /// Who is in what the log did not tell of them by then.
    pub(super) rests: Rests,
}

impl Known {
    pub(super) fn new(stream: &Label) -> Known {
        Known {
            stream: stream.clone(),
            totals: Totals::new(stream.clone()),
            waterfall: Waterfall::default(),
            deliveries: Deliveries::default(),
            segments: BTreeMap::new(),
            rests: Rests::new(),
        }
    }

    /// Counts what the log tells next. `counted_to` is up to when it has what was counted.
    pub(super) fn absorb_entries(&mut self, counted_to: &mut Option<Instant>, entries: &[Entry]) {
        let (mut records, mut counters) = (Vec::new(), Vec::new());
        for entry in entries {
            match entry {
                Entry::Verdict(record) => records.push(*record),
                Entry::Counter(counter) => counters.push(*counter),
                Entry::Done(..) => {}
                Entry::Segment(record) => {
                    let of_promotion = self.segments.entry(record.promotion).or_default();
                    of_promotion.entry(record.segment.clone()).or_default().absorb(record.counts);
                }
            }
        }
        records.iter().for_each(|record| self.deliveries.add(record));
        let end = records.last().map_or(0, |record| record.sequence + 1);
        while self.totals.next_sequence() < end && self.totals.fold(&records).is_ok() {}
        self.waterfall.absorb_more(counted_to, counters);
    }

    /// What is known of one promotion, and of what was lost.
    pub(super) fn only(&self, promotion: PromotionId) -> Known {
        let waterfall = self.waterfall.only(promotion);
        Known { waterfall, ..self.without_gaps(promotion) }
    }

    /// What is known of one promotion.
    pub(super) fn without_gaps(&self, promotion: PromotionId) -> Known {
        let segments = self.segments.get(&promotion);
        let rest = self.rests.get(&promotion);
        Known {
            stream: self.stream.clone(),
            totals: self.totals.only(promotion),
            waterfall: self.waterfall.counts_only(promotion),
            deliveries: self.deliveries.only(promotion),
            segments: segments.map(|some| (promotion, some.clone())).into_iter().collect(),
            rests: rest.map(|rest| (promotion, rest.clone())).into_iter().collect(),
        }
    }

    /// Adds what else is known of promotions; who is in what was not told, only where this does
    /// not know.
    pub(super) fn absorb(&mut self, other: &Known) {
        self.totals.absorb(&other.totals);
        self.waterfall.absorb_counts(&other.waterfall);
        self.deliveries.absorb(&other.deliveries);
        for (promotion, theirs) in &other.segments {
            let mine = self.segments.entry(*promotion).or_default();
            for (segment, counts) in theirs {
                mine.entry(segment.clone()).or_default().absorb(*counts);
            }
        }
        for (promotion, rest) in &other.rests {
            self.rests.entry(*promotion).or_insert_with(|| rest.clone());
        }
    }

    /// Forgets a promotion.
    pub(super) fn forget(&mut self, promotion: PromotionId) {
        self.totals.forget(promotion);
        self.waterfall.forget(promotion);
        self.deliveries.forget(promotion);
        self.segments.remove(&promotion);
        self.rests.remove(&promotion);
    }

    /// Every promotion of which something is known.
    pub(super) fn promotions(&self) -> BTreeSet<PromotionId> {
        let counted = self.totals.promotions().chain(self.waterfall.promotions());
        counted.chain(self.segments.keys().copied()).collect()
    }

    /// Appends it, with others in place of those who are in what was not told.
    pub(super) fn save_with(&self, rests: &Rests, out: &mut Vec<u8>) {
        let Known { stream, totals, waterfall, deliveries, segments, rests: _ } = self;
        stream.save(out);
        totals.save(out);
        waterfall.save(out);
        deliveries.save(out);
        segments.save(out);
        rests.save(out);
    }

    /// The last minute of which something is known of a promotion.
    pub(super) fn last_minute(&self, promotion: PromotionId) -> Option<Instant> {
        let counted = self.waterfall.last_minute(promotion);
        counted.max(self.deliveries.last_minute(promotion))
    }
}

impl Saved for Known {
    fn save(&self, out: &mut Vec<u8>) {
        self.save_with(&self.rests, out);
    }

    fn restore(bytes: &mut &[u8]) -> Option<Known> {
        let (stream, totals) = Saved::restore(bytes)?;
        let (waterfall, deliveries) = Saved::restore(bytes)?;
        let (segments, rests) = Saved::restore(bytes)?;
        Some(Known { stream, totals, waterfall, deliveries, segments, rests })
    }
}
