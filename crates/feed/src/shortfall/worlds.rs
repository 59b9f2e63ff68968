//! What would have been delivered, had something not happened.
//!
//! A *world* is the promotion's own course, minute by minute, without one cause or without all.
//! It spends what was really spent, changed in two ways:
//!
//! * Where the cause took opportunities away, it has them, and wins of them what the promotion
//!   usually wins, as far as its pace allows.
//! * What it has spent more so far, it has less of later: where the real one was held back by its
//!   pace, this one is held back more.

use base::{Instant, Span};

use super::Why;
use super::supply::{Flow, Supply};
use super::timeline::Minute;
use crate::pacing::CATCH_UP_MAX;
use crate::{Cause, Counts, Outcome, Plan, TrafficCurve};

const MILLION: i128 = 1_000_000;
const BILLION: i128 = 1_000_000_000;

/// A promotion is held back by its pace when it had to wait at a twentieth of the opportunities at
/// which it could have bid.
const PACED: u64 = 20;

/// What one minute could bring beside what it brought, for each cause.
#[derive(Clone, Debug, Default)]
pub(super) struct Missed {
    pub(super) parts: Vec<(Why, Flow)>,
}

/// What is the same in all worlds.
pub(super) struct Setting<'a> {
    plan: &'a Plan,
    minutes: &'a [Minute],
    supply: &'a Supply,
    budget: Flow,
    daily: Option<Flow>,
    weights: Vec<Weights>,
    hours: Vec<Hour>,
    /// Of the whole flight.
    counts: Counts,
    missed: Vec<Missed>,
}

/// Traffic of a minute, and of what is left with it: of the flight and of the day.
#[derive(Clone, Copy, Debug, Default)]
struct Weights {
    minute: i128,
    left: i128,
    whole: i128,
    left_today: i128,
    today: i128,
}

/// An hour of the promotion.
#[derive(Clone, Copy, Debug, Default)]
struct Hour {
    counts: Counts,
    flow: Flow,
    pace: Flow,
    is_paced: bool,
}

/// What a world has spent.
#[derive(Clone, Copy, Debug, Default)]
struct Spent {
    all: Flow,
    today: Flow,
    day: i64,
}

impl Spent {
    fn begin(&mut self, at: Instant) {
        if self.day != at.day_number() {
            (self.day, self.today) = (at.day_number(), 0);
        }
    }

    fn add(&mut self, flow: Flow) {
        self.all += flow;
        self.today += flow;
    }
}

impl<'a> Setting<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        curve: &TrafficCurve,
        minutes: &'a [Minute],
        supply: &'a Supply,
    ) -> Setting<'a> {
        let weights = minutes.iter().map(|minute| weights(plan, curve, minute.at)).collect();
        let mut setting = Setting {
            plan,
            minutes,
            supply,
            budget: super::timeline::flow(plan.budget),
            daily: plan.daily.map(super::timeline::flow),
            weights,
            hours: Vec::new(),
            counts: Counts::default(),
            missed: Vec::new(),
        };
        setting.find_hours();
        setting.missed = (0..minutes.len()).map(|place| setting.find_missed(place)).collect();
        setting
    }

    /// The causes that something is missed for.
    pub(super) fn causes(&self) -> Vec<Why> {
        let is_found = |why: &Why| {
            let missed =
                |one: &Missed| one.parts.iter().any(|(cause, flow)| cause == why && *flow > 0);
            match why {
                Why::DailyBudget => self.daily.is_some(),
                _ => self.missed.iter().any(missed),
            }
        };
        Why::EVENTS.into_iter().filter(is_found).collect()
    }

    /// What each minute would have brought without these causes.
    pub(super) fn without(&self, causes: &[Why]) -> Vec<Flow> {
        let (mut real, mut world) = (Spent::default(), Spent::default());
        let has_daily = !causes.contains(&Why::DailyBudget);
        let mut flows = Vec::with_capacity(self.minutes.len());
        for (place, minute) in self.minutes.iter().enumerate() {
            real.begin(minute.at);
            world.begin(minute.at);
            let real_pace = self.pace(place, &real, true);
            let pace = self.pace(place, &world, has_daily);
            let kept = self.kept(place, real_pace, pace);
            let parts = &self.missed[place].parts;
            let missed =
                parts.iter().filter(|(why, _)| causes.contains(why) && *why != Why::Invalid);
            let missed: Flow = missed.map(|(_, flow)| *flow).sum();
            let more = (kept + missed).min(pace.max(kept)) - kept;
            let repaid = if causes.contains(&Why::Invalid) { minute.repaid } else { 0 };
            let flow = (kept + more.max(0) + repaid).min(self.budget - world.all);
            real.add(minute.flow);
            world.add(flow);
            flows.push(flow);
        }
        flows
    }

    /// What a minute brings when it is paced otherwise than it was.
    fn kept(&self, place: usize, real_pace: Flow, pace: Flow) -> Flow {
        let (minute, hour) = (&self.minutes[place], &self.hours[self.hour(place)]);
        if pace == real_pace || real_pace <= 0 || minute.flow <= 0 {
            return minute.flow;
        }
        if hour.is_paced {
            let (won, all) = self.supply.winnable(&hour.counts);
            let served = i128::from(hour.counts.get(Outcome::Served)) * MILLION;
            // How much more there was to win than what was won, in millionths.
            let most = if all == 0 || served == 0 { MILLION } else { won * MILLION / served };
            return minute.flow * (pace * MILLION / real_pace).min(most.max(MILLION)) / MILLION;
        }
        let room = pace * hour.pace.max(1) / real_pace * MILLION / hour.flow.max(1);
        minute.flow * room.min(MILLION) / MILLION
    }

    /// What the money that is left would have been spent at.
    fn pace(&self, place: usize, spent: &Spent, has_daily: bool) -> Flow {
        let weights = &self.weights[place];
        let share = |left: Flow, whole: Flow, of_left: i128, of_whole: i128| {
            let left = left.max(0);
            let even = left * weights.minute / of_left.max(1);
            let fast = whole * weights.minute / of_whole.max(1) * i128::from(CATCH_UP_MAX);
            even.min(fast).min(left)
        };
        let all = share(self.budget - spent.all, self.budget, weights.left, weights.whole);
        match self.daily.filter(|_| has_daily) {
            Some(daily) => {
                all.min(share(daily - spent.today, daily, weights.left_today, weights.today))
            }
            None => all,
        }
    }

    /// What the plan says for a minute.
    pub(super) fn due(&self, place: usize) -> Flow {
        let weights = &self.weights[place];
        let so_far = weights.whole - weights.left;
        let up_to = |weight: i128| self.budget * weight / weights.whole.max(1);
        up_to(so_far + weights.minute) - up_to(so_far)
    }

    fn hour(&self, place: usize) -> usize {
        let since = self.minutes[place].at.since(self.minutes[0].at).unwrap_or_default();
        ((since.micros() / Span::hours(1).micros()) as usize).min(self.hours.len() - 1)
    }

    fn find_hours(&mut self) {
        let count = self.minutes.len().div_ceil(60).max(1);
        self.hours = vec![Hour::default(); count];
        let mut real = Spent::default();
        for (place, minute) in self.minutes.iter().enumerate() {
            real.begin(minute.at);
            let pace = self.pace(place, &real, true);
            real.add(minute.flow);
            let at = self.hour(place);
            let hour = &mut self.hours[at];
            hour.counts.absorb(&minute.counts);
            self.counts.absorb(&minute.counts);
            hour.flow += minute.flow;
            hour.pace += pace;
        }
        let mut before = false;
        for hour in &mut self.hours {
            let waited = hour.counts.get(Outcome::Lost(Cause::Pacing));
            let bids =
                [Outcome::Served, Outcome::Lost(Cause::Outbid), Outcome::Lost(Cause::Currency)];
            let bids: u64 = bids.into_iter().map(|outcome| hour.counts.get(outcome)).sum();
            if waited + bids > 0 {
                before = waited * PACED >= waited + bids;
            }
            hour.is_paced = before;
        }
    }

    /// What a minute did not bring, for each cause.
    fn find_missed(&self, place: usize) -> Missed {
        let (minute, supply) = (&self.minutes[place], self.supply);
        let Minute { hour, epoch, health, .. } = *minute;
        let mut missed = Missed::default();
        let worth = |epoch, opportunities| {
            if supply.is_known { supply.worth(epoch, hour, opportunities) } else { self.due(place) }
        };
        let unseen = |part: u64| {
            let pages = u128::from(health.usual) * u128::from(part) / MILLION.unsigned_abs();
            supply.opportunities(epoch, u64::try_from(pages).unwrap_or(u64::MAX))
        };
        if let Some(holdup) = minute.holdup {
            let opportunities = if health.is_gap || health.unseen > 0 {
                unseen(1_000_000)
            } else if !minute.is_counted {
                // It is settled, or was not looked at then: the pages tell.
                supply.opportunities(epoch, minute.pages * 1_000)
            } else {
                let held = Outcome::Lost;
                let held =
                    [held(Cause::Paused), held(Cause::Policy)].map(|one| minute.counts.get(one));
                i128::from(held[0] + held[1]) * BILLION
            };
            let flow = worth(epoch, opportunities);
            missed.parts.push((holdup.why, self.recovered(flow, holdup.until)));
            return self.with_repaid(missed, minute);
        }
        let soon = minute.at.saturating_add(Span::minutes(1));
        for (why, part) in [(Why::Outage, health.unseen), (Why::Errors, health.failed)] {
            if part > 0 {
                let flow = worth(epoch, unseen(part)).min(if supply.is_known {
                    Flow::MAX
                } else {
                    self.due(place) * i128::from(part) / MILLION
                });
                missed.parts.push((why, self.recovered(flow, soon)));
            }
        }
        if health.unheard > 0 {
            let served = i128::from(minute.counts.get(Outcome::Served)) * supply.value();
            let flow = served * i128::from(health.unheard) / MILLION;
            missed.parts.push((Why::Intake, flow));
        }
        let held_back = minute.counts.get(Outcome::Lost(Cause::Incident));
        if held_back > 0 {
            // Those that it would have won, so each is worth what a selection brings.
            let flow = i128::from(held_back) * supply.value();
            missed.parts.push((Why::Incident, self.recovered(flow, soon)));
        }
        if epoch > 0 {
            let pages = if health.is_gap { health.usual } else { minute.pages * 1_000 };
            let before = supply.opportunities(0, pages);
            let now = supply.opportunities(epoch, pages);
            let flow = worth(0, before) - if supply.is_known { worth(epoch, now) } else { 0 };
            missed.parts.push((Why::Narrowed, flow.max(0)));
        }
        self.with_repaid(missed, minute)
    }

    fn with_repaid(&self, mut missed: Missed, minute: &Minute) -> Missed {
        if minute.repaid > 0 {
            missed.parts.push((Why::Invalid, minute.repaid));
        }
        missed
    }

    /// Viewers who were not shown it are further from their cap afterwards: over a day, some of
    /// what was missed comes back by itself.
    fn recovered(&self, flow: Flow, until: Instant) -> Flow {
        let after = self.plan.ends_at.since(until).unwrap_or_default().micros();
        let day = Span::days(1).micros();
        let back = (MILLION - self.supply.saturation.elasticity()) * i128::from(after.min(day))
            / i128::from(day);
        flow - flow * back / MILLION
    }

    /// How the cause of what is missing without any event is split in an hour: see
    /// [`super::explain`].
    pub(super) fn reasons(&self, place: usize) -> Vec<(Why, u64)> {
        let of_hour = &self.hours[self.hour(place)].counts;
        let minute = &self.minutes[place];
        // An hour of which little is known is like all others.
        let is_known = minute.is_clean() && of_hour.opportunities() > 0;
        let (counts, due) = match is_known {
            true => (of_hour, self.due(place) * 60),
            false => (&self.counts, self.budget),
        };
        let get = |cause| counts.get(Outcome::Lost(cause));
        let seen = counts.opportunities() - get(Cause::Policy) - get(Cause::Paused);
        let needed = if self.supply.value() > 0 { due / self.supply.value() } else { 0 };
        let needed = u64::try_from(needed).unwrap_or(u64::MAX).max(1);
        let absent = needed.saturating_sub(seen);
        let lost = [
            (Why::Outbid, get(Cause::Outbid)),
            (Why::Currency, get(Cause::Currency)),
            (Why::Cap, get(Cause::Cap)),
            (Why::Budget, get(Cause::Budget)),
            (Why::Lease, get(Cause::Error)),
        ];
        let sum: u64 = lost.iter().map(|(_, count)| *count).sum();
        if seen == 0 {
            return vec![(Why::Audience, 1_000)];
        }
        let rest = 1_000 - (1_000_u128 * u128::from(absent) / u128::from(needed)) as u64;
        let mut reasons = vec![(Why::Audience, 1_000 - rest)];
        if sum == 0 {
            reasons.push((Why::Pacing, rest));
        } else {
            let part = |count: u64| (u128::from(rest) * u128::from(count) / u128::from(sum)) as u64;
            reasons.extend(lost.map(|(why, count)| (why, part(count))));
        }
        reasons
    }
}

fn weights(plan: &Plan, curve: &TrafficCurve, at: Instant) -> Weights {
    let (from, next) = (at.max(plan.starts_at), at.saturating_add(Span::minutes(1)));
    let midnight = Instant::from_micros(at.day_number() * Span::days(1).micros() as i64);
    let tomorrow = midnight.saturating_add(Span::days(1));
    let between = |from: Instant, until: Instant| {
        let weight = curve.between(from.max(plan.starts_at), until.min(plan.ends_at));
        i128::try_from(weight).unwrap_or(i128::MAX)
    };
    Weights {
        minute: between(from, next),
        left: between(from, plan.ends_at),
        whole: between(plan.starts_at, plan.ends_at),
        left_today: between(from, tomorrow),
        today: between(midnight, tomorrow),
    }
}
