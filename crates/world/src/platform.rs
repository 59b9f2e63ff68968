//! What a world needs of the platform that it tries.

use base::Instant;
use promotions::{Audience, EventKind};

use crate::post::{Campaign, CampaignNumber};
use crate::resident::Looker;

/// Somebody looks at a page of the feed.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Names the page; no two are named the same.
    pub key: u64,
    /// Who looks.
    pub looker: &'a Looker,
    /// How many promoted posts there is room for.
    pub slots: u8,
}

/// A promoted post that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer<T> {
    /// Whose post.
    pub campaign: CampaignNumber,
    /// What events about it are reported with.
    pub token: T,
}

/// Something that a looker did.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// What it was.
    pub kind: EventKind,
    /// For how long the post was watched, where that is known.
    pub dwell_ms: Option<u32>,
    /// Who did it.
    pub looker: &'a Looker,
}

/// A part of the platform that may fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Component {
    /// Choosing posts.
    Selection,
    /// Taking events in.
    Intake,
}

/// What the platform's people say has gone wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Which part.
    pub component: Component,
    /// From when on, as they believe.
    pub started_at: Instant,
    /// Until when, as they believe.
    pub ended_at: Instant,
}

/// Something that happens to the platform or to one of its campaigns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The post is gone.
    Deleted(CampaignNumber),
    /// The post can be seen by all, or not.
    Visible(CampaignNumber, bool),
    /// The advertiser pauses, or goes on.
    Paused(CampaignNumber, bool),
    /// The platform ends it for breaking a rule.
    Removed(CampaignNumber),
    /// The advertiser asks for these people now.
    Audience(CampaignNumber, Box<Audience>),
    /// People tell of an incident.
    Incident(Incident),
    /// What was counted since then is lost.
    CountersLost(Instant),
}

/// A platform that promotes posts. All calls come in order of time.
pub trait Platform {
    /// What events about an offer are reported with.
    type Token: Clone;

    /// Somebody buys a promotion. It may begin later.
    fn launch(&mut self, campaign: &Campaign);

    /// Chooses promoted posts for a page.
    fn select(&mut self, at: Instant, page: &Page<'_>) -> Vec<Offer<Self::Token>>;

    /// A choice that fails with an error of the platform: it is known that somebody asked.
    fn fail(&mut self, at: Instant, page: &Page<'_>);

    /// Somebody did something with an offer.
    fn report(&mut self, at: Instant, token: &Self::Token, report: &Report<'_>);

    /// What was bought after an offer goes back.
    fn give_back(&mut self, at: Instant, token: &Self::Token);

    /// Something happens.
    fn tell(&mut self, at: Instant, news: &News);

    /// A minute is over.
    fn minute_over(&mut self, at: Instant);
}
