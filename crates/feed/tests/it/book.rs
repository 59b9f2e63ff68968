//! A model of the book's side of leasing: it grants what is there, and nothing else.

use std::collections::BTreeMap;

use base::{Amount, Instant, Span};
use feed::{Lease, SliceId};

use crate::setting::whole;
use promotions::Micros;

/// The escrow of one promotion.
#[derive(Debug)]
pub struct Book {
    pub budget: i64,
    pub daily: Option<i64>,
    pub window: Span,
    slices: BTreeMap<SliceId, Leased>,
}

#[derive(Debug, Clone, Copy)]
struct Leased {
    process: usize,
    day: i64,
    /// Granted and not returned, in minor units.
    granted: i64,
    billed: Micros,
    serves_until: Instant,
    lapses_at: Instant,
    is_closed: bool,
}

/// How long a slice serves.
const SERVES: Span = Span::minutes(10);

impl Leased {
    /// To the millionth: what a closed slice left of a minor unit can be leased again.
    fn binds(&self) -> Micros {
        if self.is_closed { self.billed } else { whole(self.granted) }
    }
}

impl Book {
    pub fn new(budget: i64, daily: Option<i64>, window: Span) -> Book {
        Book { budget, daily, window, slices: BTreeMap::new() }
    }

    fn available(&self, day: i64) -> i64 {
        let left = self.budget - self.bound();
        let Some(daily) = self.daily else { return left };
        let today = self.slices.values().filter(|slice| slice.day == day);
        left.min(daily - sum(today.map(Leased::binds)).covering().minor())
    }

    /// Grants up to `wanted`; `None` when there is nothing. A process keeps its slice for the day.
    pub fn lease(
        &mut self,
        process: usize,
        held: Option<SliceId>,
        wanted: Amount,
        now: Instant,
    ) -> Option<Lease> {
        self.lease_for(process, held, wanted, SERVES, now)
    }

    /// The same for slices that serve longer than usual.
    pub fn lease_for(
        &mut self,
        process: usize,
        held: Option<SliceId>,
        wanted: Amount,
        serves: Span,
        now: Instant,
    ) -> Option<Lease> {
        let day = if self.daily.is_some() { now.day_number() } else { 0 };
        let minor = wanted.minor().min(self.available(day));
        Amount::new(minor).filter(|amount| !amount.is_zero())?;
        let midnight = Instant::from_micros((now.day_number() + 1) * 86_400_000_000);
        let mut serves_until = now.saturating_add(serves);
        if self.daily.is_some() {
            serves_until = serves_until.min(midnight);
        }
        let lapses_at = serves_until.saturating_add(self.window).saturating_add(Span::minutes(2));
        let next = SliceId(self.slices.len() as u32 + 1);
        let open = self.slices.iter_mut().find(|(slice, one)| {
            held == Some(**slice)
                && one.process == process
                && one.day == day
                && !one.is_closed
                && one.lapses_at > now
        });
        let slice = match open {
            Some((slice, leased)) => {
                leased.granted += minor;
                leased.serves_until = leased.serves_until.max(serves_until);
                leased.lapses_at = leased.lapses_at.max(lapses_at);
                *slice
            }
            None => {
                let (granted, billed) = (minor, Micros::ZERO);
                let is_closed = false;
                let leased =
                    Leased { process, day, granted, billed, serves_until, lapses_at, is_closed };
                self.slices.insert(next, leased);
                next
            }
        };
        let leased = &self.slices[&slice];
        let granted = Amount::new(leased.granted).unwrap();
        let Leased { serves_until, lapses_at, .. } = *leased;
        Some(Lease { slice, granted, serves_until, lapses_at })
    }

    /// Bills. A slice bills no more than it was granted, and nothing once it is closed.
    pub fn bill(&mut self, slice: SliceId, price: Micros) {
        let leased = self.slices.get_mut(&slice).unwrap();
        assert!(!leased.is_closed, "{slice:?} was billed after it was closed");
        leased.billed = leased.billed.checked_add(price).unwrap();
        assert!(leased.billed.covering().minor() <= leased.granted, "{slice:?} was overspent");
    }

    pub fn take_back(&mut self, slice: SliceId, granted_after: Amount, is_closed: bool) {
        let leased = self.slices.get_mut(&slice).unwrap();
        assert!(granted_after.minor() <= leased.granted, "{slice:?} gave what it never had");
        leased.granted = granted_after.minor();
        leased.is_closed |= is_closed;
        assert!(leased.billed.covering().minor() <= leased.granted, "{slice:?} gave too much");
    }

    /// Takes back what lapsed without a word of its process.
    pub fn lapse(&mut self, now: Instant) {
        for leased in self.slices.values_mut().filter(|leased| leased.lapses_at <= now) {
            leased.is_closed = true;
        }
    }

    /// Everything billed so far.
    pub fn billed(&self) -> Micros {
        sum(self.slices.values().map(|slice| slice.billed))
    }

    /// What was billed by selections of one day.
    pub fn billed_of(&self, day: i64) -> Micros {
        let of_day = self.slices.values().filter(|slice| slice.day == day);
        sum(of_day.map(|slice| slice.billed))
    }

    /// What is billed, and what may still be.
    pub fn bound(&self) -> i64 {
        sum(self.slices.values().map(Leased::binds)).covering().minor()
    }

    /// What of `slice` is granted and what was billed, to resume it.
    pub fn to_resume(&self, process: usize, now: Instant) -> Vec<(Lease, Micros)> {
        let mine = self.slices.iter().filter(|(_, leased)| {
            leased.process == process && !leased.is_closed && leased.lapses_at > now
        });
        let lease = mine.map(|(slice, leased)| {
            let granted = Amount::new(leased.granted).unwrap();
            let Leased { serves_until, lapses_at, billed, .. } = *leased;
            (Lease { slice: *slice, granted, serves_until, lapses_at }, billed)
        });
        lease.collect()
    }
}

fn sum(prices: impl Iterator<Item = Micros>) -> Micros {
    prices.fold(Micros::ZERO, Micros::saturating_add)
}
