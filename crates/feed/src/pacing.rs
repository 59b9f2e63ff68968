//! Spending a promotion's money over its time, in step with the traffic.
//!
//! A promotion earns *credit* as time passes, and takes part in auctions while it has some. What
//! it earns in a moment is what is left of its money, divided over the traffic that is still to
//! come: so whatever was earned too much or too little before, because events came later, a slice
//! was late, or others bid more, is spread over all the rest of its time. That is feedback
//! without a constant to tune.
//!
//! Catching up has two limits, so that it is no burst: credit is earned at most
//! [`CATCH_UP_MAX`] times as fast as planned, and what cannot be used within a minute is dropped,
//! which only means that it is earned again later.
//!
//! Source of the aim, spending in proportion to the forecast traffic: D. Agarwal and others,
//! *Budget pacing for targeted online advertisements at LinkedIn*, KDD 2014. There a chance of
//! taking part is corrected each minute; credit needs no forecast of how many auctions are won.

mod awake;
mod curves;
mod traffic;

use crate::chance::scaled;
use base::{Instant, Span};
use promotions::Micros;

pub use curves::Curves;
pub(crate) use curves::country_of;
pub use traffic::TrafficCurve;

/// What is to be spent, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// All the money.
    pub budget: Micros,
    /// The most of a day (UTC).
    pub daily: Option<Micros>,
    /// From when on.
    pub starts_at: Instant,
    /// Until when.
    pub ends_at: Instant,
}

impl Plan {
    /// Whether the promotion runs at `now`.
    pub fn runs_at(&self, now: Instant) -> bool {
        self.starts_at <= now && now < self.ends_at
    }

    /// How much should have been spent by `now`, by the shape of the traffic alone.
    pub fn due(&self, curve: &TrafficCurve, now: Instant) -> Micros {
        let now = now.clamp(self.starts_at, self.ends_at);
        let so_far = curve.between(self.starts_at, now);
        scaled(self.budget, so_far, curve.between(self.starts_at, self.ends_at))
    }
}

/// The part of a promotion's traffic that one serving process sees, in millionths.
///
/// The shares of all processes together are one; that of a process is its part of the
/// opportunities of the last minutes, as the counters tell them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

impl Share {
    /// All of it.
    pub const WHOLE: Share = Share(1_000_000);

    /// That many millionths; more than a million are the whole.
    pub const fn from_millionths(millionths: u32) -> Share {
        if millionths > Share::WHOLE.0 { Share::WHOLE } else { Share(millionths) }
    }

    /// The part of a price that falls to this share, rounded down.
    pub fn part_of(self, price: Micros) -> Micros {
        if self == Share::WHOLE {
            return price;
        }
        scaled(price, u128::from(self.0), u128::from(Share::WHOLE.0))
    }

    /// How many all shares have when this one has so many.
    pub(crate) fn whole_of(self, units: u64) -> u64 {
        let all = u128::from(units) * u128::from(Share::WHOLE.0) / u128::from(self.0.max(1));
        u64::try_from(all).unwrap_or(u64::MAX)
    }
}

/// How much faster than planned money may be spent to catch up.
pub const CATCH_UP_MAX: u64 = 3;

/// How much the rank of a promotion with a fixed price may be raised, in thousandths.
pub const URGENCY_MAX: u32 = 4_000;

/// Credit is earned in steps of at least this much, so that rounding costs under a thousandth.
const STEP_MIN: u64 = 1_000;

/// Between two steps passes at least this long: it bounds the work, not the credit.
const STEP_TIME_MIN: Span = Span::from_micros(100_000);

/// Credit that is not used within this time is dropped.
const KEPT: Span = Span::minutes(1);

/// How often it is looked at what a minute earns.
const MINUTE_LOOKED_AT: Span = Span::seconds(10);

/// The credit of one promotion in one serving process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pacer {
    /// Millionths of a minor unit; below zero while the last selection is being earned.
    credit: i64,
    /// What a minute earns, as of the instant.
    minute: (Micros, Instant),
    /// Up to when credit was earned.
    earned_until: Instant,
    /// The day that is being spent, and what had been committed when it began.
    day: i64,
    committed_before: Micros,
}

impl Pacer {
    /// Begins to earn at `now`; `committed` is what the promotion has spent, or expects to have
    /// spent by its earlier selections, in all processes.
    pub fn new(now: Instant, committed: Micros) -> Pacer {
        Pacer {
            credit: 0,
            minute: (Micros::ZERO, Instant::MIN),
            earned_until: now,
            day: now.day_number(),
            committed_before: committed,
        }
    }

    /// Takes what is committed as what had been when the day began.
    pub fn begin(&mut self, committed: Micros) {
        self.committed_before = committed;
    }

    /// Earns what is due at `now`.
    pub fn earn(&mut self, way: &Way<'_>, committed: Micros, now: Instant) {
        if now.day_number() > self.day {
            self.day = now.day_number();
            self.committed_before = committed;
        }
        let from = self.earned_until.max(way.plan.starts_at);
        if now < from.saturating_add(STEP_TIME_MIN) {
            return;
        }
        let earned = self.earned_between(way, committed, from, now);
        if earned.get() < STEP_MIN {
            return;
        }
        if now >= self.minute.1.saturating_add(MINUTE_LOOKED_AT) {
            let minute = now.saturating_add(KEPT);
            self.minute = (self.earned_between(way, committed, now, minute), now);
        }
        let kept = self.minute.0.saturating_add(way.cost).saturating_add(way.cost);
        self.credit = self.credit.saturating_add(signed(earned)).min(signed(kept));
        self.earned_until = now;
    }

    /// Whether the promotion may take part in an auction now.
    pub fn may_bid(&self) -> bool {
        self.credit > 0
    }

    /// Whether it may within about a minute.
    pub fn may_bid_soon(&self) -> bool {
        self.credit.saturating_add(signed(self.minute.0)) >= 0
    }

    /// Uses credit up: `cost` is what the selection may be expected to cost.
    pub fn spend(&mut self, cost: Micros) {
        self.credit = self.credit.saturating_sub(signed(cost));
    }

    fn earned_between(
        &self,
        way: &Way<'_>,
        committed: Micros,
        from: Instant,
        until: Instant,
    ) -> Micros {
        let plan = way.plan;
        let until = until.min(plan.ends_at);
        let step = way.curve.between(from, until);
        let spread = |left: Micros, whole: Micros, begins: Instant, ends: Instant| {
            let fast = scaled(whole, step, way.curve.between(begins, ends));
            let fast = Micros::new(fast.get().saturating_mul(CATCH_UP_MAX));
            scaled(left, step, way.curve.between(from, ends)).min(fast).min(left)
        };
        if step == 0 {
            return Micros::ZERO;
        }
        let left = plan.budget.saturating_sub(committed);
        let mut earned = spread(left, plan.budget, plan.starts_at, plan.ends_at);
        if let Some(daily) = plan.daily {
            let today = committed.saturating_sub(self.committed_before);
            let (midnight, next_midnight) = day_of(from);
            let begins = plan.starts_at.max(midnight);
            let ends = plan.ends_at.min(next_midnight);
            earned = earned.min(spread(daily.saturating_sub(today), daily, begins, ends));
        }
        way.share.part_of(earned)
    }
}

/// What a promotion's credit is earned by.
#[derive(Clone, Copy, Debug)]
pub struct Way<'a> {
    /// What is to be spent.
    pub plan: &'a Plan,
    /// The traffic it is spread over.
    pub curve: &'a TrafficCurve,
    /// The part of this process.
    pub share: Share,
    /// What a selection may be expected to cost; credit for two of them is always kept.
    pub cost: Micros,
}

/// By how much a promotion that is behind its plan is raised in rank, in thousandths: how much
/// faster than planned it must go from now on, from 1,000 to [`URGENCY_MAX`].
pub fn urgency(plan: &Plan, curve: &TrafficCurve, committed: Micros, now: Instant) -> u32 {
    let left = plan.budget.saturating_sub(committed);
    let ahead = curve.between(now, plan.ends_at);
    let planned = scaled(plan.budget, ahead, curve.between(plan.starts_at, plan.ends_at));
    let thousandths = u128::from(left.get()) * 1_000;
    let urgency = thousandths.checked_div(u128::from(planned.get())).unwrap_or(1_000);
    u32::try_from(urgency).unwrap_or(URGENCY_MAX).clamp(1_000, URGENCY_MAX)
}

/// The end of the day (UTC) of an instant.
pub(crate) fn end_of_day(instant: Instant) -> Instant {
    day_of(instant).1
}

/// The beginning and the end of the day (UTC) of an instant.
fn day_of(instant: Instant) -> (Instant, Instant) {
    let day = Span::days(1).micros();
    let into = instant.micros().unsigned_abs() % day;
    let midnight = instant.saturating_sub(Span::from_micros(into));
    (midnight, midnight.saturating_add(Span::days(1)))
}

fn signed(price: Micros) -> i64 {
    i64::try_from(price.get()).unwrap_or(i64::MAX)
}
