//! What the log tells of promotions, added up for whoever asks: a lock of its own, so that nobody
//! who serves waits for a report.

mod known;
mod leaving;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use base::{Instant, Label, PromotionId, Span};
use feed::billing::Summary;
use feed::saved::Saved;
use feed::segments::{Rest, SegmentCounts, SegmentRow};
use feed::shortfall::{
    self, Activity, Alert, Band, Delivered, Expected, Facts, Shortfall, Suggestion, Trouble,
};
use feed::{Chance, Counts, Gap, Outcome, TrafficCurve};
use promotions::{Audience, Deed, Incident, Promotion, State as Standing};

use crate::entry::Entry;
use crate::incidents::told_of;
use crate::log::{Files, settled};
use crate::promoted::{cap, plan};
use known::Known;

/// How long before a promotion's start what the platform did tells what is usual.
const LEARNED_BEFORE: Span = Span::days(14);

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
    pub delivered: Vec<(Instant, Delivered)>,
    /// Who was reached, by parts of the audience.
    pub segments: Vec<SegmentRow>,
    /// What was to be expected by the end of each of these stretches of time, or by now.
    pub expected: Vec<(Instant, Expected)>,
    /// Whether it is known how the traffic of its viewers' days is spread over their hours. Until
    /// it is, more or less is to be expected.
    pub is_day_known: bool,
    /// That it is outside of that.
    pub alert: Option<Alert>,
    /// What would help.
    pub suggestions: Vec<Suggestion>,
}

/// What a report is asked for.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The promotion.
    pub promotion: &'a Promotion,
    /// What was done to it, in order.
    pub deeds: &'a [Deed],
    /// By which stretches of time its expectation is told.
    pub stretch: Span,
    /// How many opportunities an audience offers in a day, as far as anybody knows; only
    /// proportions count.
    pub reach: &'a dyn Fn(&Audience) -> u64,
}

/// Who is in what was not written of promotions.
pub(crate) type Rests = BTreeMap<PromotionId, Rest>;

/// Everything that the log tells.
pub(crate) struct Reports {
    known: Known,
    /// What leaves memory once it is in a file.
    leaving: Known,
    /// Numbers of the files of settled promotions.
    settled: Vec<u32>,
    /// Up to when the log has what was counted.
    counted_to: Option<Instant>,
    activity: Activity,
    /// Incidents that people told of, newest first.
    pub(crate) told: Vec<Arc<Incident>>,
}

impl Reports {
    pub(crate) fn new(stream: &Label) -> Reports {
        Reports {
            known: Known::new(stream),
            leaving: Known::new(stream),
            settled: Vec::new(),
            counted_to: None,
            activity: Activity::default(),
            told: Vec::new(),
        }
    }

    /// Counts what is in the log now, and takes over who was in what was not written then.
    pub(crate) fn absorb_flush(&mut self, entries: &[Entry], rests: Rests) {
        self.absorb(entries);
        self.known.rests.extend(rests);
    }

    /// Counts what is in the log now.
    pub(crate) fn absorb(&mut self, entries: &[Entry]) {
        for entry in entries {
            if let Entry::Done(minute, doings) = entry {
                self.activity.add(*minute, *doings);
            }
        }
        self.known.absorb_entries(&mut self.counted_to, entries);
    }

    /// What was done from a time on, in whole minutes before another one, and what was lost.
    pub(crate) fn done(&self, from: Instant, until: Instant) -> (Activity, Vec<Gap>) {
        (self.activity.between(from, until), self.known.waterfall.gaps().to_vec())
    }

    /// What a report of a promotion is made of: copies, so that the log does not wait for it. Of
    /// one that is settled the rest is in files, in which it is to be looked for.
    pub(crate) fn sources(&self, promotion: &Promotion, until: Instant) -> Sources {
        let id = promotion.id;
        let from = promotion.terms.starts_at.saturating_sub(LEARNED_BEFORE);
        let mut known = self.known.only(id);
        known.absorb(&self.leaving.only(id));
        let is_settled = promotion.state == Standing::Settled;
        Sources {
            known,
            settled: if is_settled { self.settled.clone() } else { Vec::new() },
            activity: self.activity.between(from, until.saturating_add(Span::minutes(1))),
            told: self.told.clone(),
        }
    }

    /// How often a promotion was served, and how many units that has led to.
    pub(crate) fn learned(&self, promotion: PromotionId) -> (u64, u64) {
        let of = self.known.waterfall.of(promotion);
        let served = of.map(|(_, counts)| counts.get(Outcome::Served));
        let of = self.known.deliveries.of(promotion);
        let units = of.map(|(_, one)| one.units + one.unbilled_units);
        (served.sum(), units.sum())
    }

    /// What was delivered of a promotion, by the minute.
    pub(crate) fn delivered(&self, promotion: PromotionId) -> Vec<(Instant, Delivered)> {
        self.known.deliveries.of(promotion).map(|(at, what)| (at, *what)).collect()
    }
}

/// What the log tells of one promotion, and of the platform in its time.
pub(crate) struct Sources {
    known: Known,
    /// Numbers of the files that may have more of it.
    settled: Vec<u32>,
    activity: Activity,
    told: Vec<Arc<Incident>>,
}

impl Sources {
    /// Reads what has left memory.
    pub(crate) fn read_settled(&mut self, files: &Files, promotion: PromotionId) -> io::Result<()> {
        for number in std::mem::take(&mut self.settled) {
            if let Some(bytes) = settled::find(files, number, promotion)? {
                let known = Known::restore(&mut bytes.as_slice());
                self.known.absorb(&known.ok_or(io::ErrorKind::InvalidData)?);
            }
        }
        Ok(())
    }

    /// `believed` is the chance of a unit of its goal, as the feed has it by now.
    pub(crate) fn report(
        self,
        asked: &Asked<'_>,
        believed: Chance,
        curve: &TrafficCurve,
        until: Instant,
    ) -> Report {
        let Asked { promotion, deeds, stretch, reach } = *asked;
        let id = promotion.id;
        let told = told_of(&self.told, promotion);
        let trouble = Trouble::find(&self.activity, self.known.waterfall.gaps(), &told);
        let facts = Facts {
            promotion: id,
            plan: plan(promotion),
            price: promotion.quote.unit_price_max,
            believed,
            cap: cap(),
            deeds,
            end: promotion.end,
            waterfall: &self.known.waterfall,
            deliveries: &self.known.deliveries,
            activity: &self.activity,
            trouble: &trouble,
            curve,
        };
        let shortfall = shortfall::explain(&facts, until);
        let band = Band::new(&facts.plan, &promotion.quote, curve, &shortfall);
        let stretches = shortfall.stretches(facts.price, stretch);
        let expected = stretches
            .iter()
            .map(|one| (one.at, band.by(one.at.saturating_add(stretch).min(until))));
        let suggestions = match promotion.is_shown(until) {
            true => shortfall::suggest(&facts, &promotion.terms, until, reach),
            false => Vec::new(),
        };
        Report {
            expected: expected.collect(),
            is_day_known: curve.is_known(),
            alert: band.alert(&shortfall, until),
            suggestions,
            shortfall,
            segments: self.segments(id),
            waterfall: self.known.waterfall.of(id).map(|(at, counts)| (at, *counts)).collect(),
            gaps: self.known.waterfall.gaps().to_vec(),
            delivered: self.known.deliveries.of(id).map(|(at, what)| (at, *what)).collect(),
            summary: self.known.totals.summary(id),
        }
    }

    /// Who was reached.
    fn segments(&self, promotion: PromotionId) -> Vec<SegmentRow> {
        let mut total = SegmentCounts::default();
        for (_, counts) in self.known.waterfall.of(promotion) {
            total.shown += counts.get(Outcome::Served);
        }
        for (_, delivered) in self.known.deliveries.of(promotion) {
            total.units += delivered.units;
            total.price = total.price.saturating_add(delivered.price);
        }
        let known = self.known.segments.get(&promotion).into_iter().flatten();
        let known = known.map(|(segment, counts)| (segment.clone(), *counts));
        let rest = self.known.rests.get(&promotion).cloned().unwrap_or_default();
        SegmentRow::all(total, &known.collect::<Vec<_>>(), &rest)
    }
}
