//! What a running feed has counted, for telling what a promotion will bring.
//!
//! A [`History`] remembers, of one viewer in so many, what is known of them for choosing, each page
//! with what a place of it was worth ([`Chooser::to_beat`](crate::Chooser::to_beat)), and nothing
//! else: no name. Of everybody it counts what selections lead to. From that follows the
//! [`Inventory`] of any audience and goal, which [`promotions::quote()`] makes a quote of.
//!
//! Memory: about 300 bytes for a viewer in the sample, and 16 for a page.

use std::collections::BTreeMap;

use base::{Instant, Span};
use promotions::{Audience, EventKind, Goal, Inventory, MarketPrices, Micros, Viewer, limits};

use crate::FrequencyCap;
use crate::verdict::{Body, Outcome, Record};

/// A sample of viewers and their pages, and what selections led to.
#[derive(Clone, Debug)]
pub struct History {
    one_in: u64,
    viewers: BTreeMap<u64, Known>,
    /// First and last page.
    span: Option<(Instant, Instant)>,
    selections: u64,
    /// Valid events by the number of their kind.
    events: [u64; EventKind::ALL.len() + 1],
}

#[derive(Clone, Debug)]
struct Known {
    viewer: Viewer,
    pages: Vec<Seen>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    at: Instant,
    to_beat: Micros,
}

impl History {
    /// Remembers one viewer in `one_in`, by a keyed hash of their name: take as many as give some
    /// thousands.
    pub fn new(one_in: u32) -> History {
        History {
            one_in: u64::from(one_in.max(1)),
            viewers: BTreeMap::new(),
            span: None,
            selections: 0,
            events: [0; EventKind::ALL.len() + 1],
        }
    }

    /// From the first page to the last; `None` before there was one.
    pub fn seen_for(&self) -> Option<Span> {
        self.span.and_then(|(first, last)| last.since(first))
    }

    /// A page was answered: to whom, with how many posts, and what a place was worth.
    pub fn page(&mut self, viewer: &Viewer, key: u64, served: usize, to_beat: Micros, at: Instant) {
        self.selections += served as u64;
        let first = self.span.map_or(at, |(first, _)| first);
        self.span = Some((first, at));
        if !key.is_multiple_of(self.one_in) {
            return;
        }
        let known = self.viewers.entry(key).or_insert_with(|| Known {
            viewer: Viewer { id: None, ..viewer.clone() },
            pages: Vec::new(),
        });
        known.pages.push(Seen { at, to_beat });
    }

    /// Counts what a selection led to, whatever its promotion pays for.
    pub fn record(&mut self, record: &Record) {
        if let Body::Judged(judged) = &record.body
            && !matches!(judged.outcome, Outcome::Invalid(_))
        {
            self.events[judged.kind as usize] += 1;
        }
    }

    /// Forgets pages from before an instant, and viewers who have not come since.
    pub fn forget(&mut self, before: Instant) {
        for known in self.viewers.values_mut() {
            known.pages.retain(|page| page.at >= before);
        }
        self.viewers.retain(|_, known| !known.pages.is_empty());
        self.span = self.span.map(|(first, last)| (first.max(before), last));
    }

    /// How many of a million selections lead to the event that a goal pays for.
    pub fn units_per_million(&self, goal: Goal) -> u32 {
        let units = u128::from(self.events[goal.billed() as usize]) * 1_000_000;
        let per_million = units.checked_div(u128::from(self.selections)).unwrap_or(0);
        u32::try_from(per_million).unwrap_or(u32::MAX)
    }

    /// What the audience offers to a promotion of that goal that is shown to a viewer so often at
    /// most, and bids at least `reserve` for a showing.
    ///
    /// * An opportunity beyond the cap is none: of a viewer's pages in a day only so many count as
    ///   the cap allows, when nine of ten are won.
    /// * Days that were seen in part count for what was seen of them.
    /// * Whoever is known to be too young is shown nothing.
    pub fn inventory(
        &self,
        audience: &Audience,
        goal: Goal,
        cap: FrequencyCap,
        reserve: Micros,
    ) -> Inventory {
        let (mut people, mut opportunities) = (0_u64, 0_u64);
        let mut prices = Vec::new();
        let is_old_enough = |viewer: &Viewer| viewer.age.is_none_or(|age| age >= limits::AGE_FLOOR);
        for known in self.viewers.values() {
            if !is_old_enough(&known.viewer) || !audience.admits(&known.viewer) {
                continue;
            }
            people += 1;
            opportunities += known.opportunities(cap);
            prices.extend(known.pages.iter().map(|page| page.to_beat.max(reserve)));
        }
        prices.sort_unstable();
        // A quantile: the first price that is not less than that part of all.
        let quantile = |percent: usize| {
            let place = (prices.len() * percent).div_ceil(100).saturating_sub(1);
            prices.get(place).copied().unwrap_or(reserve)
        };
        let most = quantile(90);
        let time = self.span.and_then(|(first, last)| last.since(first)).unwrap_or_default();
        let a_day = u128::from(opportunities)
            * u128::from(self.one_in)
            * u128::from(Span::days(1).micros())
            / u128::from(WON_THOUSANDTHS)
            / u128::from(time.micros().max(Span::hours(1).micros()));
        Inventory {
            audience_size: people * self.one_in,
            opportunities_per_day: u64::try_from(a_day).unwrap_or(u64::MAX),
            units_per_million: self.units_per_million(goal),
            prices: MarketPrices { p25: quantile(25), mean: mean(&prices, most), p90: most },
        }
    }
}

/// The mean of prices, sorted, that are at most so high.
fn mean(prices: &[Micros], most: Micros) -> Micros {
    let won = &prices[..prices.partition_point(|price| *price <= most)];
    let sum: u128 = won.iter().map(|price| u128::from(price.get())).sum();
    let mean = sum.checked_div(won.len() as u128).unwrap_or(u128::from(most.get()));
    Micros::new(u64::try_from(mean).unwrap_or(u64::MAX))
}

/// Of a thousand opportunities, so many are won by who bids what a quote says.
const WON_THOUSANDTHS: u64 = 900;

impl Known {
    /// Showings that the cap allows, in thousandths.
    fn opportunities(&self, cap: FrequencyCap) -> u64 {
        let length = cap.within.micros().max(1);
        let mut by_stretch: BTreeMap<u64, u64> = BTreeMap::new();
        for page in &self.pages {
            *by_stretch.entry(page.at.micros().unsigned_abs() / length).or_default() += 1;
        }
        let most = u64::from(cap.times) * 1_000;
        by_stretch.values().map(|pages| (pages * WON_THOUSANDTHS).min(most)).sum()
    }
}
