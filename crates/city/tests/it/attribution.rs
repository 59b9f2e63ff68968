//! What the feed says of a shortfall, held against twin runs.

use std::collections::BTreeMap;

use base::Span;
use city::{Loss, Setting, Twins, twins};
use feed::shortfall::{Shortfall, Side, Why};
use promotions::{Audience, Goal};
use world::{Fault, Trouble, World};

use crate::worlds::{town, troubled};

/// What the feed calls a trouble; `None` for what is the market's, or costs nothing.
fn why(trouble: Trouble) -> Option<Why> {
    match trouble {
        Trouble::SelectionDown => Some(Why::Outage),
        Trouble::IntakeDown => Some(Why::Intake),
        Trouble::Errors(_) => Some(Why::Errors),
        Trouble::Deleted(_) => Some(Why::PostDeleted),
        Trouble::MadePrivate(_) => Some(Why::PostPrivate),
        Trouble::Paused(_) => Some(Why::AdvertiserPause),
        Trouble::Removed(_) => Some(Why::Policy),
        Trouble::Narrowed(_) => Some(Why::Narrowed),
        Trouble::CappedDaily(_) => Some(Why::DailyBudget),
        Trouble::CountersLost | Trouble::Underpriced(_) => None,
    }
}

/// Money of one kind of fault: what twins say, what the feed says, and what of both agrees.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    faults: u32,
    truth: i64,
    said: i64,
    agreed: i64,
}

/// What was found in some worlds, in millionths of a minor unit.
#[derive(Clone, Debug, Default)]
struct Figures {
    missing: i64,
    agreed: i64,
    by_why: BTreeMap<Why, Tally>,
}

impl Figures {
    /// The shortfall of each promotion is split by the twins and by the feed: what each kind of
    /// fault has cost, and the rest, which is the market's. What both say of a part is agreed on.
    fn add(&mut self, world: &World, run: &Twins) {
        let watched = world.campaigns.iter().filter(|one| !one.is_competitor);
        let watched: Vec<u32> = watched.map(|one| one.number).collect();
        for fault in &world.faults {
            if let Some(why) = why(fault.trouble) {
                self.by_why.entry(why).or_default().faults += 1;
            }
        }
        let shortfalls = run.city.shortfalls(watched.iter().copied());
        for (number, said) in watched.into_iter().zip(&shortfalls) {
            check_sums(said);
            let truth = truth(world, &run.losses, number);
            self.add_one(truth, said);
        }
    }

    fn add_one(&mut self, truth: BTreeMap<Why, i64>, said: &Shortfall) {
        let missing = said.missing().max(0);
        let of_faults: i64 = truth.values().sum();
        // Of two faults each may cost what the other would have cost as well.
        let share = |money: i64| {
            let part = i128::from(money) * i128::from(missing.min(of_faults));
            part.checked_div(i128::from(of_faults)).map_or(0, |part| part as i64)
        };
        let mut rest = (missing, missing);
        for why in Why::ALL {
            // No twin was run without the daily budget that an advertiser had from the start.
            let is_tried = why < Why::DailyBudget || truth.contains_key(&why);
            let said = said.part(why).max(0);
            let truth = share(truth.get(&why).copied().unwrap_or(0));
            if !is_tried || said == 0 && truth == 0 {
                continue;
            }
            let tally = self.by_why.entry(why).or_default();
            tally.said += said;
            tally.truth += truth;
            tally.agreed += said.min(truth);
            self.agreed += said.min(truth);
            rest = (rest.0 - said, rest.1 - truth);
        }
        self.agreed += rest.0.min(rest.1).max(0);
        self.missing += missing;
    }

    fn per_mille(&self) -> i64 {
        self.agreed * 1_000 / self.missing.max(1)
    }

    fn print(&self) {
        let whole = |money: i64| money / 1_000_000;
        println!(
            "{} of {} minor units, {} per mille",
            whole(self.agreed),
            whole(self.missing),
            self.per_mille()
        );
        for (why, Tally { faults, truth, said, agreed }) in &self.by_why {
            let [truth, said, agreed] = [*truth, *said, *agreed].map(whole);
            println!("{why:>16}: {faults:>3} faults, true {truth}, said {said}, agreed {agreed}");
        }
    }
}

/// What the faults have cost a campaign, by kind. What another campaign's trouble does to it is the
/// market's; a fault that was its luck has cost it nothing.
fn truth(world: &World, losses: &[Loss], number: u32) -> BTreeMap<Why, i64> {
    let mut truth: BTreeMap<Why, i64> = BTreeMap::new();
    for loss in losses.iter().filter(|loss| loss.campaign == number) {
        let trouble = world.faults[loss.fault].trouble;
        let is_its = trouble.campaign().is_none_or(|one| one == number);
        if let Some(why) = why(trouble).filter(|_| is_its) {
            *truth.entry(why).or_default() += loss.money;
        }
    }
    truth.values_mut().for_each(|money| *money = (*money).max(0));
    truth
}

/// The parts add up for every minute.
fn check_sums(shortfall: &Shortfall) {
    let mut missing = 0;
    for minute in &shortfall.minutes {
        let parts: i64 = Why::ALL.into_iter().map(|why| minute.part(why)).sum();
        assert_eq!(parts, minute.missing(), "at {}", minute.at);
        missing += minute.missing();
    }
    assert_eq!(missing, shortfall.missing());
}

/// Three promotions of views for everybody, one of which has trouble of its own on the second day.
fn small(seed: u64, trouble: Trouble, hours: std::ops::Range<u64>) -> World {
    let mut world = town(seed, 700, 2, 3, 2, 60);
    for one in &mut world.campaigns {
        (one.goal, one.audience, one.daily_budget) = (Goal::Views, Audience::automatic(), None);
        (one.starts_at, one.ends_at) = (world.plan.starts_at, world.plan.ends_at());
        (one.price_per_thousand, one.budget) = (300 + i64::from(one.number), 600);
    }
    let at = |hour| world.plan.starts_at.saturating_add(Span::hours(hour));
    let (from, until) = (at(hours.start), at(hours.end));
    world.faults = vec![Fault { trouble, from, until, told: None }];
    world
}

/// Nearly all of a fault's loss is found, and little more.
#[track_caller]
fn check(trouble: Trouble, hours: std::ops::Range<u64>, side: Side) {
    // What a fault has cost one small town is a matter of a few units.
    let mut figures = Figures::default();
    for seed in 5..9 {
        let world = small(seed, trouble, hours.clone());
        figures.add(&world, &twins(&world, &Setting::of(&world.plan)));
        figures.print();
    }
    let tally = figures.by_why[&why(trouble).unwrap()];
    assert_eq!(why(trouble).unwrap().side(), side);
    assert!(tally.truth > 20_000_000, "{tally:?}");
    assert!(tally.agreed * 100 >= tally.truth * 75, "{tally:?}");
    assert!(tally.agreed * 100 >= tally.said * 75, "{tally:?}");
}

#[test]
fn slow_an_outage_that_nobody_told_of_is_found_and_measured() {
    check(Trouble::SelectionDown, 38..46, Side::Platform);
}

#[test]
fn slow_a_removal_is_the_rules() {
    check(Trouble::Removed(1), 30..48, Side::Policy);
}

/// The figures of docs/delivery.md.
#[test]
#[ignore = "a hundred runs of a larger city"]
fn long_attribution_agrees_with_twins() {
    let mut figures = Figures::default();
    for seed in 101..113 {
        let world = troubled(town(seed, 10_000, 4, 10, 6, 40), 6);
        figures.add(&world, &twins(&world, &Setting::of(&world.plan)));
        println!("after seed {seed}:");
        figures.print();
    }
    assert!(figures.per_mille() >= 950, "{}", figures.per_mille());
}
