//! A small city with honest viewers and farms of accounts, with known truth.
//!
//! Everything is drawn by a hash of seed, purpose and entity, so that a farm changes nothing of
//! what the honest do.

use base::Instant;
use feed::token::ViewerHash;
use feed::verdict::{Body, Outcome, Policy, Reason};

use super::desk::{Desk, at, hash, home, promotion, selection, view};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAYS: u64 = 2;

/// How the accounts of a farm act. Each run of a farm acts on some targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// All at once: within three minutes.
    Burst,
    /// In shifts of twenty accounts, each within four minutes, one after the other.
    Shifts,
    /// Within ten minutes, three in four of the accounts each time, and as much honest-looking
    /// activity at other times as the honest have.
    Camouflage,
    /// Within half an hour.
    Slow,
    /// Twelve accounts, within five minutes.
    Few,
    /// A run every eight hours, half of the accounts each time, within ten minutes.
    Rare,
    /// One account after the other, fifteen seconds apart, in the same order each time. Not looked
    /// at while the detector was built.
    HeldOutRelay,
}

/// An action: when, in seconds; by whom; on which promotion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Act {
    pub at: u64,
    pub viewer: u64,
    pub target: u64,
}

/// How large the city is.
#[derive(Clone, Copy, Debug)]
pub struct City {
    pub seed: u64,
    pub viewers: u64,
    pub targets: u64,
    pub accounts: u64,
}

/// Accounts of farms have numbers from here on.
const ACCOUNTS_FROM: u64 = 1_000_000;

impl City {
    fn draw(&self, purpose: u64, parts: &[u64], below: u64) -> u64 {
        let mut all = vec![self.seed, purpose];
        all.extend_from_slice(parts);
        hash(&all) % below.max(1)
    }

    /// When a promotion runs, in seconds: some from the start, some later, for half a day or more.
    fn runs(&self, target: u64) -> (u64, u64) {
        let from = self.draw(1, &[target], 3 * DAYS) * 8 * HOUR;
        let from = if target.is_multiple_of(2) { 0 } else { from };
        (from, from + 12 * HOUR + self.draw(2, &[target], 36) * HOUR)
    }

    /// A promotion for a viewer: one of its niche, or one of all by popularity.
    fn choice(&self, viewer: u64, at: u64, nth: u64) -> Option<u64> {
        let niche = viewer % 25;
        let of_niche = (niche * 3 + self.draw(3, &[viewer, at, nth], 4)) % self.targets;
        // The minimum of three draws favors the first ones: a few promotions are popular.
        let popular = (0..3).map(|one| self.draw(4 + one, &[viewer, at, nth], self.targets)).min();
        let is_niche = self.draw(7, &[viewer, at, nth], 3) == 0;
        let target = if is_niche { of_niche } else { popular? };
        let (from, until) = self.runs(target);
        (from..until).contains(&at).then_some(target)
    }

    /// The visits of a viewer, most of them in the evening, half of the viewers by the clock:
    /// within ten minutes of the same time every day. On the second day at 20:00 a third
    /// comes for a match, and again for its second half.
    fn visits(&self, viewer: u64) -> Vec<u64> {
        let mut visits = Vec::new();
        for day in 0..DAYS {
            for nth in 0..1 + self.draw(8, &[viewer, day], 4) {
                let is_regular = viewer.is_multiple_of(2);
                let of_day = if is_regular { 0 } else { day };
                let hours = [self.draw(9, &[viewer, of_day, nth], 24), 17 + nth % 6];
                let hour = hours[self.draw(10, &[viewer, of_day, nth], 2) as usize];
                let minute = self.draw(11, &[viewer, of_day, nth], 60);
                let jitter = self.draw(12, &[viewer, day, nth], 10);
                visits.push(day * 24 * HOUR + hour * HOUR + (minute + jitter) * MINUTE);
            }
        }
        if self.draw(13, &[viewer], 3) == 0 {
            let late = |purpose| self.draw(purpose, &[viewer], 10 * MINUTE);
            visits.push((24 + 20) * HOUR + late(14));
            visits.push((24 + 20) * HOUR + 50 * MINUTE + late(17));
        }
        visits
    }

    /// What a viewer does who behaves like the honest.
    fn honest(&self, viewer: u64) -> Vec<Act> {
        let mut acts = Vec::new();
        for start in self.visits(viewer) {
            for nth in 0..1 + self.draw(15, &[viewer, start], 6) {
                let at = start + self.draw(16, &[viewer, start, nth], 15 * MINUTE);
                let target = self.choice(viewer, start, nth);
                acts.extend(target.map(|target| Act { at, viewer, target }));
            }
        }
        acts
    }

    /// What the farm does: a run every two to four hours, on three targets that run.
    fn farm(&self, pattern: Pattern) -> Vec<Act> {
        let mut acts = Vec::new();
        let accounts = if pattern == Pattern::Few { 12 } else { self.accounts };
        let mut start = 6 * HOUR;
        let mut run = 0;
        while start < DAYS * 24 * HOUR {
            for nth in 0..3 {
                let target = self.draw(20, &[run, nth], self.targets);
                let (from, until) = self.runs(target);
                for account in 0..accounts {
                    let Some(after) = self.delay(pattern, run, nth, account) else { continue };
                    let (at, viewer) = (start + after, ACCOUNTS_FROM + account);
                    if (from..until).contains(&at) {
                        acts.push(Act { at, viewer, target });
                    }
                }
            }
            let pause = if pattern == Pattern::Rare { 7 * HOUR } else { 2 * HOUR };
            start += pause + self.draw(21, &[run], 2 * HOUR);
            run += 1;
        }
        if pattern == Pattern::Camouflage {
            acts.extend((0..accounts).flat_map(|account| self.honest(ACCOUNTS_FROM + account)));
        }
        acts
    }

    /// When after the start of a run an account acts on its `nth` target.
    fn delay(&self, pattern: Pattern, run: u64, nth: u64, account: u64) -> Option<u64> {
        let within = |purpose, time| self.draw(purpose, &[run, nth, account], time);
        match pattern {
            Pattern::Burst => Some(within(22, 3 * MINUTE)),
            Pattern::Shifts => Some(account / 20 * 6 * MINUTE + within(23, 4 * MINUTE)),
            Pattern::Camouflage => (within(24, 4) > 0).then(|| within(25, 10 * MINUTE)),
            Pattern::Slow => Some(within(26, 30 * MINUTE)),
            Pattern::Few => Some(within(27, 5 * MINUTE)),
            Pattern::Rare => (within(29, 2) > 0).then(|| within(30, 10 * MINUTE)),
            Pattern::HeldOutRelay => Some(15 * account + MINUTE * nth + within(28, 5)),
        }
    }

    /// Everything that happens, in order.
    pub fn acts(&self, pattern: Option<Pattern>) -> Vec<Act> {
        let mut acts: Vec<Act> = (0..self.viewers).flat_map(|viewer| self.honest(viewer)).collect();
        acts.extend(pattern.into_iter().flat_map(|pattern| self.farm(pattern)));
        acts.sort_unstable();
        acts
    }
}

/// Events of one side, and how many of them are not billed in the end because of lockstep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side {
    pub events: u64,
    pub refused: u64,
    pub repaid: u64,
}

impl Side {
    pub fn caught_per_mille(self) -> u64 {
        (self.refused + self.repaid) * 1_000 / self.events.max(1)
    }
}

/// Lets a judge see all that happens in a city; gives the honest side and the farm's.
pub fn judged(city: City, pattern: Option<Pattern>) -> (Side, Side) {
    let mut desk = Desk::new(Policy::default());
    for (nonce, act) in (0..).zip(city.acts(pattern)) {
        let mut chosen = selection(nonce);
        chosen.viewer = Some(ViewerHash::new(hash(&[act.viewer])));
        chosen.promotion = promotion(u128::from(1_000 + act.target));
        chosen.at = at(act.at);
        chosen.slice = act.viewer as u32;
        let token = desk.keys.seal(chosen);
        let mut event = view(&token);
        event.address = Some(home(act.viewer as u32));
        desk.judge(&event, at(act.at + 3)).unwrap();
    }
    let end: Instant = at((24 * DAYS + 3) * HOUR);
    desk.judge.pass_time(end, &mut desk.log);
    let mut sides = (Side::default(), Side::default());
    for record in &desk.log {
        // The slice tells who it was.
        let is_account = |slice: u32| u64::from(slice) >= ACCOUNTS_FROM;
        match &record.body {
            Body::Judged(judged) => {
                let is_farm = is_account(judged.selection.slice);
                let side = if is_farm { &mut sides.1 } else { &mut sides.0 };
                side.events += 1;
                side.refused += u64::from(judged.outcome == Outcome::Invalid(Reason::Lockstep));
            }
            Body::Repaid(repaid) => {
                let side = if is_account(repaid.slice) { &mut sides.1 } else { &mut sides.0 };
                side.repaid += 1;
            }
        }
    }
    sides
}
