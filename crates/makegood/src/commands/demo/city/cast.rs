//! What is promoted in the city, for whom, and what becomes of it.

use base::{Instant, Label, Region, Span};
use promotions::{Audience, Goal, Promise};
use world::{Bots, Campaign, Component, Fault, Incident, Plan, Trouble};

/// The hour at which the past day begins: its evening is enough.
const EVENING: u64 = 20;

/// The hour at which the last day begins. Half of all pages are looked at after it, and the quiet
/// hours would take as long to load.
const AFTERNOON: u64 = 16;

/// Minutes after its end in which people have written an outage down.
const TOLD_AFTER: u64 = 10;

/// A promotion that somebody buys.
#[derive(Clone, Copy)]
pub(super) struct Boost {
    /// The platform's name for the post.
    pub(super) post: &'static str,
    /// The number of the creator, in the order in which the market has made them.
    pub(super) creator: usize,
    pub(super) goal: Goal,
    pub(super) promise: Promise,
    pub(super) audience: Aim,
    /// In minor units.
    pub(super) budget: i64,
    pub(super) daily_budget: Option<i64>,
    /// Hours from midnight of its day to its start, and from there to its end.
    pub(super) hours: (u64, u64),
    /// How well the post does among others, in hundredths.
    pub(super) quality: u32,
}

/// Whom it is for.
#[derive(Clone, Copy)]
pub(super) enum Aim {
    /// Whomever the feed finds.
    Everybody,
    /// Adults in the United States who are not old.
    YoungAmericans,
    /// So few people that what was guaranteed to reach them cannot be kept.
    YoungBritons,
}

impl Boost {
    /// Views by everybody.
    const fn views(post: &'static str, creator: usize, budget: i64, hours: (u64, u64)) -> Boost {
        Boost {
            post,
            creator,
            goal: Goal::Views,
            promise: Promise::Estimate,
            audience: Aim::Everybody,
            budget,
            daily_budget: None,
            hours,
            quality: 100,
        }
    }

    pub(super) fn audience(&self) -> Audience {
        let asked = |country: &str, age_min, age_max| Audience {
            regions: vec![Region::parse(country).expect("a country")],
            age_min: Some(age_min),
            age_max: Some(age_max),
            ..Audience::automatic()
        };
        match self.audience {
            Aim::Everybody => Audience::automatic(),
            Aim::YoungAmericans => asked("US", 18, 34),
            Aim::YoungBritons => asked("GB", 18, 34),
        }
    }

    /// From when until when, on a day that begins at `midnight`.
    pub(super) fn dates(&self, midnight: Instant) -> (Instant, Instant) {
        let starts_at = midnight.saturating_add(Span::hours(self.hours.0));
        (starts_at, starts_at.saturating_add(Span::hours(self.hours.1)))
    }

    /// As people meet it. Money and prices are the platform's to know.
    pub(super) fn campaign(&self, number: u32, midnight: Instant) -> Campaign {
        let (starts_at, ends_at) = self.dates(midnight);
        let label = |text: &str| Label::new(text).expect("a short word is a label");
        Campaign {
            number,
            advertiser: number,
            creator: label(&format!("c{}", self.creator)),
            tags: Vec::new(),
            goal: self.goal,
            audience: self.audience(),
            budget: self.budget,
            daily_budget: self.daily_budget,
            price_per_thousand: 0,
            starts_at,
            ends_at,
            is_competitor: false,
            quality: self.quality,
        }
    }
}

/// A day of the city.
pub(super) struct Day {
    /// The hour before which nobody is shown anything.
    pub(super) opens: u64,
    /// What is promoted on it; some of it goes on for longer.
    pub(super) boosts: &'static [Boost],
    /// Who is not what they seem.
    pub(super) bots: Bots,
    /// What happens to promotions, by their number, in hours from midnight: from, until.
    pub(super) turns: &'static [(Turn, u64, u64)],
    /// When nobody could be shown anything, in minutes from midnight: from, until.
    pub(super) outage: Option<(u64, u64)>,
}

/// Something that happens to a promotion.
#[derive(Clone, Copy)]
pub(super) enum Turn {
    Paused(u32),
    Deleted(u32),
    Removed(u32),
}

impl Day {
    pub(super) fn faults(&self, plan: &Plan) -> Vec<Fault> {
        let at = |hours: u64| plan.starts_at.saturating_add(Span::hours(hours));
        let fault = |(turn, from, until): &(Turn, u64, u64)| Fault {
            trouble: match *turn {
                Turn::Paused(number) => Trouble::Paused(number),
                Turn::Deleted(number) => Trouble::Deleted(number),
                Turn::Removed(number) => Trouble::Removed(number),
            },
            from: at(*from),
            until: at(*until),
            told: None,
        };
        self.turns.iter().map(fault).chain(self.outage(plan)).collect()
    }

    /// People tell of it when it is over.
    fn outage(&self, plan: &Plan) -> Option<Fault> {
        let (from, until) = self.outage?;
        let at = |minutes: u64| plan.starts_at.saturating_add(Span::minutes(minutes));
        let (started_at, ended_at) = (at(from), at(until));
        let incident = Incident { component: Component::Selection, started_at, ended_at };
        let told = Some((at(until + TOLD_AFTER), incident));
        Some(Fault { trouble: Trouble::SelectionDown, from: started_at, until: ended_at, told })
    }
}

/// A day long past: all of it is settled.
pub(super) const PAST: Day = Day {
    opens: EVENING,
    boosts: &[
        Boost { quality: 160, ..Boost::views("throwing-a-bowl", 0, 3_000, (EVENING, 4)) },
        // Paused for two hours.
        Boost {
            goal: Goal::Engagement,
            ..Boost::views("a-cup-in-ten-minutes", 1, 2_500, (EVENING, 4))
        },
        // Sold to far fewer people than the number that was guaranteed needs.
        Boost {
            promise: Promise::Guarantee,
            audience: Aim::YoungBritons,
            ..Boost::views("reading-by-the-sea", 4, 2_000, (EVENING, 4))
        },
        // Its post is deleted.
        Boost::views("rain-on-the-tent", 3, 1_500, (EVENING, 4)),
    ],
    bots: Bots {
        crawlers: 4,
        data_centers: 2,
        headless: 2,
        bursts: 1,
        waves: 1,
        held_out: 0,
        own: 2,
    },
    turns: &[(Turn::Paused(1), 21, 23), (Turn::Deleted(3), 22, 24)],
    outage: Some((21 * 60 + 20, 21 * 60 + 50)),
};

/// Yesterday.
pub(super) const LAST: Day = Day {
    opens: AFTERNOON,
    boosts: &[
        Boost {
            quality: 140,
            ..Boost::views("glaze-test-no-40", 0, 300_000, (AFTERNOON, 30 * 24))
        },
        Boost {
            goal: Goal::Engagement,
            daily_budget: Some(1_500),
            ..Boost::views("beans-from-guji", 1, 45_000, (AFTERNOON, 30 * 24))
        },
        Boost {
            goal: Goal::Followers,
            audience: Aim::YoungAmericans,
            ..Boost::views("a-room-of-paper", 4, 60_000, (AFTERNOON, 30 * 24))
        },
        Boost::views("soup-for-twelve", 2, 40_000, (AFTERNOON, 14 * 24)),
        Boost::views("one-pan-breakfast", 2, 1_500, (AFTERNOON, 6)),
        Boost::views("fire-without-matches", 3, 30_000, (AFTERNOON, 10 * 24)),
    ],
    bots: Bots {
        crawlers: 4,
        data_centers: 2,
        headless: 2,
        bursts: 1,
        waves: 1,
        held_out: 0,
        own: 1,
    },
    turns: &[(Turn::Paused(3), 22, 24), (Turn::Removed(5), 19, 24)],
    outage: None,
};

/// What is still to come of a promotion, of which nobody has seen anything.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unseen {
    /// Nobody has paid it.
    Draft,
    /// It is paid, and somebody has to look at it.
    InReview,
    /// It was looked at, and breaks a rule.
    Rejected,
    /// It is to begin in ten days.
    Scheduled,
}

/// Promotions that nobody is shown.
pub(super) const UNSEEN: [(Unseen, Boost); 4] = [
    (Unseen::Draft, Boost::views("kiln-opening-live", 0, 10_000, (96, 240))),
    (Unseen::InReview, Boost::views("latte-art-for-two", 1, 8_000, (48, 240))),
    (Unseen::Rejected, Boost::views("sleep-better-tonight", 4, 5_000, (48, 120))),
    (Unseen::Scheduled, Boost::views("winter-on-the-ridge", 3, 12_000, (240, 240))),
];
