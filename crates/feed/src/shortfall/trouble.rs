//! What was wrong with the platform, found in what it did.
//!
//! * *Selection is down* when nobody asks for a page for so long that, by the hours before and
//!   after, [`SURE`] would have; of a silence of more than two hours, by the same time of other
//!   days.
//! * *Intake is down* when no event arrives though [`SURE`] posts were shown, and more than this
//!   platform usually shows before it tells of any. One that has told of nothing yet may never.
//! * *Errors* are counted as they are.
//!
//! What people say of an incident only makes it easier to believe: then [`TOLD`] are enough. Times
//! that are told wrongly, too late or never do no harm, because the minutes are those in which
//! something was missing.

mod habit;

use std::ops::Range;

use base::{Instant, Span};
use promotions::Component;

use super::activity::{Activity, Doings};
use super::axis::{Axis, minutes_between};
use super::deliveries::minute_of;
use crate::Gap;
use habit::{Days, Reporting};

/// So many are missing by chance once in 160,000 times (e⁻¹²).
const SURE: u64 = 12;

/// The same when people said that something was wrong then.
const TOLD: u64 = 4;

/// Minutes before and after a silence that tell how many pages to expect.
const AROUND: usize = 60;

/// What is seen in fewer minutes counts as if it were seen in so many: the minute that ends a
/// silence has a page in any case.
const AROUND_MIN: u64 = 10;

/// An incident, as people tell of it or as it was detected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Which part.
    pub component: Component,
    /// From when on.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
}

/// How a minute of the platform was, in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Health {
    /// Of the requests that people made, so many never arrived.
    pub unseen: u64,
    /// Of those that arrived, so many failed.
    pub failed: u64,
    /// Of the events, so many never arrived.
    pub unheard: u64,
    /// Of the events that arrived, so many could not be taken in.
    pub refused: u64,
    /// Pages that arrive in such a minute when all is well, in thousandths.
    pub usual: u64,
    /// Whether what was counted in it is lost.
    pub is_gap: bool,
}

/// All minutes of the platform, from the first to the last in which it did something, and of the
/// hour before and after as far as they are known.
#[derive(Clone, Debug)]
pub struct Trouble {
    axis: Axis,
    minutes: Vec<Health>,
    /// The places from the first to the last in which it did something: there trouble is looked
    /// for.
    busy: Range<usize>,
}

pub(super) const MILLION: u64 = 1_000_000;
const A_DAY: usize = 24 * 60;

impl Trouble {
    /// Looks for trouble. `gaps` are those of the counters' logs ([`crate::Waterfall::gaps`]).
    /// What it takes grows with what was done, not with the time between.
    pub fn find(activity: &Activity, gaps: &[Gap], told: &[Incident]) -> Trouble {
        let (Some((first, last)), Some((from, until))) = (activity.span(), activity.known()) else {
            return Trouble { axis: Axis::empty(), minutes: Vec::new(), busy: 0..0 };
        };
        let hour = Span::minutes(AROUND as u64);
        let from = minute_of(from.max(first.saturating_sub(hour))).min(first);
        let until = until.min(last.saturating_add(hour)).max(last);
        let gaps: Vec<&Gap> = gaps
            .iter()
            .filter(|gap| gap.from <= until && from < gap.until && is_long(gap))
            .collect();
        let told: Vec<&Incident> =
            told.iter().filter(|one| one.from <= until && from < one.until).collect();
        let mut changes: Vec<Instant> = activity.minutes().map(|(minute, _)| minute).collect();
        changes.extend(gaps.iter().flat_map(|gap| [gap.from, gap.until]));
        changes.extend(told.iter().flat_map(|one| [one.from, one.until]));
        let axis = Axis::new(from, until, changes);
        let count = axis.count();
        let doings: Vec<Doings> = (0..count).map(|place| activity.of(axis.at(place))).collect();
        let is_gap = |place: usize| {
            let (from, until) = (axis.at(place), axis.at(place + 1));
            gaps.iter().any(|gap| gap.from < until && from < gap.until)
        };
        let minutes =
            (0..count).map(|place| Health { is_gap: is_gap(place), ..Health::default() }).collect();
        let busy = minutes_between(from, first)..count - minutes_between(last, until);
        let mut trouble = Trouble { axis: axis.clone(), minutes, busy };
        trouble.find_errors(&doings);
        let is_told = |component: Component, place: usize| {
            let (from, until) = (axis.at(place), axis.at(place + 1));
            told.iter()
                .any(|one| one.component == component && one.from < until && from < one.until)
        };
        trouble.find_silence(&doings, |place| is_told(Component::Selection, place));
        trouble.find_usual(&doings);
        trouble.mend_edges(&doings);
        trouble.find_deafness(&doings, |place| is_told(Component::Intake, place));
        trouble
    }

    /// What was found, in order of time: incidents of selection, errors among them, then intake,
    /// events that could not be taken in among them.
    pub fn incidents(&self) -> Vec<Incident> {
        // A twentieth of all pages.
        let is_failing =
            |health: &Health| health.unseen * 2 > MILLION || health.failed * 20 > MILLION;
        let is_deaf =
            |health: &Health| health.unheard * 2 > MILLION || health.refused * 20 > MILLION;
        let mut found = self.runs(Component::Selection, is_failing);
        found.extend(self.runs(Component::Intake, is_deaf));
        found
    }

    fn runs(&self, component: Component, is_wrong: impl Fn(&Health) -> bool) -> Vec<Incident> {
        let mut found: Vec<Incident> = Vec::new();
        for (place, health) in self.minutes.iter().enumerate() {
            let (from, until) = (self.axis.at(place), self.axis.at(place + 1));
            if !is_wrong(health) {
                continue;
            }
            match found.last_mut().filter(|last| last.until == from) {
                Some(last) => last.until = until,
                None => found.push(Incident { component, from, until }),
            }
        }
        found
    }

    /// How the minute that begins then was.
    pub(super) fn of(&self, minute: Instant) -> Health {
        let place = self.axis.place(minute);
        place.and_then(|place| self.minutes.get(place)).copied().unwrap_or_default()
    }

    fn find_errors(&mut self, doings: &[Doings]) {
        for (health, doings) in self.minutes.iter_mut().zip(doings) {
            let part = |some: u64, all: u64| (some * MILLION).checked_div(all).unwrap_or(0);
            health.failed = part(doings.failed, doings.asked());
            health.refused = part(doings.refused, doings.heard + doings.refused);
        }
    }

    /// Runs of minutes in which nobody asks, though people come before and after.
    fn find_silence(&mut self, doings: &[Doings], is_told: impl Fn(usize) -> bool) {
        let Range { start: mut place, end } = self.busy.clone();
        let days = Days::of(doings, &self.minutes);
        while place < end {
            let is_silent =
                |place: &usize| doings[*place].asked() == 0 && !self.minutes[*place].is_gap;
            let run = (place..end).take_while(is_silent).count();
            if run == 0 {
                place += 1;
                continue;
            }
            let expected = self.expected(&days, doings, &(place..place + run)) / 1_000;
            let needed = if (place..place + run).any(&is_told) { TOLD } else { SURE };
            if expected >= needed {
                self.minutes[place..place + run].iter_mut().for_each(|one| one.unseen = MILLION);
            }
            place += run;
        }
    }

    /// Pages a minute in the hour before and the hour after, in thousandths. Near midnight's low
    /// the smaller of both counts.
    fn around(&self, doings: &[Doings], from: usize, until: usize) -> u64 {
        let before = self.mean(doings, from.saturating_sub(AROUND)..from);
        let after = self.mean(doings, until..(until + AROUND).min(doings.len()));
        match (before, after) {
            (Some(before), Some(after)) => before.min(after),
            (one, other) => one.or(other).unwrap_or(0),
        }
    }

    /// Pages that would have been asked for in a silence, in thousandths: the smaller number of
    /// those that the hours before and after it tell.
    fn expected(&self, days: &Days<'_>, doings: &[Doings], silence: &Range<usize>) -> u64 {
        let beside = [
            silence.start.saturating_sub(AROUND)..silence.start,
            silence.end..(silence.end + AROUND).min(doings.len()),
        ];
        let told = beside.iter().filter_map(|beside| {
            let a_minute = self.mean(doings, beside.clone())?;
            Some(habit::expected(days, silence, beside, a_minute))
        });
        told.min().unwrap_or(0)
    }

    /// Pages a minute, in thousandths; `None` where nothing is known.
    fn mean(&self, doings: &[Doings], range: Range<usize>) -> Option<u64> {
        let seen = range.filter(|place| !self.minutes[*place].is_gap);
        let (count, sum) =
            seen.fold((0, 0), |(count, sum), place| (count + 1, sum + doings[place].asked()));
        (count > 0).then(|| sum * 1_000_u64 / AROUND_MIN.max(count))
    }

    /// What usually arrives: the same minutes of other days, at the level of the hours around.
    fn find_usual(&mut self, doings: &[Doings]) {
        let count = doings.len();
        let is_well = |place: usize| !self.minutes[place].is_gap && self.minutes[place].unseen == 0;
        // Sums before each place, so that windows cost nothing.
        let mut pages = vec![0_u64; count + 1];
        let mut wells = vec![0_u64; count + 1];
        for place in 0..count {
            let (asked, well) = if is_well(place) { (doings[place].asked(), 1) } else { (0, 0) };
            pages[place + 1] = pages[place] + asked;
            wells[place + 1] = wells[place] + well;
        }
        let window = |sums: &[u64], middle: usize, reach: usize| {
            sums[(middle + reach + 1).min(count)] - sums[middle.saturating_sub(reach)]
        };
        // The shape of the day: means of a quarter of an hour before and after, over all days.
        let shape: Vec<u64> = (0..A_DAY.min(count))
            .map(|of_day| {
                let days = (of_day..count).step_by(A_DAY);
                let (sum, well) = days.fold((0, 0), |(sum, well), place| {
                    (sum + window(&pages, place, 15), well + window(&wells, place, 15))
                });
                (sum * 1_000).checked_div(well).unwrap_or(0)
            })
            .collect();
        let mut shapes = vec![0_u64; count + 1];
        for place in 0..count {
            let of_day = shape[place % A_DAY];
            shapes[place + 1] = shapes[place] + if is_well(place) { of_day } else { 0 };
        }
        for place in 0..count {
            let (seen, believed) = (window(&pages, place, 180), window(&shapes, place, 180));
            let of_day = shape[place % A_DAY];
            self.minutes[place].usual = match (seen * 1_000 * of_day).checked_div(believed) {
                Some(usual) if of_day > 0 => usual,
                // In the middle of a long silence there are no hours around.
                None if of_day > 0 => of_day,
                _ => self.around(doings, place, place + 1),
            };
        }
    }

    /// The minutes in which a silence begins and ends are silent in part.
    fn mend_edges(&mut self, doings: &[Doings]) {
        let is_edge = |place: usize| {
            let near = [place.checked_sub(1), Some(place + 1)];
            let is_silent = |one: &Health| one.unseen == MILLION;
            let mut near = near.into_iter().flatten().filter_map(|place| self.minutes.get(place));
            self.minutes[place].unseen == 0 && near.any(is_silent)
        };
        let edges: Vec<usize> = (0..doings.len()).filter(|place| is_edge(*place)).collect();
        for place in edges {
            let health = &mut self.minutes[place];
            let seen = (doings[place].asked() * 1_000 * MILLION).checked_div(health.usual);
            health.unseen = MILLION.saturating_sub(seen.unwrap_or(MILLION));
        }
    }

    /// Runs of minutes in which posts are shown and nothing is heard of them.
    fn find_deafness(&mut self, doings: &[Doings], is_told: impl Fn(usize) -> bool) {
        let Range { start: mut place, end } = self.busy.clone();
        let habit = Reporting::of(&doings[place..end]);
        let mut has_heard = false;
        while place < end {
            let run = doings[place..end].iter().take_while(|one| one.is_deaf()).count();
            let shown: u64 = doings[place..place + run].iter().map(|one| one.served).sum();
            let is_told = (place..place + run).any(&is_told);
            let usual = habit.needed(shown);
            let needed = if is_told { TOLD.max(usual * TOLD / SURE) } else { SURE.max(usual) };
            if run == 0 || shown < needed || !(has_heard || is_told) {
                has_heard |= run == 0;
                place += run.max(1);
                continue;
            }
            self.minutes[place..place + run].iter_mut().for_each(|one| one.unheard = MILLION);
            for edge in [place.checked_sub(1), Some(place + run)].into_iter().flatten() {
                let Some(doings) = doings.get(edge) else { continue };
                self.minutes[edge].unheard = habit.missing(doings);
            }
            place += run;
        }
    }
}

/// A crash loses seconds, which is no reason to believe nothing of a minute.
fn is_long(gap: &Gap) -> bool {
    gap.until.since(gap.from).is_some_and(|span| span > Span::minutes(1))
}
