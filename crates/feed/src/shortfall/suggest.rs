//! What a change of one setting would bring until the end.
//!
//! From the minutes in which nothing was wrong follow, for an amount of traffic, how many
//! selections are won, how many would be without pacing, what a selection brings and what a unit
//! costs. Until the end a promotion then gets the smaller of what it wins and what its money buys,
//! day by day where there is a daily budget. The same is told for the changed terms; the difference
//! is what the change is expected to bring. Nothing is known of how others will bid then.
//!
//! How many can be won is learned from when viewers are at their frequency cap as they will be. On
//! the first day nobody is at first, so that day has won more than the next one can.
//!
//! A change is suggested when it brings a twentieth more, and more than chance may: twice the
//! square root of the units that are expected as it is, as in the band of a quote.
//!
//! Where all money would be spent without pacing nothing is suggested. Otherwise what is won goes
//! on as it was, as far as it can be won; only without a daily budget it would not be held back as
//! it was.

use base::{Instant, Span};
use promotions::{Audience, SettingChange, Terms};

use super::holdups::Deeds;
use super::supply::{Flow, Saturation};
use super::timeline::{self, Minute, flow};
use super::{Facts, Why};
use crate::{Cause, Counts, FrequencyCap, Outcome};

/// A change of one setting, and what it is expected to bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The change.
    pub change: SettingChange,
    /// What it is made against.
    pub why: Why,
    /// Units that are expected until the end, as it is.
    pub units_as_is: u64,
    /// Units that are expected until the end, the later one if that is the change, beyond these.
    pub units_more: u64,
}

/// Suggestions that are shown at once.
const SUGGESTIONS_MAX: usize = 3;

/// Minutes in which nothing was wrong, before anything is suggested.
const MINUTES_MIN: usize = 180;

/// Opportunities of these.
const OPPORTUNITIES_MIN: u64 = 100;

/// Viewers are at their frequency cap by what they were shown within its time, and nobody is at
/// first: when so much of that time is over, in percent, about as many are as will be.
const FILLED_PERCENT: u64 = 75;

/// Opportunities that all minutes count as, beside those since then.
const BLENDED: i128 = 100;

/// What happened so short a time ago was not reported yet.
const UNREPORTED: Span = Span::hours(1);

/// A change is suggested when it brings a twentieth more.
const WORTH_IT: i128 = 20;

/// Of the changes of the end, the smallest that brings so many hundredths of the most.
const ENOUGH_PERCENT: i128 = 90;

const MILLION: i128 = 1_000_000;
const THOUSAND: i128 = 1_000;

/// The most helpful changes first; none when nothing would help, or too little is known. `reach`
/// tells how many opportunities an audience offers in a day; only proportions count.
pub fn suggest(
    facts: &Facts<'_>,
    terms: &Terms,
    until: Instant,
    reach: &dyn Fn(&Audience) -> u64,
) -> Vec<Suggestion> {
    let Some(outlook) = Outlook::learn(facts, until) else { return Vec::new() };
    let unpaced = outlook.expect(terms, outlook.won, (1, 1));
    if unpaced * WORTH_IT >= outlook.bought(outlook.money()) * (WORTH_IT - 1) {
        return Vec::new();
    }
    let as_is = outlook.expect(terms, outlook.served, (1, 1));
    let mut found = Vec::new();
    for change in SettingChange::ALL {
        let Some(after) = change.apply(terms) else { continue };
        let (wide, narrow) = match change.is_of_audience() {
            true => (reach(&after.audience), reach(&terms.audience)),
            false => (1, 1),
        };
        if wide < narrow || narrow == 0 {
            continue;
        }
        let more = match change {
            SettingChange::NoDailyBudget => outlook.expect(&after, outlook.won, (1, 1)) - unpaced,
            _ => outlook.expect(&after, outlook.served, (wide, narrow)) - as_is,
        };
        // Both in thousandths.
        let is_beyond_chance = more * more >= 4 * as_is * THOUSAND;
        if more >= THOUSAND && more * WORTH_IT >= as_is && is_beyond_chance {
            found.push((change, more));
        }
    }
    let later = |change: SettingChange| change.setting() == "/ends_at";
    let most = found.iter().filter(|(change, _)| later(*change)).map(|(_, more)| *more).max();
    let enough = most.unwrap_or(0) * ENOUGH_PERCENT / 100;
    let chosen = found.iter().find(|(change, more)| later(*change) && *more >= enough).copied();
    found.retain(|one| !later(one.0) || Some(*one) == chosen);
    // Of those that bring the same, the first.
    found.sort_by_key(|(_, more)| std::cmp::Reverse(*more));
    found.truncate(SUGGESTIONS_MAX);
    let units = |thousandths: i128| u64::try_from(thousandths / THOUSAND).unwrap_or(0);
    let suggestion = |(change, more): (SettingChange, i128)| Suggestion {
        change,
        why: outlook.why(change),
        units_as_is: units(as_is),
        units_more: units(more),
    };
    found.into_iter().map(suggestion).collect()
}

/// How it goes, as far as it is known.
struct Outlook<'a> {
    facts: &'a Facts<'a>,
    now: Instant,
    /// Traffic in which the rest was seen.
    weight: i128,
    counts: Counts,
    /// Selections of these as it goes on, in millionths.
    served: i128,
    /// And those that would be won without pacing.
    won: i128,
    /// Units that a million selections bring.
    units_per_million: i128,
    unit_price: Flow,
    spent: Flow,
    spent_today: Flow,
}

impl<'a> Outlook<'a> {
    fn learn(facts: &'a Facts<'a>, now: Instant) -> Option<Outlook<'a>> {
        let (starts_at, ends_at) = (facts.plan.starts_at, facts.plan.ends_at);
        let deeds = Deeds::read(facts.deeds, facts.end, starts_at, ends_at);
        let minutes = timeline::minutes(facts, facts.activity, &deeds, now);
        let epoch = minutes.last()?.epoch;
        let reported = now.saturating_sub(UNREPORTED);
        let is_known = |one: &&Minute| one.is_clean() && one.epoch == epoch && one.at < reported;
        let known: Vec<&Minute> = minutes.iter().filter(is_known).collect();
        let first_shown = deeds.edits.last().copied().unwrap_or(starts_at).max(starts_at);
        let filling = Span::from_micros(facts.cap.within.micros() / 100 * FILLED_PERCENT);
        let filled_at = first_shown.saturating_add(filling);
        let (mut counts, mut filled, mut weight) = (Counts::default(), Counts::default(), 0);
        let (mut served, mut units, mut paid) = (0_i128, 0_i128, 0);
        for minute in &known {
            counts.absorb(&minute.counts);
            if minute.at >= filled_at {
                filled.absorb(&minute.counts);
            }
            let next = minute.at.saturating_add(Span::minutes(1));
            weight += signed(facts.curve.between(minute.at, next));
            if minute.health.unheard == 0 {
                served += i128::from(minute.counts.get(Outcome::Served));
                units += i128::from(minute.units);
                paid += minute.flow;
            }
        }
        // More may have been repaid in them than came of them.
        let units = units.max(0);
        if known.len() < MINUTES_MIN || counts.opportunities() < OPPORTUNITIES_MIN || weight == 0 {
            return None;
        }
        // What was believed counts as one unit, at half of the most that it costs.
        let trials = 1_000 * MILLION / i128::from(facts.believed.billionths().max(1));
        let won = winnable(&counts, &filled, facts.cap);
        let is_of_today = |one: &&Minute| one.at.day_number() == now.day_number();
        Some(Outlook {
            facts,
            now,
            weight,
            served: (i128::from(counts.get(Outcome::Served)) * MILLION).min(won),
            won,
            counts,
            units_per_million: (units + 1) * MILLION / (served + trials),
            unit_price: ((paid + flow(facts.price) / 2) / (units + 1)).max(1),
            spent: minutes.iter().map(|one| one.flow).sum(),
            spent_today: minutes.iter().filter(is_of_today).map(|one| one.flow).sum(),
        })
    }

    fn money(&self) -> Flow {
        flow(self.facts.plan.budget) - self.spent
    }

    /// Units until the end, in thousandths, when so many selections are won in the same traffic,
    /// and there are `wide` opportunities in place of each `narrow` ones.
    fn expect(&self, terms: &Terms, won: i128, (wide, narrow): (u64, u64)) -> i128 {
        let daily = terms.daily_budget.map(|daily| flow(promotions::Micros::of(daily)));
        let (mut units, mut at) = (0, self.now.max(terms.starts_at));
        let mut today = self.spent_today;
        while at < terms.ends_at {
            let midnight = Span::days(u64::try_from(at.day_number() + 1).unwrap_or(0));
            let next = Instant::from_micros(0).saturating_add(midnight).min(terms.ends_at);
            let traffic = signed(self.facts.curve.between(at, next));
            let won = won * traffic / self.weight * i128::from(wide) / i128::from(narrow);
            let brought = won / THOUSAND * self.units_per_million / MILLION;
            units += match daily {
                Some(daily) => brought.min(self.bought(daily - today)),
                None => brought,
            };
            (at, today) = (next, 0);
        }
        units.min(self.bought(self.money()))
    }

    /// Units for the money, in thousandths.
    fn bought(&self, money: Flow) -> i128 {
        money.max(0) * THOUSAND / self.unit_price
    }

    /// What a change is made against.
    fn why(&self, change: SettingChange) -> Why {
        let lost = |cause| self.counts.get(Outcome::Lost(cause));
        match change {
            SettingChange::NoDailyBudget => Why::DailyBudget,
            _ if lost(Cause::Outbid).max(lost(Cause::Cap)) < self.counts.get(Outcome::Served) => {
                Why::Audience
            }
            _ if lost(Cause::Cap) > lost(Cause::Outbid) => Why::Cap,
            _ => Why::Outbid,
        }
    }
}

/// How many selections of all opportunities would be won without pacing, in millionths, when
/// viewers are at their cap as they were in those that are `filled`.
fn winnable(all: &Counts, filled: &Counts, cap: FrequencyCap) -> i128 {
    let [(won, of), (won_filled, of_filled)] =
        [all, filled].map(|counts| Saturation::of(counts, cap).winnable(counts));
    (won_filled + won * BLENDED / of.max(1)) * of / (of_filled + BLENDED)
}

fn signed(weight: u128) -> i128 {
    i128::try_from(weight).unwrap_or(i128::MAX)
}
