//! Suggestions, judged by a twin: the same town in which one was applied.

use base::{Instant, Span};
use city::{City, Setting, promotion_of};
use feed::shortfall::Suggestion;
use promotions::{Goal, SettingChange};
use world::{Campaign, CampaignNumber, News, Offer, Page, Platform, Report, World};

use crate::worlds::{reach, town};

/// A city in which, at one minute, suggestions are asked for and one may be applied.
struct Advised {
    city: City,
    at: Instant,
    apply: Option<(CampaignNumber, SettingChange)>,
    watched: Vec<CampaignNumber>,
    suggested: Vec<(CampaignNumber, Vec<Suggestion>)>,
}

impl Platform for Advised {
    type Token = (usize, String);

    fn launch(&mut self, campaign: &Campaign) {
        self.city.launch(campaign);
    }

    fn select(&mut self, at: Instant, page: &Page<'_>) -> Vec<Offer<Self::Token>> {
        self.city.select(at, page)
    }

    fn fail(&mut self, at: Instant, page: &Page<'_>) {
        self.city.fail(at, page);
    }

    fn report(&mut self, at: Instant, token: &Self::Token, report: &Report<'_>) {
        self.city.report(at, token, report);
    }

    fn give_back(&mut self, at: Instant, token: &Self::Token) {
        self.city.give_back(at, token);
    }

    fn tell(&mut self, at: Instant, news: &News) {
        self.city.tell(at, news);
    }

    fn minute_over(&mut self, at: Instant) {
        self.city.minute_over(at);
        if at != self.at {
            return;
        }
        match self.apply {
            Some((number, change)) => self.city.apply(number, change).unwrap(),
            None => {
                let numbers = self.watched.iter();
                let suggested = numbers.map(|number| (*number, self.city.suggestions(*number)));
                self.suggested = suggested.collect();
            }
        }
    }
}

/// Runs the town; answers with what was suggested, and the units of each watched campaign.
fn run(world: &World, at: Instant, apply: Option<(CampaignNumber, SettingChange)>) -> Advised {
    let city = City::new(Setting::of(&world.plan));
    let watched = world.campaigns.iter().filter(|one| !one.is_competitor);
    let watched = watched.map(|one| one.number).collect();
    let mut advised = Advised { city, at, apply, watched, suggested: Vec::new() };
    world.run(&mut advised);
    advised.city.finish();
    advised.city.book().audit();
    advised
}

impl Advised {
    /// Units of what was chosen before the suggestions, and afterwards.
    fn before_and_after(&self, number: CampaignNumber) -> (u64, u64) {
        let units = |is_before: bool| {
            let all = self.city.deliveries().of(promotion_of(number));
            all.filter(|(at, _)| (*at < self.at) == is_before).map(|(_, one)| one.units).sum()
        };
        (units(true), units(false))
    }

    fn units(&self, number: CampaignNumber) -> i64 {
        let row = self.city.book().promotion(promotion_of(number)).unwrap();
        row.delivery.delivered() as i64
    }
}

/// Promotions of views for two days, with more money than their people can take, in a town that
/// goes on for longer; asked after a day.
fn rich(seed: u64, residents: u32, own: u32) -> World {
    let mut world = town(seed, residents, 5, own, own + 2, 60);
    let starts_at = world.plan.starts_at;
    for one in &mut world.campaigns {
        one.starts_at = starts_at;
        one.ends_at = match one.is_competitor {
            true => world.plan.ends_at(),
            false => starts_at.saturating_add(Span::days(2)),
        };
    }
    let reach = reach(&world.plan, &world.campaigns);
    for (one, reach) in world.campaigns.iter_mut().zip(reach) {
        if !one.is_competitor {
            one.goal = Goal::Views;
            one.price_per_thousand = 300 + 10 * i64::from(one.number);
            one.budget = (reach as i64 * one.price_per_thousand * 6 / 10_000).max(40);
            one.daily_budget = one.daily_budget.map(|_| (one.budget / 8).max(2));
        }
    }
    world
}

/// What was promised of suggestions, and what came of them.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    suggested: u32,
    /// Those that helped at all.
    helped: u32,
    /// Those that brought between half and twice what was promised.
    near: u32,
    promised: i64,
    brought: i64,
}

impl Tally {
    fn add(&mut self, world: &World) {
        let at = world.plan.starts_at.saturating_add(Span::days(1));
        let as_is = run(world, at, None);
        for (number, suggestions) in &as_is.suggested {
            let terms = &as_is.city.book().promotion(promotion_of(*number)).unwrap().terms;
            for one in suggestions {
                // What would happen after the end of the world, nobody sees.
                let after = one.change.apply(terms).unwrap();
                if after.ends_at > world.plan.ends_at() {
                    continue;
                }
                let twin = run(world, at, Some((*number, one.change)));
                let brought = twin.units(*number) - as_is.units(*number);
                let promised = one.units_more as i64;
                let (before, after) = as_is.before_and_after(*number);
                println!(
                    "{number} {:?}: {before} before; as it is {after}, said {}; \
                     promised {promised} more, brought {brought}",
                    one.change, one.units_as_is
                );
                self.suggested += 1;
                self.helped += u32::from(brought > 0);
                self.near += u32::from(brought * 2 >= promised && brought <= promised * 2);
                self.promised += promised;
                self.brought += brought;
            }
        }
        println!("after seed {}: {self:?}", world.plan.seed);
    }
}

#[test]
fn slow_what_was_suggested_helps() {
    let mut tally = Tally::default();
    tally.add(&rich(1, 1_000, 3));
    assert!(tally.suggested >= 2, "{tally:?}");
    assert!(tally.helped * 10 >= tally.suggested * 8, "{tally:?}");
    let is_near = tally.brought * 2 >= tally.promised && tally.brought <= tally.promised * 2;
    assert!(is_near, "{tally:?}");
}

/// The figures of docs/delivery.md.
#[test]
#[ignore = "forty runs of a larger town, a minute"]
fn long_what_was_suggested_helps() {
    let mut tally = Tally::default();
    (401..413).for_each(|seed| tally.add(&rich(seed, 1_500, 5)));
    assert!(tally.helped * 10 >= tally.suggested * 9, "{tally:?}");
}
