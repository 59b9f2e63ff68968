//! What the log tells of promotions, added up for whoever asks: a lock of its own, so that nobody
//! who serves waits for a report.

use std::sync::Arc;

use base::{Instant, Label, PromotionId};
use feed::billing::{Summary, Totals};
use feed::shortfall::Incident as TroubleIn;
use feed::shortfall::{self, Activity, Deliveries, Facts, Shortfall, Trouble};
use feed::{Counts, Gap, TrafficCurve, Waterfall};
use promotions::{Deed, Incident, Promotion};

use crate::believed;
use crate::entry::Entry;
use crate::incidents::told_of;
use crate::promoted::{cap, plan};

/// What a report of a promotion is made of.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was planned and spent, and what the difference is due to, by the minute.
    pub shortfall: Shortfall,
    /// Events, by what became of them.
    pub summary: Summary,
    /// Opportunities, by the minute.
    pub waterfall: Vec<(Instant, Counts)>,
    /// Times of which this stream cannot tell.
    pub gaps: Vec<Gap>,
    /// What was delivered, by the minute.
    pub delivered: Vec<(Instant, shortfall::Delivered)>,
}

/// Everything that the log tells.
pub(crate) struct Reports {
    totals: Totals,
    waterfall: Waterfall,
    /// Up to when the log has what was counted.
    counted_to: Option<Instant>,
    deliveries: Deliveries,
    activity: Activity,
    /// Incidents that people told of, newest first.
    pub(crate) told: Vec<Arc<Incident>>,
}

impl Reports {
    pub(crate) fn new(stream: &Label, entries: &[Entry]) -> Reports {
        let mut reports = Reports {
            totals: Totals::new(stream.clone()),
            waterfall: Waterfall::default(),
            counted_to: None,
            deliveries: Deliveries::default(),
            activity: Activity::default(),
            told: Vec::new(),
        };
        reports.absorb(entries);
        reports
    }

    /// Counts what is in the log now.
    pub(crate) fn absorb(&mut self, entries: &[Entry]) {
        let mut records = Vec::new();
        let mut counters = Vec::new();
        for entry in entries {
            match entry {
                Entry::Verdict(record) => records.push(*record),
                Entry::Counter(counter) => counters.push(*counter),
                Entry::Done(minute, doings) => self.activity.add(*minute, *doings),
            }
        }
        records.iter().for_each(|record| self.deliveries.add(record));
        let end = records.last().map_or(0, |record| record.sequence + 1);
        while self.totals.next_sequence() < end && self.totals.fold(&records).is_ok() {}
        self.waterfall.absorb_more(&mut self.counted_to, counters);
    }

    /// What was done from a time on, in whole minutes before another one, and the trouble in it.
    pub(crate) fn trouble(&self, from: Instant, until: Instant) -> (Activity, Vec<TroubleIn>) {
        let done = self.activity.between(from, until);
        let found = Trouble::find(&done, self.waterfall.gaps(), &[]).incidents();
        (done, found)
    }

    pub(crate) fn report(
        &self,
        promotion: &Promotion,
        deeds: &[Deed],
        curve: &TrafficCurve,
        until: Instant,
    ) -> Report {
        let id = promotion.id;
        let told = told_of(&self.told, promotion);
        let trouble = Trouble::find(&self.activity, self.waterfall.gaps(), &told);
        let facts = Facts {
            promotion: id,
            plan: plan(promotion),
            price: promotion.quote.unit_price_max,
            believed: believed(promotion.terms.goal),
            cap: cap(),
            deeds,
            end: promotion.end,
            waterfall: &self.waterfall,
            deliveries: &self.deliveries,
            activity: &self.activity,
            trouble: &trouble,
            curve,
        };
        Report {
            shortfall: shortfall::explain(&facts, until),
            summary: self.totals.summary(id),
            waterfall: self.of(id),
            gaps: self.waterfall.gaps().to_vec(),
            delivered: self.deliveries.of(id).map(|(at, what)| (at, *what)).collect(),
        }
    }

    fn of(&self, promotion: PromotionId) -> Vec<(Instant, Counts)> {
        self.waterfall.of(promotion).map(|(minute, counts)| (minute, *counts)).collect()
    }
}
