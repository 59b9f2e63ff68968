//! What was to be expected of a promotion by now, and since when it is something else.
//!
//! The quote says how many units a promotion brings, at least and at most. By an instant, as much
//! of that is expected as of the traffic has passed; and twice the square root less or more, for
//! units come by chance. A quote that was made on the way speaks of the rest: what was delivered
//! before is counted as it was (units that were repaid are none), and of the units at least only
//! the part that the money left can buy. Of a guarantee, which has one number, the twentieth less
//! or more is as expected.

use base::{Instant, Span};
use promotions::{Alarm, Quote};

use super::{Delivered, Shortfall, Why, begin};
use crate::{Plan, TrafficCurve};

/// Units that are expected by an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// At least.
    pub low: u64,
    /// At most.
    pub high: u64,
}

/// That a promotion is outside its band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// In which way.
    pub alarm: Alarm,
    /// The first full hour at the end of which it was, and since when it has been.
    pub since: Instant,
    /// Units by the last hour that was looked at, without those that were repaid.
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
    /// Whether the quote told a range at all.
    is_told: bool,
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
        let minutes = shortfall.minutes.iter().map(|one| (one.at, one.units, one.spent));
        Band::from_minutes(plan, quote, curve, minutes)
    }

    /// From units, and what they cost, by the time of their selection.
    fn from_minutes(
        plan: &'a Plan,
        quote: &Quote,
        curve: &'a TrafficCurve,
        minutes: impl Iterator<Item = (Instant, i64, i64)>,
    ) -> Band<'a> {
        let from = plan.starts_at.max(quote.quoted_at).min(plan.ends_at);
        let (mut before, mut spent) = (0_i64, 0_i64);
        for (_, units, cost) in minutes.take_while(|(at, ..)| *at < from) {
            before = before.saturating_add(units);
            spent = spent.saturating_add(cost);
        }
        let before = u64::try_from(before).unwrap_or(0);
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
        let is_told = quote.units_low > 0;
        Band { plan, curve, from, before, low: part(low, left, budget), high, is_told }
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
    /// last one whose events have had an hour to come. Nothing is outside of a range that was not
    /// told.
    pub fn alert(&self, shortfall: &Shortfall, now: Instant) -> Option<Alert> {
        let units = shortfall.minutes.iter().map(|minute| (minute.at, minute.units));
        let alert = self.outside(units, now)?;
        let why = Why::ALL.into_iter().max_by_key(|why| shortfall.part(*why));
        let why = why.filter(|why| alert.alarm == Alarm::Behind && shortfall.part(*why) > 0);
        Some(Alert { why, ..alert })
    }

    /// The same from units by the time of their selection, in order; not what it is due to.
    fn outside(&self, units: impl Iterator<Item = (Instant, i64)>, now: Instant) -> Option<Alert> {
        let hour = Span::hours(1);
        let last = now.saturating_sub(UNREPORTED);
        let mut coming = units.peekable();
        let (mut net, mut found) = (0_i64, None);
        let mut begins = begin(self.plan.starts_at, hour);
        while self.is_told && begins < self.plan.ends_at {
            let end = begins.saturating_add(hour).min(self.plan.ends_at);
            if end > last {
                break;
            }
            begins = end;
            let is_last = end == self.plan.ends_at;
            // What is repaid after the end belongs to the last hour.
            while let Some((_, more)) = coming.next_if(|(at, _)| is_last || *at < end) {
                net = net.saturating_add(more);
            }
            if end <= self.from {
                continue;
            }
            let units = u64::try_from(net).unwrap_or(0);
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
        found
    }
}

/// Whether a promotion is outside of what was quoted: what its [`Band::alert`] says, from what was
/// delivered alone. It costs little, so all promotions can be looked at now and then.
pub fn alarm(
    plan: &Plan,
    quote: &Quote,
    curve: &TrafficCurve,
    delivered: &[(Instant, Delivered)],
    now: Instant,
) -> Option<Alarm> {
    let minutes = delivered.iter().map(|(at, one)| (*at, one.net_units(), one.net_price()));
    let band = Band::from_minutes(plan, quote, curve, minutes);
    let units = delivered.iter().map(|(at, one)| (*at, one.net_units()));
    band.outside(units, now).map(|alert| alert.alarm)
}
