//! What was to be expected of a promotion by now, and since when it is something else.
//!
//! The quote says how many units a promotion brings, at least and at most. By an instant, as much
//! of that is expected as of the traffic has passed; and twice the square root less or more, for
//! units come by chance. A quote that was made on the way speaks of the rest: what was delivered
//! before is counted as it was, and of the units at least only the part that the money left can
//! buy. Of a guarantee, which has one number, the twentieth less or more is as expected.

use base::{Instant, Span};
use promotions::Quote;

use super::{Shortfall, Why, begin};
use crate::{Plan, TrafficCurve};

/// Units that are expected by an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// At least.
    pub low: u64,
    /// At most.
    pub high: u64,
}

/// In which way a promotion is outside its band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alarm {
    /// It has brought less than the least that was expected.
    Behind,
    /// It has brought more than the most.
    Ahead,
}

impl Alarm {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Alarm::Behind => "behind_plan",
            Alarm::Ahead => "ahead_of_plan",
        }
    }
}

/// That a promotion is outside its band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// In which way.
    pub alarm: Alarm,
    /// The first full hour at the end of which it was, and since when it has been.
    pub since: Instant,
    /// Units by the last hour that was looked at.
    pub units: u64,
    /// What was expected by then.
    pub expected: Expected,
    /// What most of what is missing is due to, when something is.
    pub why: Option<Why>,
}

/// What is expected of a promotion.
#[derive(Clone, Copy, Debug)]
pub struct Band<'a> {
    plan: &'a Plan,
    curve: &'a TrafficCurve,
    /// Since when the quote speaks.
    from: Instant,
    /// Units before that.
    before: u64,
    low: u64,
    high: u64,
}

/// Events of an hour are awaited for an hour.
const UNREPORTED: Span = Span::hours(1);

/// What the delivery of a guarantee may differ by, in hundredths, as its pacing may.
const GUARANTEE_PERCENT: u64 = 5;

impl<'a> Band<'a> {
    /// What the quote expects. `shortfall` is what has come of it.
    pub fn new(
        plan: &'a Plan,
        quote: &Quote,
        curve: &'a TrafficCurve,
        shortfall: &Shortfall,
    ) -> Band<'a> {
        let from = plan.starts_at.max(quote.quoted_at).min(plan.ends_at);
        let earlier = shortfall.minutes.iter().take_while(|minute| minute.at < from);
        let (mut before, mut spent) = (0, 0_i64);
        for minute in earlier {
            before += minute.units;
            spent = spent.saturating_add(minute.spent);
        }
        let budget = u128::from(plan.budget.get().max(1));
        let left = budget.saturating_sub(u128::try_from(spent).unwrap_or(0));
        let part = |units: u64, part: u128, of: u128| {
            u64::try_from(u128::from(units) * part / of).unwrap_or(u64::MAX)
        };
        let (low, high) = match quote.guaranteed_units {
            Some(units) if quote.units_low == quote.units_high => {
                let off = units * GUARANTEE_PERCENT / 100;
                (units - off, units.saturating_add(off))
            }
            _ => (quote.units_low, quote.units_high),
        };
        Band { plan, curve, from, before, low: part(low, left, budget), high }
    }

    /// What is expected by an instant.
    pub fn by(&self, at: Instant) -> Expected {
        let whole = self.curve.between(self.from, self.plan.ends_at).max(1);
        let passed = self.curve.between(self.from, at.min(self.plan.ends_at));
        let part = |units: u64| {
            // Weights of a year fit into 46 bits; what is beyond has no such quote.
            let units = u128::from(units).saturating_mul(passed) / whole;
            u64::try_from(units).unwrap_or(u64::MAX)
        };
        let (low, high) = (part(self.low), part(self.high));
        Expected {
            low: self.before.saturating_add(low.saturating_sub(2 * low.isqrt())),
            high: self.before.saturating_add(high).saturating_add(2 * high.isqrt() + 1),
        }
    }

    /// Whether the promotion is outside the band, and since when: looked at by the hour, up to the
    /// last one whose events have had an hour to come.
    pub fn alert(&self, shortfall: &Shortfall, now: Instant) -> Option<Alert> {
        let hour = Span::hours(1);
        let last = now.saturating_sub(UNREPORTED);
        let (mut units, mut found) = (0_u64, None);
        let of_same = |one: &super::MinuteShortfall, other: &super::MinuteShortfall| {
            begin(one.at, hour) == begin(other.at, hour)
        };
        for minutes in shortfall.minutes.chunk_by(of_same) {
            let end = begin(minutes[0].at, hour).saturating_add(hour).min(self.plan.ends_at);
            units += minutes.iter().map(|minute| minute.units).sum::<u64>();
            if end > last {
                break;
            }
            if end <= self.from {
                continue;
            }
            let expected = self.by(end);
            let alarm = match units {
                units if units < expected.low => Alarm::Behind,
                units if units > expected.high => Alarm::Ahead,
                _ => {
                    found = None;
                    continue;
                }
            };
            let same = found.filter(|alert: &Alert| alert.alarm == alarm);
            let since = same.map_or(end, |alert| alert.since);
            found = Some(Alert { alarm, since, units, expected, why: None });
        }
        let why = Why::ALL.into_iter().max_by_key(|why| shortfall.part(*why));
        let why = why.filter(|why| shortfall.part(*why) > 0);
        found.map(|alert| Alert { why: why.filter(|_| alert.alarm == Alarm::Behind), ..alert })
    }
}
