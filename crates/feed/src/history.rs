//! What a running feed has counted, for telling what a promotion will bring.
//!
//! A [`History`] remembers, of one viewer in so many, what they were last known by for choosing
//! ([`History::kept`]), each page with what a place of it was worth
//! ([`Chooser::to_beat`](crate::Chooser::to_beat)), and nothing else: no name. Of everybody it
//! counts what selections lead to. From that follows the [`Inventory`] of any audience and goal,
//! which [`promotions::quote()`] makes a quote of.
//!
//! Memory: at most 300 bytes for a viewer in the sample with up to four pages, 48 for each page
//! more, and 16 for an interest beside its letters, which are 64 at most: with sixteen of them
//! 1,300 bytes more. When there is no room for more, every second viewer of the sample is
//! forgotten, and it is of one in twice as many.

use std::collections::BTreeMap;

use base::{Currency, Instant, Span};
use promotions::{Audience, EventKind, Goal, Inventory, MarketPrices, Micros, Viewer, limits};

use crate::FrequencyCap;
use crate::verdict::{Body, Outcome, Record};

/// A sample is never of fewer than one viewer in so many.
const ONE_IN_MAX: u64 = 1 << 32;

/// So many interests of a viewer are remembered, the first that are told: they are most of the
/// memory.
const INTERESTS_MAX: usize = 16;

/// A sample of viewers and their pages, and what selections led to.
#[derive(Clone, Debug)]
pub struct History {
    one_in: u64,
    pages_max: usize,
    pages: usize,
    viewers: BTreeMap<u64, Known>,
    /// First and last page.
    span: Option<(Instant, Instant)>,
    selections: u64,
    /// Valid events by the number of their kind.
    events: [u64; EventKind::ALL.len() + 1],
}

#[derive(Clone, Debug, Default)]
struct Known {
    viewer: Viewer,
    pages: Vec<PageWorth>,
}

/// What a page was worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageWorth {
    /// When it was answered.
    pub at: Instant,
    /// The currency of its places, when somebody bid for one.
    pub sold_in: Option<Currency>,
    /// Whether whoever asked for the page named that currency. Else a lot drew it, and the page
    /// could have been sold in another.
    pub is_currency_told: bool,
    /// What a showing would have had to be worth, in that currency.
    pub to_beat: Micros,
}

impl PageWorth {
    /// What a showing costs in `currency`, at least `reserve`; `None` when it could not be sold in
    /// that.
    fn price_in(&self, currency: Currency, reserve: Micros) -> Option<Micros> {
        match self.sold_in {
            Some(other) if other != currency => (!self.is_currency_told).then_some(reserve),
            _ => Some(self.to_beat.max(reserve)),
        }
    }
}

impl History {
    /// Remembers everybody, by a keyed hash of their name, and of fewer and fewer viewers as many
    /// pages as are to be kept at most.
    pub fn new(pages_max: usize) -> History {
        History {
            one_in: 1,
            pages_max: pages_max.max(1),
            pages: 0,
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

    /// How many pages are remembered.
    pub fn pages(&self) -> usize {
        self.pages
    }

    /// Counts posts that were shown.
    pub fn showings(&mut self, served: u64) {
        self.selections = self.selections.saturating_add(served);
    }

    /// The sample is of one viewer in so many: of those whose key is a multiple of it.
    pub fn one_in(&self) -> u64 {
        self.one_in
    }

    /// Whether a viewer is in the sample.
    pub fn remembers(&self, key: u64) -> bool {
        key.is_multiple_of(self.one_in)
    }

    /// What of a viewer is remembered: no name, no more than the first sixteen interests, and
    /// without consent neither age nor gender nor interests. Of children nothing is: they are shown
    /// no promotions.
    pub fn kept(viewer: &Viewer) -> Option<Viewer> {
        if viewer.age.is_some_and(|age| age < limits::AGE_FLOOR) {
            return None;
        }
        let Viewer { region, language, device, consents_to_personal, .. } = *viewer;
        let shown_to = Viewer { region, language, device, ..Viewer::default() };
        if !consents_to_personal {
            return Some(shown_to);
        }
        let interests = viewer.interests.iter().take(INTERESTS_MAX).cloned().collect();
        let Viewer { age, gender, .. } = *viewer;
        Some(Viewer { age, gender, interests, consents_to_personal, ..shown_to })
    }

    /// A page was answered: to whom, and what a place was worth. What was known of the viewer
    /// before is forgotten, for consent may have been taken back; a child is, with all pages.
    pub fn page(&mut self, viewer: &Viewer, key: u64, page: PageWorth) {
        let (first, last) = self.span.unwrap_or((page.at, page.at));
        self.span = Some((first.min(page.at), last.max(page.at)));
        if !self.remembers(key) {
            return;
        }
        let Some(viewer) = History::kept(viewer) else {
            let before = self.viewers.remove(&key);
            self.pages -= before.map_or(0, |known| known.pages.len());
            return;
        };
        let known = self.viewers.entry(key).or_default();
        known.viewer = viewer;
        known.pages.push(page);
        self.pages += 1;
        // Where it is one viewer who looks so often, there is nobody else to forget.
        while self.pages > self.pages_max && self.viewers.len() > 1 && self.one_in < ONE_IN_MAX {
            self.one_in = self.one_in.saturating_mul(2);
            let one_in = self.one_in;
            self.viewers.retain(|key, _| key.is_multiple_of(one_in));
            self.count_pages();
        }
    }

    fn count_pages(&mut self) {
        self.pages = self.viewers.values().map(|known| known.pages.len()).sum();
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
        self.count_pages();
        self.span = self.span.map(|(first, last)| (first.max(before), last));
    }

    /// How many events of the kind that a goal pays for it has counted.
    pub fn units(&self, goal: Goal) -> u64 {
        self.events[goal.billed() as usize]
    }

    /// How many of a million selections lead to the event that a goal pays for.
    pub fn units_per_million(&self, goal: Goal) -> u32 {
        let units = u128::from(self.events[goal.billed() as usize]) * 1_000_000;
        let per_million = units.checked_div(u128::from(self.selections)).unwrap_or(0);
        u32::try_from(per_million).unwrap_or(u32::MAX)
    }

    /// What the audience offers to a promotion of that goal that is shown to a viewer so often at
    /// most, and bids at least `reserve` for a showing in `currency`.
    ///
    /// * Pages that asked for another currency offer nothing. Those that a lot sold in another
    ///   count at the reserve price: what others bid in this one is not known.
    /// * An opportunity beyond the cap is none: of a viewer's pages in a day only so many count as
    ///   the cap allows, when nine of ten are won.
    /// * Days that were seen in part count for what was seen of them.
    pub fn inventory(
        &self,
        audience: &Audience,
        goal: Goal,
        currency: Currency,
        cap: FrequencyCap,
        reserve: Micros,
    ) -> Inventory {
        let (mut people, mut opportunities) = (0_u64, 0_u64);
        let mut prices = Vec::new();
        for known in self.viewers.values() {
            if !audience.admits(&known.viewer) {
                continue;
            }
            people += 1;
            let price = |page: &PageWorth| page.price_in(currency, reserve);
            opportunities += showings(known.pages.iter().filter(|page| price(page).is_some()), cap);
            prices.extend(known.pages.iter().filter_map(price));
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
            prices: MarketPrices { mean: mean(&prices, most), p90: most },
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

/// Showings to one viewer that the cap allows, in thousandths.
fn showings<'a>(pages: impl Iterator<Item = &'a PageWorth>, cap: FrequencyCap) -> u64 {
    let length = cap.within.micros().max(1);
    let mut by_stretch: BTreeMap<u64, u64> = BTreeMap::new();
    for page in pages {
        *by_stretch.entry(page.at.micros().unsigned_abs() / length).or_default() += 1;
    }
    let most = u64::from(cap.times) * 1_000;
    by_stretch.values().map(|pages| (pages * WON_THOUSANDTHS).min(most)).sum()
}
