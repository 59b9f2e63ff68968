use std::collections::BTreeMap;

use base::{Amount, Instant, Span};

use super::cohort::minute_of;
use super::{Delays, Lease, Settled, Slice, SliceId, Sold, Unbilled};
use crate::Chance;
use promotions::Micros;

/// All slices of one promotion in one process.
///
/// Slices that serve are few and looked at for every page. Those that only wait for late events
/// may be thousands, when a sale counts for a week; of these the sums are kept.
#[derive(Debug, Default)]
pub(crate) struct Purse {
    serving: Vec<Slice>,
    resting: BTreeMap<SliceId, Slice>,
    /// Spent and reserved by the slices that rest.
    rests: Micros,
    /// Spent by slices that are closed.
    closed: Micros,
    tended_at: i64,
}

/// What slices came to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sums {
    pub(crate) granted: Micros,
    pub(crate) spent: Micros,
    pub(crate) reserved: Micros,
}

/// What a slice keeps when some of it is given back, and whether it is closed.
pub(crate) type Back = (SliceId, Amount, bool);

impl Purse {
    /// Takes a slice, or what one that is here has been granted by now.
    #[must_use]
    pub(crate) fn lease(&mut self, lease: &Lease) -> bool {
        if let Some(resting) = self.resting.remove(&lease.slice) {
            self.serving.push(resting);
            self.rests = sum(self.resting.values().map(committed));
        }
        match self.serving.iter_mut().find(|slice| slice.id() == lease.slice) {
            Some(slice) => slice.grow(lease),
            None => self.take(Slice::new(*lease)),
        }
    }

    /// Takes a slice, if there is one. One that is here already stays as it is.
    #[must_use]
    pub(crate) fn take(&mut self, slice: Option<Slice>) -> bool {
        let is_there = slice.is_some();
        let slice = slice.filter(|slice| !self.holds(slice.id()));
        self.serving.extend(slice);
        is_there
    }

    /// Lets no slice serve longer than until then.
    pub(crate) fn end_by(&mut self, at: Instant) {
        self.serving.iter_mut().for_each(|slice| slice.end_by(at));
    }

    /// The slice that was leased last.
    pub(crate) fn newest(&self) -> Option<SliceId> {
        let resting = self.resting.last_key_value().map(|(id, _)| *id);
        self.serving.iter().map(Slice::id).max().max(resting)
    }

    fn holds(&self, id: SliceId) -> bool {
        self.resting.contains_key(&id) || self.serving.iter().any(|slice| slice.id() == id)
    }

    /// Spent, or held because it may still be.
    pub(crate) fn committed(&self) -> Micros {
        let serving = sum(self.serving.iter().map(committed));
        serving.saturating_add(self.rests).saturating_add(self.closed)
    }

    /// What selections may use.
    pub(crate) fn free(&self, now: Instant) -> Micros {
        sum(self.serving.iter().filter(|slice| slice.serves_at(now)).map(Slice::free))
    }

    /// The most that one selection may cost: a price is paid from one slice.
    pub(crate) fn most(&self, now: Instant) -> Micros {
        let serving = self.serving.iter().filter(|slice| slice.serves_at(now));
        serving.map(Slice::free).max().unwrap_or(Micros::ZERO)
    }

    /// Holds the money of a selection, in the slice that has most; `None` when none has enough.
    pub(crate) fn hold(&mut self, price: Micros, chance: Chance, now: Instant) -> Option<SliceId> {
        let serving = self.serving.iter_mut().filter(|slice| slice.serves_at(now));
        let fullest = serving.max_by_key(|slice| slice.free())?;
        fullest.hold(price, chance, now).then(|| fullest.id())
    }

    /// Bills an event; see [`Slice::settle`].
    pub(crate) fn settle(&mut self, sold: &Sold, window: Span, now: Instant) -> Settled {
        let serving = self.serving.iter_mut().find(|slice| slice.id() == sold.slice);
        if let Some(slice) = serving {
            return slice.settle(sold, window, now);
        }
        let Some(slice) = self.resting.get_mut(&sold.slice) else {
            return Settled::Unbilled(Unbilled::UnknownSlice);
        };
        let before = committed(slice);
        let settled = slice.settle(sold, window, now);
        self.rests = self.rests.saturating_sub(before).saturating_add(committed(slice));
        settled
    }

    /// Lets go of what need not be held any more, and lets slices rest. Works once a minute.
    pub(crate) fn tend(&mut self, chance: Chance, delays: &Delays, window: Span, now: Instant) {
        if self.tended_at >= minute_of(now) {
            return;
        }
        self.tended_at = minute_of(now);
        let rested = self.serving.extract_if(.., |slice| !slice.serves_at(now));
        self.resting.extend(rested.map(|slice| (slice.id(), slice)));
        for slice in self.serving.iter_mut().chain(self.resting.values_mut()) {
            slice.cool(chance, delays, window, now);
        }
        self.rests = sum(self.resting.values().map(committed));
    }

    /// Gives back what is free in slices that rest, and in those that serve as well when they are
    /// not needed; closes those from which nothing can be billed any more.
    pub(crate) fn collect(&mut self, is_needed: bool, now: Instant) -> Vec<Back> {
        let mut all = Vec::new();
        let giving = self.serving.iter_mut().filter(|slice| !is_needed || !slice.serves_at(now));
        for slice in giving.chain(self.resting.values_mut()) {
            let is_closed = !slice.is_open(now);
            let amount = if is_closed { slice.give_up() } else { slice.give_back() };
            if is_closed || !amount.is_zero() {
                all.push((slice.id(), slice.granted().whole(), is_closed));
            }
        }
        let mut closed: Vec<Slice> = self.serving.extract_if(.., |one| !one.is_open(now)).collect();
        let rested = self.resting.extract_if(.., |_, slice| !slice.is_open(now));
        closed.extend(rested.map(|(_, slice)| slice));
        self.closed = self.closed.saturating_add(sum(closed.iter().map(Slice::spent)));
        self.rests = sum(self.resting.values().map(committed));
        all
    }

    /// Gives everything back that is not spent. Nothing can be billed any more.
    pub(crate) fn close(self) -> Vec<Back> {
        let all = self.serving.into_iter().chain(self.resting.into_values());
        let close = |mut slice: Slice| {
            slice.give_up();
            (slice.id(), slice.granted().whole(), true)
        };
        all.map(close).collect()
    }

    /// The sums of all slices that are open.
    pub(crate) fn sums(&self) -> Sums {
        let all = || self.serving.iter().chain(self.resting.values());
        Sums {
            granted: sum(all().map(Slice::granted)),
            spent: sum(all().map(Slice::spent)),
            reserved: sum(all().map(Slice::reserved)),
        }
    }
}

fn committed(slice: &Slice) -> Micros {
    slice.spent().saturating_add(slice.reserved())
}

fn sum(prices: impl Iterator<Item = Micros>) -> Micros {
    prices.fold(Micros::ZERO, Micros::saturating_add)
}
