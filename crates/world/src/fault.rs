//! What goes wrong in a city, and whose doing it is.

use base::{Instant, Label, Span};

use crate::draw::{Draw, Purpose};
use crate::plan::{MINUTES_A_DAY, Plan};
use crate::platform::{Component, Incident};
use crate::post::{Campaign, CampaignNumber};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// Nothing can be chosen: requests do not arrive, so nobody counts them.
    SelectionDown,
    /// Events do not arrive, and are lost.
    IntakeDown,
    /// So many of a million choices fail with an error.
    Errors(u32),
    /// What the platform counted in these minutes is lost.
    CountersLost,
    /// The creator deletes the post.
    Deleted(CampaignNumber),
    /// The creator makes the post private for a while.
    MadePrivate(CampaignNumber),
    /// The advertiser pauses.
    Paused(CampaignNumber),
    /// A rule was broken, and the platform ends it.
    Removed(CampaignNumber),
    /// The advertiser asks for fewer people than before.
    Narrowed(CampaignNumber),
    /// The advertiser allows too little a day.
    CappedDaily(CampaignNumber),
    /// The advertiser offers too little for a unit.
    Underpriced(CampaignNumber),
}

/// Whose doing a loss is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The platform's.
    Platform,
    /// The market's: others paid more.
    Market,
    /// The advertiser's own.
    Advertiser,
    /// A rule that was broken.
    Policy,
}

impl Trouble {
    /// Whose doing it is. Lost counters lose no delivery.
    pub fn side(self) -> Option<Side> {
        match self {
            Trouble::SelectionDown | Trouble::IntakeDown | Trouble::Errors(_) => {
                Some(Side::Platform)
            }
            Trouble::CountersLost => None,
            Trouble::Deleted(_)
            | Trouble::MadePrivate(_)
            | Trouble::Paused(_)
            | Trouble::Narrowed(_)
            | Trouble::CappedDaily(_) => Some(Side::Advertiser),
            Trouble::Removed(_) => Some(Side::Policy),
            Trouble::Underpriced(_) => Some(Side::Market),
        }
    }

    /// The one campaign it is about; `None` when it is about all.
    pub fn campaign(self) -> Option<CampaignNumber> {
        match self {
            Trouble::SelectionDown
            | Trouble::IntakeDown
            | Trouble::Errors(_)
            | Trouble::CountersLost => None,
            Trouble::Deleted(number)
            | Trouble::MadePrivate(number)
            | Trouble::Paused(number)
            | Trouble::Removed(number)
            | Trouble::Narrowed(number)
            | Trouble::CappedDaily(number)
            | Trouble::Underpriced(number) => Some(number),
        }
    }
}

/// A trouble and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub trouble: Trouble,
    /// From when on.
    pub from: Instant,
    /// Until when, itself excluded.
    pub until: Instant,
    /// What the platform's people tell of it, and when: perhaps late, perhaps with wrong times.
    pub told: Option<(Instant, Incident)>,
}

impl Fault {
    /// Whether it is there at this time.
    pub fn is_on(&self, at: Instant) -> bool {
        self.from <= at && at < self.until
    }

    /// The campaign as its advertiser makes it, when this is how they go wrong from the start.
    pub(crate) fn spoil(&self, campaign: &mut Campaign) {
        match self.trouble {
            Trouble::CappedDaily(number) if number == campaign.number => {
                campaign.daily_budget = Some((campaign.budget / 20).max(1));
            }
            Trouble::Underpriced(number) if number == campaign.number => {
                campaign.price_per_thousand = (campaign.price_per_thousand / 8).max(1);
            }
            _ => {}
        }
    }
}

/// As many random faults as asked for. None of a campaign comes twice, and those of everybody do
/// not overlap.
pub fn faults(plan: &Plan, campaigns: &[Campaign], count: u32) -> Vec<Fault> {
    let own: Vec<&Campaign> = campaigns.iter().filter(|one| !one.is_competitor).collect();
    let mut found: Vec<Fault> = Vec::new();
    for number in 0..count * 4 {
        if found.len() as u32 == count || own.is_empty() {
            break;
        }
        let fault = fault(plan, &own, plan.draws().of(Purpose::Fault, u64::from(number)));
        let crosses = |known: &Fault| match fault.trouble.campaign() {
            Some(campaign) => known.trouble.campaign() == Some(campaign),
            None => {
                known.trouble.campaign().is_none()
                    && known.from < fault.until
                    && fault.from < known.until
            }
        };
        if !found.iter().any(crosses) {
            found.push(fault);
        }
    }
    found
}

fn fault(plan: &Plan, own: &[&Campaign], mut draw: Draw) -> Fault {
    let campaign = draw.one_of(own);
    let number = campaign.number;
    let trouble = match draw.weighted(&[4, 2, 3, 1, 2, 2, 3, 2, 2, 2, 2]) {
        0 => Trouble::SelectionDown,
        1 => Trouble::IntakeDown,
        2 => Trouble::Errors(draw.between(200_000, 900_000) as u32),
        3 => Trouble::CountersLost,
        4 => Trouble::Deleted(number),
        5 => Trouble::MadePrivate(number),
        6 => Trouble::Paused(number),
        7 => Trouble::Removed(number),
        8 => Trouble::Narrowed(number),
        9 => Trouble::CappedDaily(number),
        _ => Trouble::Underpriced(number),
    };
    let minutes = u64::from(plan.days) * u64::from(MINUTES_A_DAY);
    let (from, until) = match trouble {
        Trouble::SelectionDown
        | Trouble::IntakeDown
        | Trouble::Errors(_)
        | Trouble::CountersLost => {
            let from = plan.minute(draw.below(minutes - 60) as u32);
            (from, from.saturating_add(Span::minutes(draw.between(10, 300))))
        }
        Trouble::MadePrivate(_) | Trouble::Paused(_) => {
            let from = within(campaign, &mut draw);
            (from, from.saturating_add(Span::minutes(draw.between(60, 900))))
        }
        Trouble::Deleted(_) | Trouble::Removed(_) | Trouble::Narrowed(_) => {
            (within(campaign, &mut draw), plan.ends_at())
        }
        Trouble::CappedDaily(_) | Trouble::Underpriced(_) => (plan.starts_at, plan.ends_at()),
    };
    let until = until.min(plan.ends_at());
    Fault { trouble, from, until, told: told(trouble, from, until, &mut draw) }
}

/// A moment of the first three quarters of a campaign.
fn within(campaign: &Campaign, draw: &mut Draw) -> Instant {
    let length = campaign.ends_at.since(campaign.starts_at).unwrap_or(Span::hours(1));
    let after = draw.below(length.micros() / 4 * 3);
    campaign.starts_at.saturating_add(Span::from_micros(after))
}

/// Most incidents are told of within a quarter of an hour; a few late, some with wrong times, some
/// never.
fn told(
    trouble: Trouble,
    from: Instant,
    until: Instant,
    draw: &mut Draw,
) -> Option<(Instant, Incident)> {
    let component = match trouble {
        Trouble::SelectionDown | Trouble::Errors(_) => Component::Selection,
        Trouble::IntakeDown => Component::Intake,
        _ => return None,
    };
    let wrong = Span::minutes(draw.between(0, 20));
    let (late, started_at) = match draw.weighted(&[6, 2, 1, 1]) {
        0 => (Span::minutes(draw.between(2, 15)), from),
        1 => (Span::hours(draw.between(6, 30)), from),
        2 => (Span::minutes(30), from.saturating_add(wrong)),
        _ => return None,
    };
    let incident = Incident { component, started_at, ended_at: until.max(started_at) };
    Some((until.saturating_add(late), incident))
}

/// The only people that a narrowed campaign is for: those with three rare interests.
pub(crate) fn narrow(campaign: &Campaign) -> promotions::Audience {
    let rare = |number: u32| Label::new(&format!("rare{number}")).expect("letters and digits");
    let interests = (0..3).map(|position| rare(campaign.number + position));
    promotions::Audience { interests: interests.collect(), ..campaign.audience.clone() }
}
