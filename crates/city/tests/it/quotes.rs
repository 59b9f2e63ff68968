//! Quotes, judged by what came of them.

use base::Span;
use city::{City, Quotes, Setting, promotion_of};
use promotions::{Goal, Promise};
use world::World;

use crate::worlds::town;

/// Some promotions of one goal or of any.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub sold: u32,
    pub kept: u32,
    pub below: u32,
    pub above: u32,
    /// Ranges that end at more than twice of where they begin.
    pub wide: u32,
}

/// A town that is half over when its watched campaigns are sold by quotes; they last until the end.
fn quoted(
    seed: u64,
    people: u32,
    days: u16,
    own: u32,
    rivals: u32,
    load: u64,
    goal: Option<Goal>,
) -> World {
    let mut world = town(seed, people, days, own, rivals, load);
    // Those that were there before have the lower numbers.
    world.campaigns.rotate_left(own as usize);
    let half = world.plan.starts_at.saturating_add(Span::days(u64::from(days) / 2));
    let later = world.plan.starts_at.saturating_add(Span::days(u64::from(days) / 2));
    for (number, one) in world.campaigns.iter_mut().enumerate() {
        one.number = number as u32;
        if !one.is_competitor {
            (one.starts_at, one.ends_at, one.daily_budget) = (later, world.plan.ends_at(), None);
            one.goal = goal.unwrap_or(one.goal);
        } else {
            one.starts_at = world.plan.starts_at;
            one.ends_at = world.plan.ends_at();
            one.daily_budget = None;
        }
    }
    let _ = half;
    world
}

fn sell(world: &World, promise: Promise) -> City {
    let mut setting = Setting::of(&world.plan);
    let days = u64::from(world.plan.days) / 2;
    let at = world.plan.starts_at.saturating_add(Span::days(days));
    setting.quotes = Some(Quotes { at, promise });
    let mut city = City::new(setting);
    world.run(&mut city);
    city.finish();
    city.book().audit();
    city
}

fn tally(city: &City, all: &mut Tally, least: u64, verbose: bool) {
    for sold in city.sold() {
        let row = city.book().promotion(promotion_of(sold.campaign)).unwrap();
        let units = row.delivery.delivered();
        let (low, high) = (sold.quote.units_low, sold.quote.units_high);
        if verbose {
            println!(
                "  {} {:?} people {} budget {} most {} quoted {low}..{high} delivered {units} spent {}",
                sold.campaign,
                row.terms.goal,
                sold.quote.audience_size,
                row.terms.budget.amount.minor(),
                sold.quote.unit_price_max,
                row.spend.spent.minor()
            );
        }
        if high < least {
            continue;
        }
        all.sold += 1;
        all.wide += u32::from(high > low * 2);
        let is_sold_as_guarantee = sold.quote.guaranteed_units.is_some();
        all.below += u32::from(units < low);
        all.above += u32::from(units > high && !is_sold_as_guarantee);
        all.kept += u32::from(low <= units && (units <= high || is_sold_as_guarantee));
    }
}

fn get(name: &str, or: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(or)
}

#[test]
#[ignore = "many runs of a large city"]
fn long_quotes_are_kept() {
    let promise = if get("GUARANTEE", 0) == 1 { Promise::Guarantee } else { Promise::Estimate };
    let mut all = Tally::default();
    for seed in get("SEED", 1)..get("SEED", 1) + get("SEEDS", 4) {
        let goal = (get("VIEWS", 1) == 1).then_some(Goal::Views);
        let world = quoted(
            seed,
            get("PEOPLE", 8000) as u32,
            get("DAYS", 4) as u16,
            get("OWN", 6) as u32,
            get("RIVALS", 14) as u32,
            get("LOAD", 40),
            goal,
        );
        println!("seed {seed}");
        tally(&sell(&world, promise), &mut all, get("LEAST", 1), true);
    }
    println!("{all:?}");
}
