//! Why less was delivered than planned.
//!
//! The *plan* of a promotion is its money, spread over its time as the traffic is; its *shortfall*
//! is what it has spent less than planned so far. [`explain`] splits it: how much is due to what.
//! All money is in millionths of a minor unit.
//!
//! # Method
//!
//! * Something that *happened* (an outage, errors, a pause, a stop, fewer people asked for, a daily
//!   budget) is due as much as would have been spent without it: the promotion's own course is
//!   gone through again, minute by minute, with the opportunities that it took away and with the
//!   money that is then not left for later. So what a promotion caught up is due to nobody.
//! * When several things happened, what would have been spent without all of them is split in
//!   proportion to what would have been without each.
//! * What would be missing though nothing had happened is due to the market and to the feed:
//!   others who bid more, viewers who have seen it often enough, too few people. It is split as the
//!   opportunities of the hours were lost in which less was spent than planned.
//! * Opportunities that nobody saw are estimated from the same minutes of other days, at the level
//!   of the hours around, and from the promotion's part of them; what is due to them says that it
//!   is an estimate ([`Why::is_estimate`]).
//!
//! The parts add up to the shortfall exactly, for every minute and so for all of them.

mod activity;
mod axis;
mod band;
mod deliveries;
mod holdups;
mod lost;
mod sentences;
mod suggest;
mod supply;
mod timeline;
mod trouble;
mod why;
mod worlds;

use base::{Instant, PromotionId, Span};
use promotions::{Deed, End, Micros};

use crate::{Chance, FrequencyCap, Plan, TrafficCurve, Waterfall};
use holdups::Deeds;
use supply::{Flow, PER_MICRO, Supply};
use worlds::Setting;

pub use activity::{Activity, Doings};
pub use band::{Alert, Band, Course, Expected, course};
pub use deliveries::{Delivered, Deliveries};
pub use lost::LostUnits;
pub use suggest::{Suggestion, suggest};
pub use trouble::{Incident, Trouble};
pub use why::{Side, Why};

/// All that is known of a promotion.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Which.
    pub promotion: PromotionId,
    /// What was bought.
    pub plan: Plan,
    /// The most that a unit costs.
    pub price: Micros,
    /// The chance of a unit before its own events tell.
    pub believed: Chance,
    /// How often a viewer is shown it.
    pub cap: FrequencyCap,
    /// What was done to it, in order.
    pub deeds: &'a [Deed],
    /// How it ended.
    pub end: Option<End>,
    /// The opportunities of all processes.
    pub waterfall: &'a Waterfall,
    /// What was delivered.
    pub deliveries: &'a Deliveries,
    /// What the platform did.
    pub activity: &'a Activity,
    /// What was wrong with it.
    pub trouble: &'a Trouble,
    /// The traffic of its viewers' days.
    pub curve: &'a TrafficCurve,
}

/// A minute of a promotion's shortfall, in millionths of a minor unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinuteShortfall {
    /// When it begins.
    pub at: Instant,
    /// What was planned for it.
    pub planned: i64,
    /// What its selections have cost, less what was repaid in it. What is repaid after the end
    /// belongs to the last minute.
    pub spent: i64,
    /// Units of its selections that were billed, less those that were repaid in it.
    pub units: i64,
    parts: [i64; Why::COUNT],
}

impl MinuteShortfall {
    /// A minute of which so much was planned, and so much of that is due to these causes.
    pub fn of(at: Instant, planned: i64, lost: &[(Why, i64)]) -> MinuteShortfall {
        let mut parts = [0; Why::COUNT];
        lost.iter().for_each(|(why, money)| parts[why.place()] += money);
        MinuteShortfall { at, planned, spent: planned - parts.iter().sum::<i64>(), units: 0, parts }
    }

    /// What was spent less than planned; below zero when it was more.
    pub fn missing(&self) -> i64 {
        self.planned - self.spent
    }

    /// What is due to a cause; below zero when it was caught up.
    pub fn part(&self, why: Why) -> i64 {
        self.parts[why.place()]
    }
}

/// A promotion's shortfall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// Every minute from its start.
    pub minutes: Vec<MinuteShortfall>,
    /// What was planned so far, in millionths of a minor unit.
    pub planned: i64,
    /// What was spent of it.
    pub spent: i64,
    /// Units that were billed, less those that were repaid.
    pub units: i64,
}

/// A stretch of time of a shortfall: sums of its minutes, and so as exact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// When it begins.
    pub at: Instant,
    /// What was planned for it, in millionths of a minor unit.
    pub planned: i64,
    /// What was spent in it.
    pub spent: i64,
    /// Units that were billed, less those that were repaid in it.
    pub units: i64,
    /// What the difference is due to; only parts that are not zero.
    pub parts: Vec<Part>,
}

/// A part of a shortfall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is due to.
    pub why: Why,
    /// How much, in millionths of a minor unit.
    pub money: i64,
    /// How many units that is, at what units have cost so far.
    pub units: i64,
}

impl Shortfall {
    /// What is missing in all.
    pub fn missing(&self) -> i64 {
        self.planned - self.spent
    }

    /// What is due to a cause in all.
    pub fn part(&self, why: Why) -> i64 {
        self.minutes.iter().map(|minute| minute.part(why)).sum()
    }

    /// All parts that are not zero, in the order of [`Why::ALL`]; `price` is what a unit costs as
    /// long as nothing was paid for any. Their money adds up to [`Shortfall::missing`], their units
    /// to what that money would have bought.
    pub fn parts(&self, price: Micros) -> Vec<Part> {
        let money = Why::ALL.map(|why| self.part(why));
        parts_of(&money, &self.units_of(&money, price))
    }

    /// The same by stretches of that length, the first of which begins with a day. The money and
    /// the units of a cause add up to those of [`Shortfall::parts`], whatever the length.
    pub fn stretches(&self, price: Micros, length: Span) -> Vec<Stretch> {
        let mut found = Vec::new();
        // Units of what is missing from the start, so that rounding is not lost in between.
        let (mut money, mut units) = ([0; Why::COUNT], [0; Why::COUNT]);
        let of_same = |one: &MinuteShortfall, other: &MinuteShortfall| {
            begin(one.at, length) == begin(other.at, length)
        };
        for minutes in self.minutes.chunk_by(of_same) {
            let (money_before, units_before) = (money, units);
            for minute in minutes {
                money.iter_mut().zip(minute.parts).for_each(|(sum, part)| *sum += part);
            }
            units = self.units_of(&money, price);
            let of_stretch = |now: &[i64; Why::COUNT], before: &[i64; Why::COUNT]| {
                std::array::from_fn(|place| now[place] - before[place])
            };
            found.push(Stretch {
                at: begin(minutes[0].at, length),
                planned: minutes.iter().map(|minute| minute.planned).sum(),
                spent: minutes.iter().map(|minute| minute.spent).sum(),
                units: minutes.iter().map(|minute| minute.units).sum(),
                parts: parts_of(
                    &of_stretch(&money, &money_before),
                    &of_stretch(&units, &units_before),
                ),
            });
        }
        found
    }

    /// How many units the money of each cause would have bought. Units of sums, so that they add
    /// up.
    fn units_of(&self, money: &[i64; Why::COUNT], price: Micros) -> [i64; Why::COUNT] {
        let (spent, units) = match (self.spent, self.units) {
            (1.., 1..) => (i128::from(self.spent), i128::from(self.units)),
            _ => (i128::from(price.get()), 1),
        };
        let bought = |money: i64| (i128::from(money) * units).checked_div(spent).unwrap_or(0);
        let (mut so_far, mut told) = (0, 0);
        money.map(|money| {
            so_far += money;
            let units = bought(so_far) - told;
            told += units;
            i64::try_from(units).unwrap_or(i64::MAX)
        })
    }
}

fn parts_of(money: &[i64; Why::COUNT], units: &[i64; Why::COUNT]) -> Vec<Part> {
    let parts = Why::ALL.into_iter().zip(money.iter().zip(units));
    let parts = parts.map(|(why, (money, units))| Part { why, money: *money, units: *units });
    parts.filter(|part| part.money != 0 || part.units != 0).collect()
}

/// The beginning of the stretch of that length which an instant lies in; a day begins one.
fn begin(at: Instant, length: Span) -> Instant {
    let into = at.micros().unsigned_abs() % length.micros().max(1);
    at.saturating_sub(Span::from_micros(into))
}

/// Explains the shortfall of a promotion up to `until`.
pub fn explain(facts: &Facts<'_>, until: Instant) -> Shortfall {
    let Plan { starts_at, ends_at, .. } = facts.plan;
    let deeds = Deeds::read(facts.deeds, facts.end, starts_at, ends_at);
    let minutes = timeline::minutes(facts, facts.activity, &deeds, until);
    let mut shortfall = Shortfall { minutes: Vec::new(), planned: 0, spent: 0, units: 0 };
    if minutes.is_empty() {
        return shortfall;
    }
    let supply = Supply::learn(&minutes, facts);
    let setting = Setting::new(&facts.plan, facts.curve, &minutes, &supply);
    let causes = setting.causes();
    let alone: Vec<Vec<Flow>> =
        causes.iter().map(|why| setting.without(std::slice::from_ref(why))).collect();
    let all = setting.without(&causes);
    let mut sums = Sums::default();
    let (mut told, mut planned) = ([0_i64; Why::COUNT], 0);
    for (place, minute) in minutes.iter().enumerate() {
        sums.due += setting.due(place);
        sums.real += minute.flow;
        sums.all += all[place];
        for (alone, flows) in sums.alone.iter_mut().zip(&alone) {
            *alone += flows[place] - minute.flow;
        }
        sums.weigh(setting.due(place) - all[place], &setting.reasons(place));
        let parts = sums.parts(&causes);
        let due = micros(sums.due) - planned;
        planned += due;
        let mut of_minute = [0; Why::COUNT];
        for (place, part) in of_minute.iter_mut().enumerate() {
            *part = parts[place] - told[place];
        }
        let units = minute.units;
        let spent = due - of_minute.iter().sum::<i64>();
        shortfall.minutes.push(MinuteShortfall {
            at: minute.at,
            planned: due,
            spent,
            units,
            parts: of_minute,
        });
        shortfall.units += units;
        told = parts;
    }
    shortfall.planned = planned;
    shortfall.spent = shortfall.planned - told.iter().sum::<i64>();
    shortfall
}

/// What was summed up from the start.
#[derive(Clone, Debug)]
struct Sums {
    due: Flow,
    real: Flow,
    all: Flow,
    /// What would have been spent more without each cause.
    alone: [Flow; Why::COUNT],
    weights: [u128; Why::COUNT],
}

impl Default for Sums {
    fn default() -> Sums {
        let none = [0; Why::COUNT];
        Sums { due: 0, real: 0, all: 0, alone: none, weights: [0; Why::COUNT] }
    }
}

impl Sums {
    /// Remembers why less was spent than planned though nothing had happened.
    fn weigh(&mut self, deficit: Flow, reasons: &[(Why, u64)]) {
        let Ok(deficit) = u128::try_from(deficit) else { return };
        for (why, weight) in reasons {
            let weight = deficit.saturating_mul(u128::from(*weight));
            self.weights[why.place()] = self.weights[why.place()].saturating_add(weight);
        }
    }

    /// Splits what is missing so far, in millionths.
    fn parts(&self, causes: &[Why]) -> [i64; Why::COUNT] {
        let mut parts = [0; Why::COUNT];
        let missing = micros(self.due - self.real);
        let happened = micros(self.all - self.real).max(0);
        let alone = &self.alone[..causes.len()];
        // When each alone would have changed nothing, it took all of them.
        let together = u128::from(alone.iter().all(|one| *one <= 0));
        let weights: Vec<u128> = alone.iter().map(|one| positive(*one).max(together)).collect();
        for (why, part) in causes.iter().zip(split(happened, &weights)) {
            parts[why.place()] = part;
        }
        let rest = missing - parts.iter().sum::<i64>();
        if rest <= 0 || self.weights.iter().all(|weight| *weight == 0) {
            parts[Why::Pacing.place()] += rest;
            return parts;
        }
        for (place, part) in split(rest, &self.weights).into_iter().enumerate() {
            parts[place] += part;
        }
        parts
    }
}

/// Splits an amount that is not negative in proportion to weights; the last that has any gets what
/// rounding left. Nothing is split where all weights are zero.
fn split(amount: i64, weights: &[u128]) -> Vec<i64> {
    // Weights of 64 bits: a product with an amount then fits.
    let largest = weights.iter().copied().max().unwrap_or(0);
    let shift = (u128::BITS - largest.leading_zeros()).saturating_sub(64);
    let whole: u128 = weights.iter().map(|weight| weight >> shift).sum();
    let share = |weight: u128| {
        let share = u128::from(amount.unsigned_abs()) * (weight >> shift);
        share.checked_div(whole).and_then(|part| i64::try_from(part).ok()).unwrap_or(0)
    };
    let mut parts: Vec<i64> = weights.iter().map(|weight| share(*weight)).collect();
    let left = amount - parts.iter().sum::<i64>();
    if let Some(place) = weights.iter().rposition(|weight| *weight > 0) {
        parts[place] += left;
    }
    parts
}

fn positive(flow: Flow) -> u128 {
    u128::try_from(flow).unwrap_or(0)
}

/// Rounded down, also below zero: what is missing and what was spent then add up to the plan.
fn micros(flow: Flow) -> i64 {
    i64::try_from(flow.div_euclid(PER_MICRO)).unwrap_or(i64::MAX)
}
