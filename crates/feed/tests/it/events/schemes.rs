//! Farms with many schedules and disguises in the simulated city, beside those that the city
//! itself knows.
//!
//! A farm is told by a [`Scheme`]. Its accounts look at the feed like everybody and get what they
//! are admitted to; some of the campaigns are the farm's targets, and on these they act. What they
//! do, and when, follows from the seed.

use std::collections::BTreeMap;

use base::Token;
use promotions::{EventKind, Goal};
use world::{Campaign, Looker, Plan, resident};

use super::desk::hash;

/// When an account looks at the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// At any time between these hours of the day, drawn anew every time.
    Anew(u64, u64),
    /// At hours of its own, each day within so many minutes of the same time.
    OwnHours(u64),
    /// Within so many minutes after a time that all accounts of a cohort share.
    Staggered(u64),
}

/// How a farm goes about it.
#[derive(Clone, Copy, Debug)]
pub struct Scheme {
    pub name: &'static str,
    pub accounts: u64,
    /// Groups of accounts, each of which has targets of its own.
    pub cohorts: u64,
    /// Targets of a cohort.
    pub targets: u64,
    pub schedule: Schedule,
    /// Visits of an account a day, and pages of a visit.
    pub visits: u64,
    pub pages: u64,
    /// Of a thousand pages with a target, on how many it acts.
    pub zeal: u64,
    /// Most actions on targets that an account takes a day.
    pub quota: u64,
    /// Of a thousand other pages, on how many it does what people do.
    pub camouflage: u64,
    /// Every how many days an account is at work.
    pub rotation: u64,
    /// How many of its cohort's targets an account acts on during one day.
    pub subset: u64,
    /// It does not tell of what it ignores.
    pub hides: bool,
}

/// Forty accounts that act on all they see of six targets and on nothing else, at any time.
const PLAIN: Scheme = Scheme {
    name: "plain",
    accounts: 40,
    cohorts: 1,
    targets: 6,
    schedule: Schedule::Anew(0, 24),
    visits: 3,
    pages: 12,
    zeal: 1_000,
    quota: u64::MAX,
    camouflage: 0,
    rotation: 1,
    subset: u64::MAX,
    hides: false,
};

/// A few actions a day.
pub const DRIP: Scheme = Scheme { name: "drip", visits: 2, pages: 6, ..PLAIN };

/// Each account works every third day, on three of eight targets.
pub const ROTATING: Scheme =
    Scheme { name: "rotating", rotation: 3, visits: 5, subset: 3, targets: 8, ..PLAIN };

/// Like a person on everything else, at its own hours.
pub const CAMOUFLAGED: Scheme = Scheme {
    name: "camouflaged",
    camouflage: 1_000,
    zeal: 900,
    schedule: Schedule::OwnHours(40),
    ..PLAIN
};

/// Four actions a day and no more.
pub const QUOTA: Scheme =
    Scheme { name: "quota", quota: 4, visits: 4, schedule: Schedule::Anew(7, 23), ..PLAIN };

/// Within five hours of one another, with some of a person's actions.
pub const STAGGERED: Scheme =
    Scheme { name: "staggered", schedule: Schedule::Staggered(300), camouflage: 300, ..PLAIN };

/// A dozen accounts.
pub const FEW: Scheme = Scheme { name: "few", accounts: 12, visits: 4, ..PLAIN };

/// Four groups with targets of their own.
pub const COHORTS: Scheme =
    Scheme { name: "cohorts", accounts: 60, cohorts: 4, targets: 4, visits: 4, ..PLAIN };

/// Many accounts, three actions a day, half a person beside.
const PATIENT: Scheme = Scheme {
    name: "patient",
    accounts: 100,
    visits: 2,
    pages: 7,
    quota: 3,
    camouflage: 500,
    schedule: Schedule::Anew(8, 24),
    ..PLAIN
};

/// At fixed hours, five of eight targets a day, not always, most of a person beside.
const OFFICE: Scheme = Scheme {
    name: "office",
    schedule: Schedule::OwnHours(15),
    camouflage: 700,
    zeal: 700,
    targets: 8,
    subset: 5,
    ..PLAIN
};

/// Every second day, within ten hours of one another, a whole person beside.
const TIDE: Scheme = Scheme {
    name: "tide",
    accounts: 60,
    schedule: Schedule::Staggered(600),
    camouflage: 1_000,
    zeal: 800,
    rotation: 2,
    visits: 5,
    ..PLAIN
};

/// It tells of nothing but what it acts on.
pub const SILENT: Scheme = Scheme { name: "silent", hides: true, ..PLAIN };

/// It acts on every second target.
const HALF_HEARTED: Scheme =
    Scheme { name: "half-hearted", zeal: 500, camouflage: 600, visits: 4, ..PLAIN };

/// What the detector was built on.
pub const BUILT_ON: [Scheme; 6] = [DRIP, ROTATING, CAMOUFLAGED, QUOTA, STAGGERED, FEW];

/// What was kept back until it was finished.
pub const KEPT_BACK: [Scheme; 6] = [COHORTS, PATIENT, OFFICE, TIDE, SILENT, HALF_HEARTED];

/// The pages that accounts look at, and what they do with each campaign.
pub struct Work {
    scheme: Scheme,
    seed: u64,
    lookers: Vec<Looker>,
    /// Visits by minute: account and number of the visit.
    visits: BTreeMap<u64, Vec<(u64, u64)>>,
    /// Targets of each cohort.
    targets: Vec<Vec<u32>>,
    /// Actions on targets by account and day.
    done: BTreeMap<(u64, u64), u64>,
}

const HOUR: u64 = 60;
const DAY: u64 = 24 * HOUR;

/// Residents' numbers from here on are accounts, like people in all but what they do.
const ACCOUNTS_FROM: u64 = 3_000_000;

impl Work {
    pub fn new(plan: &Plan, scheme: Scheme, campaigns: &[Campaign]) -> Work {
        let seed = hash(&[plan.seed, 77]);
        let looker = |account: u64| {
            let mut looker = resident(plan, (ACCOUNTS_FROM + account) as u32);
            // Accounts are made where the targets are shown: in one country of a cohort.
            let template = resident(plan, (ACCOUNTS_FROM * 2 + account % scheme.cohorts) as u32);
            looker.viewer.region = template.viewer.region;
            looker.viewer.language = template.viewer.language;
            looker.viewer.id = Token::new(&format!("f{account}")).ok();
            looker
        };
        let lookers: Vec<_> = (0..scheme.accounts).map(looker).collect();
        let may = |cohort: u64, one: &&Campaign| {
            let members = lookers.iter().skip(cohort as usize).step_by(scheme.cohorts as usize);
            let admitted = members.filter(|looker| one.audience.admits(&looker.viewer)).count();
            admitted as u64 * 2 > scheme.accounts / scheme.cohorts
                && !matches!(one.goal, Goal::Sales | Goal::Messages)
        };
        let targets_of = |cohort: u64| {
            let mut may: Vec<u32> =
                campaigns.iter().filter(|one| may(cohort, one)).map(|one| one.number).collect();
            may.sort_by_key(|number| hash(&[seed, 1, cohort, u64::from(*number)]));
            may.truncate(scheme.targets as usize);
            may
        };
        let targets = (0..scheme.cohorts).map(targets_of).collect();
        let mut visits: BTreeMap<u64, Vec<(u64, u64)>> = BTreeMap::new();
        for account in 0..scheme.accounts {
            for day in
                (0..u64::from(plan.days)).filter(|day| (day + account) % scheme.rotation == 0)
            {
                for nth in 0..scheme.visits {
                    let minute = day * DAY + time_of(seed, &scheme, account, day, nth);
                    visits.entry(minute).or_default().push((account, day * 1_000 + nth));
                }
            }
        }
        Work { scheme, seed, lookers, visits, targets, done: BTreeMap::new() }
    }

    /// Pages of that minute: account, and what names the page.
    pub fn pages(&self, minute: u64) -> Vec<(u64, u64)> {
        let visits = self.visits.get(&minute).into_iter().flatten();
        let pages = visits.flat_map(|(account, visit)| {
            (0..self.scheme.pages)
                .map(|page| (*account, hash(&[self.seed, 2, *account, *visit, page])))
        });
        pages.collect()
    }

    pub fn looker(&self, account: u64) -> &Looker {
        &self.lookers[account as usize]
    }

    /// What an account reports of a campaign that it is shown.
    pub fn acts(
        &mut self,
        minute: u64,
        account: u64,
        page: u64,
        campaign: &Campaign,
    ) -> Vec<EventKind> {
        let draw = |purpose, below: u64| hash(&[self.seed, purpose, page]) % below;
        let scheme = self.scheme;
        let (day, cohort) = (minute / DAY, account % scheme.cohorts);
        let place = self.targets[cohort as usize].iter().position(|one| *one == campaign.number);
        let is_due = place.is_some_and(|place| {
            let turn = hash(&[self.seed, 3, account, day]) + place as u64;
            turn % (self.targets[cohort as usize].len() as u64) < scheme.subset
        });
        let done = self.done.entry((account, day)).or_default();
        if is_due && draw(4, 1_000) < scheme.zeal && *done < scheme.quota {
            *done += 1;
            return match campaign.goal.billed() {
                EventKind::View => vec![EventKind::Impression, EventKind::View],
                billed => vec![EventKind::Impression, EventKind::View, billed],
            };
        }
        if draw(5, 1_000) >= scheme.camouflage {
            return if scheme.hides { Vec::new() } else { vec![EventKind::Impression] };
        }
        // As people do who do not care for the subject: see the city's behavior.
        let appeal = u64::from(campaign.quality) * 8;
        let mut kinds = vec![EventKind::Impression];
        if draw(6, 1_000_000) < 450_000 + appeal * 100 {
            kinds.push(EventKind::View);
            let rates = [
                (EventKind::Engagement, 34),
                (EventKind::ProfileView, 17),
                (EventKind::Follow, 5),
                (EventKind::Click, 13),
            ];
            let done = rates
                .into_iter()
                .filter(|(kind, rate)| draw(10 + *kind as u64, 1_000_000) < rate * appeal);
            kinds.extend(done.map(|(kind, _)| kind));
        }
        kinds
    }
}

/// The minute of the day of an account's visit.
fn time_of(seed: u64, scheme: &Scheme, account: u64, day: u64, nth: u64) -> u64 {
    let draw = |parts: &[u64], below: u64| hash(&[&[seed, 9], parts].concat()) % below.max(1);
    let minute = match scheme.schedule {
        Schedule::Anew(from, until) => {
            from * HOUR + draw(&[1, account, day, nth], (until - from) * HOUR)
        }
        Schedule::OwnHours(within) => {
            draw(&[2, account, nth], DAY) + draw(&[3, account, day, nth], within)
        }
        Schedule::Staggered(within) => {
            let cohort = account % scheme.cohorts;
            draw(&[4, cohort, day, nth], DAY) + draw(&[5, account, day, nth], within)
        }
    };
    minute.min(DAY - 1)
}
