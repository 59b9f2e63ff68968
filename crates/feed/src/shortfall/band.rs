//! What was to be expected of a promotion by now, and since when it is something else.
//!
//! The quote says how many units a promotion brings, at least and at most. By an instant, as much
//! of that is expected as of the traffic has passed; and twice the square root less or more, for
//! units come by chance. A quote that was made on the way speaks of the rest: what was delivered
//! before is counted as it was (units that were repaid are none), and of its units only the part
//! that the money left can buy. Of a guarantee, which has one number, the twentieth less
//! or more is as expected.
//!
//! How much of the traffic has passed is not known before a whole day was seen: then least and most
//! are those of all [plausible days](TrafficCurve::plausible), so that a quiet night alarms nobody.
//!
//! An alarm begins outside of that, and is over inside the quote itself, without what chance allows
//! and whatever the day is like; between the two everything stays as it was.

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

/// How a promotion goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Its alarm has begun and is not over.
    Outside(Alarm),
    /// As was quoted, without any doubt.
    Inside,
    /// Neither was found.
    Unclear,
}

/// That a promotion is outside its band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// In which way.
    pub alarm: Alarm,
    /// The first full hour at the end of which it was, and since when it has not been inside.
    pub since: Instant,
    /// Units by the last hour that was looked at, without those that were repaid.
    pub units: u64,
    /// What was expected by then.
    pub expected: Expected,
    /// What most of what is missing is due to, when something is.
    pub why: Option<Why>,
}

/// Units that are expected by an instant, without what chance allows; each by the day by which it
/// is the least, and the most.
#[derive(Clone, Copy, Debug)]
struct Quoted {
    low: (u64, u64),
    high: (u64, u64),
}

impl Quoted {
    fn holds(&self, units: u64) -> bool {
        self.low.1 <= units && units <= self.high.0
    }
}

/// What is expected of a promotion.
#[derive(Clone, Debug)]
pub struct Band<'a> {
    plan: &'a Plan,
    /// What the days may be like, each with the traffic of all the time that the quote speaks of.
    days: Vec<(TrafficCurve, u128)>,
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
        curve: &TrafficCurve,
        shortfall: &Shortfall,
    ) -> Band<'a> {
        let minutes = shortfall.minutes.iter().map(|one| (one.at, one.units, one.spent));
        Band::from_minutes(plan, quote, curve, minutes)
    }

    /// From units, and what they cost, by the time of their selection.
    fn from_minutes(
        plan: &'a Plan,
        quote: &Quote,
        curve: &TrafficCurve,
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
        let weighed = |day: TrafficCurve| {
            let whole = day.between(from, plan.ends_at).max(1);
            (day, whole)
        };
        let days = curve.plausible().into_iter().map(weighed).collect();
        let (low, high) = (part(low, left, budget), part(high, left, budget));
        Band { plan, days, from, before, low, high, is_told }
    }

    /// What is expected by an instant.
    pub fn by(&self, at: Instant) -> Expected {
        self.around(self.quoted(at))
    }

    /// That with what chance allows, and the units before.
    fn around(&self, quoted: Quoted) -> Expected {
        let Quoted { low: (low, _), high: (_, high) } = quoted;
        Expected {
            low: self.before.saturating_add(low.saturating_sub(2 * low.isqrt())),
            high: self.before.saturating_add(high).saturating_add(2 * high.isqrt() + 1),
        }
    }

    /// The part of the quote by an instant, without the units before it.
    fn quoted(&self, at: Instant) -> Quoted {
        let until = at.min(self.plan.ends_at);
        let none = Quoted { low: (self.low, 0), high: (self.high, 0) };
        self.days.iter().fold(none, |found, (day, whole)| {
            let passed = day.between(self.from, until);
            let part = |units: u64| {
                // Weights of a year fit into 46 bits; what is beyond has no such quote.
                let units = u128::from(units).saturating_mul(passed) / whole;
                u64::try_from(units).unwrap_or(u64::MAX)
            };
            let with = |(least, most): (u64, u64), part: u64| (least.min(part), most.max(part));
            Quoted { low: with(found.low, part(self.low)), high: with(found.high, part(self.high)) }
        })
    }

    /// Whether the promotion is outside the band, and since when: looked at by the hour, up to the
    /// last one whose events have had an hour to come. Nothing is outside of a range that was not
    /// told.
    pub fn alert(&self, shortfall: &Shortfall, now: Instant) -> Option<Alert> {
        let units = shortfall.minutes.iter().map(|minute| (minute.at, minute.units));
        let (alert, _) = self.follow(units, now);
        let alert = alert?;
        let why = Why::ALL.into_iter().max_by_key(|why| shortfall.part(*why));
        let why = why.filter(|why| alert.alarm == Alarm::Behind && shortfall.part(*why) > 0);
        Some(Alert { why, ..alert })
    }

    /// The alert that is not over, not what it is due to, from units by the time of their
    /// selection, in order; and whether the last hour was inside.
    fn follow(
        &self,
        units: impl Iterator<Item = (Instant, i64)>,
        now: Instant,
    ) -> (Option<Alert>, bool) {
        let hour = Span::hours(1);
        let last = now.saturating_sub(UNREPORTED);
        let mut coming = units.peekable();
        let (mut net, mut found, mut is_inside) = (0_i64, None::<Alert>, false);
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
            let quoted = self.quoted(end);
            let expected = self.around(quoted);
            is_inside = quoted.holds(units.saturating_sub(self.before));
            let alarm = match units {
                units if units < expected.low => Some(Alarm::Behind),
                units if units > expected.high => Some(Alarm::Ahead),
                _ => found.map(|alert| alert.alarm).filter(|_| !is_inside),
            };
            found = alarm.map(|alarm| {
                let same = found.filter(|alert| alert.alarm == alarm);
                let since = same.map_or(end, |alert| alert.since);
                Alert { alarm, since, units, expected, why: None }
            });
        }
        (found, is_inside)
    }
}

/// How a promotion goes: what its [`Band::alert`] says, from what was delivered alone. It costs
/// little, so all promotions can be looked at now and then.
pub fn course(
    plan: &Plan,
    quote: &Quote,
    curve: &TrafficCurve,
    delivered: &[(Instant, Delivered)],
    now: Instant,
) -> Course {
    let minutes = delivered.iter().map(|(at, one)| (*at, one.net_units(), one.net_price()));
    let band = Band::from_minutes(plan, quote, curve, minutes);
    let units = delivered.iter().map(|(at, one)| (*at, one.net_units()));
    match band.follow(units, now) {
        (Some(alert), _) => Course::Outside(alert.alarm),
        (None, true) => Course::Inside,
        (None, false) => Course::Unclear,
    }
}
