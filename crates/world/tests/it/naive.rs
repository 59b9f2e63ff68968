//! The simplest platform there is: whoever is admitted and has money left may be shown, chance
//! says who is, and every unit of it costs what it may cost at most.

use std::collections::BTreeMap;

use base::{Instant, Span};
use promotions::EventKind;
use world::{Campaign, News, Offer, Page, Platform, Report};

/// A campaign and how it stands.
struct Running {
    campaign: Campaign,
    is_halted: bool,
    spent_thousandths: i64,
}

#[derive(Default)]
pub struct Naive {
    running: Vec<Running>,
    /// Every call, folded into one number: equal courses have equal traces.
    pub trace: u64,
    /// Pages that were asked about.
    pub pages: u64,
    pub failed: u64,
    pub reports: BTreeMap<EventKind, u64>,
    pub returns: u64,
    pub news: Vec<(Instant, News)>,
    /// The time of the last call: no call may be earlier.
    last: Option<Instant>,
}

impl Naive {
    fn note(&mut self, at: Instant, what: u64) {
        assert!(self.last.is_none_or(|last| last <= at), "a call came out of order");
        self.last = Some(at);
        let mixed = self.trace ^ what ^ (at.micros() as u64);
        self.trace = mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
    }

    fn find(&mut self, number: u32) -> &mut Running {
        &mut self.running[number as usize]
    }
}

impl Platform for Naive {
    type Token = u32;

    fn launch(&mut self, campaign: &Campaign) {
        assert_eq!(campaign.number as usize, self.running.len());
        let campaign = campaign.clone();
        self.running.push(Running { campaign, is_halted: false, spent_thousandths: 0 });
    }

    fn select(&mut self, at: Instant, page: &Page<'_>) -> Vec<Offer<u32>> {
        self.pages += 1;
        self.note(at, page.key);
        let may = |one: &&Running| {
            let campaign = &one.campaign;
            !one.is_halted
                && campaign.starts_at <= at
                && at < campaign.ends_at
                && one.spent_thousandths < campaign.budget * 1_000
                && campaign.audience.admits(&page.looker.viewer)
        };
        let fits: Vec<u32> =
            self.running.iter().filter(may).map(|one| one.campaign.number).collect();
        if fits.is_empty() {
            return Vec::new();
        }
        let campaign = fits[(page.key % fits.len() as u64) as usize];
        vec![Offer { campaign, token: campaign }]
    }

    fn fail(&mut self, at: Instant, page: &Page<'_>) {
        self.failed += 1;
        self.note(at, !page.key);
    }

    fn report(&mut self, at: Instant, token: &u32, report: &Report<'_>) {
        self.note(at, u64::from(*token) << 8 | report.kind as u64);
        *self.reports.entry(report.kind).or_default() += 1;
        let one = self.find(*token);
        if report.kind == one.campaign.goal.billed() {
            one.spent_thousandths += one.campaign.price_per_thousand;
        }
    }

    fn give_back(&mut self, at: Instant, token: &u32) {
        self.note(at, u64::from(*token) << 16);
        self.returns += 1;
    }

    fn tell(&mut self, at: Instant, news: &News) {
        self.note(at, 7);
        match news {
            News::Deleted(number) | News::Removed(number) => self.find(*number).is_halted = true,
            News::Visible(number, visible) => self.find(*number).is_halted = !visible,
            News::Paused(number, paused) => self.find(*number).is_halted = *paused,
            News::Audience(number, audience) => {
                self.find(*number).campaign.audience = (**audience).clone();
            }
            News::Incident(_) | News::CountersLost(_) => {}
        }
        self.news.push((at, news.clone()));
    }

    fn minute_over(&mut self, at: Instant) {
        self.note(at, 11);
    }
}

/// An hour, counted from the beginning.
pub fn hour(world: &world::World, hour: u64) -> Instant {
    world.plan.starts_at.saturating_add(Span::hours(hour))
}
