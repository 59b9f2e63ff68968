//! What a promotion usually gets: the part of all pages that are opportunities of it, the part of
//! these that it would win, and what a selection brings. Learned from the minutes in which nothing
//! was wrong, by the hour of the day.

use super::Facts;
use super::timeline::{Minute, flow};
use crate::{Cause, Counts, FrequencyCap, Outcome};

/// Money in thousandths of a millionth of a minor unit.
pub(super) type Flow = i128;

pub(super) const PER_MICRO: i128 = 1_000;
const MILLION: i128 = 1_000_000;
const BILLION: i128 = 1_000_000_000;

/// When it ran for fewer minutes, what a promotion would win is not known: then it would have spent
/// what was planned.
const KNOWN_MIN: usize = 60;

/// Opportunities that the whole flight counts as beside those of one hour of the day.
const BELIEVED: i128 = 300;

/// Sums of clean minutes.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    pages: u64,
    counts: Counts,
}

/// What one audience of a promotion brings.
#[derive(Clone, Debug)]
struct Epoch {
    all: Sums,
    hours: [Sums; 24],
}

/// What a promotion usually gets.
#[derive(Clone, Debug)]
pub(super) struct Supply {
    epochs: Vec<Epoch>,
    /// What a selection brings.
    value: Flow,
    pub(super) saturation: Saturation,
    pub(super) is_known: bool,
}

impl Supply {
    pub(super) fn learn(minutes: &[Minute], facts: &Facts<'_>) -> Supply {
        let count = minutes.iter().map(|one| one.epoch + 1).max().unwrap_or(1);
        let empty = Epoch { all: Sums::default(), hours: [Sums::default(); 24] };
        let mut epochs = vec![empty; count];
        let (mut served, mut spent) = (0, 0);
        let known = minutes.iter().filter(|one| one.is_clean()).count();
        // Of a minute in which a silence begins or ends a part was seen, and that part tells what
        // any other does: it may be all that a small promotion ever got.
        for minute in minutes.iter().filter(|one| one.is_told()) {
            let epoch = &mut epochs[minute.epoch];
            for sums in [&mut epoch.all, &mut epoch.hours[minute.hour]] {
                sums.pages += minute.pages;
                sums.counts.absorb(&minute.counts);
            }
            if minute.health.unheard == 0 {
                served += minute.counts.get(Outcome::Served);
                spent += minute.flow;
            }
        }
        let mut all = Counts::default();
        epochs.iter().for_each(|epoch| all.absorb(&epoch.all.counts));
        // What was believed counts as one unit, at half of the most that it costs.
        let trials = BILLION / i128::from(facts.believed.billionths().max(1));
        let unit = flow(facts.price) / 2;
        Supply {
            value: (spent + unit) / (i128::from(served) + trials),
            saturation: Saturation::of(&all, facts.cap),
            is_known: known >= KNOWN_MIN,
            epochs,
        }
    }

    /// What a selection brings.
    pub(super) fn value(&self) -> Flow {
        self.value
    }

    /// Opportunities that so many thousandths of a page bring, in billionths.
    pub(super) fn opportunities(&self, epoch: usize, pages: u64) -> i128 {
        let sums = &self.epochs[epoch].all;
        let part = i128::from(pages) * i128::from(sums.counts.opportunities()) * MILLION;
        if sums.pages == 0 { 0 } else { part / i128::from(sums.pages) }
    }

    /// What so many billionths of opportunities would bring at that hour.
    pub(super) fn worth(&self, epoch: usize, hour: usize, opportunities: i128) -> Flow {
        let epoch = &self.epochs[epoch];
        let (won, of) = self.winnable(&epoch.hours[hour].counts);
        let (won_all, of_all) = self.winnable(&epoch.all.counts);
        if of_all == 0 {
            return 0;
        }
        let won = won + won_all * BELIEVED / of_all;
        opportunities * won / (of + BELIEVED) * self.value / BILLION / MILLION
    }

    /// See [`Saturation::winnable`], as it is for all of the promotion.
    pub(super) fn winnable(&self, counts: &Counts) -> (i128, i128) {
        self.saturation.winnable(counts)
    }
}

/// How showings follow opportunities when each viewer is shown a promotion at most so often, as if
/// the showings that viewers would get in a day were geometrically distributed.
///
/// Let `m` be the mean of these, and `q = m ÷ (1 + m)` the chance of one more. The part `qᶜ` of
/// them is beyond a cap of `c`, so `m (1 − qᶜ)` remain. The part that was capped tells `q`, and so
/// `m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Saturation {
    /// In millionths; `None` when nobody is at a cap.
    mean: Option<i128>,
    times: u32,
}

impl Saturation {
    pub(super) fn of(counts: &Counts, cap: FrequencyCap) -> Saturation {
        let get = |cause| i128::from(counts.get(Outcome::Lost(cause)));
        let capped = get(Cause::Cap);
        let all = i128::from(counts.opportunities()) - get(Cause::Policy) - get(Cause::Paused);
        let times = u32::from(cap.times).clamp(1, 64);
        if capped == 0 {
            return Saturation { mean: None, times };
        }
        // The root by halving.
        // What waited and was outbid would have been in the same proportion.
        let part = capped * MILLION / all;
        let (mut least, mut most) = (0, MILLION);
        while most - least > 1 {
            let middle = least.midpoint(most);
            if power(middle, times) <= part { least = middle } else { most = middle }
        }
        Saturation { mean: Some(least * MILLION / (MILLION - least)), times }
    }

    /// How many of these would have been won without pacing, in millionths, and how many there
    /// were. Of those that waited, some would be at their cap by then.
    pub(super) fn winnable(self, counts: &Counts) -> (i128, i128) {
        let get = |outcome| i128::from(counts.get(outcome));
        let served = get(Outcome::Served);
        let bids = served
            + get(Outcome::Lost(Cause::Outbid))
            + get(Outcome::Lost(Cause::Currency))
            + get(Outcome::Lost(Cause::Error))
            + get(Outcome::Lost(Cause::Incident));
        let waiting = get(Outcome::Lost(Cause::Pacing)) + get(Outcome::Lost(Cause::Budget));
        let all = i128::from(counts.opportunities());
        if bids == 0 {
            return (0, all);
        }
        (served * self.when((bids + waiting) * MILLION / bids), all)
    }

    /// How many times as much is shown when there are so many millionths as many opportunities, in
    /// millionths.
    fn when(self, opportunities: i128) -> i128 {
        let Some(mean) = self.mean.filter(|mean| *mean > 0) else { return opportunities };
        let shown = |mean: i128| {
            let more = mean * MILLION / (MILLION + mean);
            mean * (MILLION - power(more, self.times)) / MILLION
        };
        shown(mean * opportunities / MILLION) * MILLION / shown(mean).max(1)
    }

    /// How much less is shown when there are a little fewer opportunities, in millionths of what
    /// there is less of them.
    pub(super) fn elasticity(self) -> i128 {
        ((MILLION - self.when(MILLION * 9 / 10)) * 10).clamp(0, MILLION)
    }
}

fn power(base: i128, times: u32) -> i128 {
    (0..times).fold(MILLION, |power, _| power * base / MILLION)
}
