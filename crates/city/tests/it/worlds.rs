//! Worlds of sizes that are quick to run.

use world::{Bots, Campaign, Plan, World, campaigns, faults, resident};

/// A town whose campaigns are about as large as what their people can be shown, times `load` in
/// hundredths: as if their advertisers had listened to a quote.
pub fn town(seed: u64, residents: u32, days: u16, own: u32, competitors: u32, load: u64) -> World {
    let plan = Plan { residents, days, ..Plan::town(seed) };
    let mut campaigns = campaigns(&plan, own, competitors);
    let reach = reach(&plan, &campaigns);
    for (one, reach) in campaigns.iter_mut().zip(reach) {
        // The generator's budgets lie between 2,000 and 30,000: from an eighth to nearly twice.
        let wish = one.budget;
        let views = reach * usual_views(one) * load / 10_000_000;
        let worth = views as i64 * one.price_per_thousand * wish / 16_000 / 1_000;
        let was = one.budget;
        one.budget = worth.max(40);
        one.daily_budget = one.daily_budget.map(|daily| (daily * one.budget / was).max(2));
    }
    World { plan, campaigns, bots: Bots::default(), faults: Vec::new() }
}

/// Units of ten million showings.
fn usual_views(campaign: &Campaign) -> u64 {
    use promotions::Goal;
    match campaign.goal {
        Goal::Views => 55_000,
        Goal::Engagement => 2_000,
        Goal::ProfileViews => 1_000,
        Goal::Followers => 300,
        Goal::WebsiteVisits => 800,
        Goal::Messages => 140,
        Goal::Sales => 80,
    }
}

/// Showings that each campaign may hope for: what its people see, shared with all who ask for the
/// same people, and at most three a day for each of them.
pub fn reach(plan: &Plan, campaigns: &[Campaign]) -> Vec<u64> {
    let mut reach = vec![0; campaigns.len()];
    for number in 0..plan.residents {
        let looker = resident(plan, number);
        let asking: Vec<usize> = (0..campaigns.len())
            .filter(|place| campaigns[*place].audience.admits(&looker.viewer))
            .collect();
        for place in &asking {
            let one = &campaigns[*place];
            let hours = one.ends_at.since(one.starts_at).unwrap().micros() / 3_600_000_000;
            // Pages of one and a half visits a day, in thousandths.
            let pages = 6_750 / asking.len() as u64;
            reach[*place] += pages.min(3_000) * hours / 24;
        }
    }
    reach.into_iter().map(|showings| showings / 1_000).collect()
}

/// The same with so many random faults.
pub fn troubled(world: World, count: u32) -> World {
    let faults = faults(&world.plan, &world.campaigns, count);
    World { faults, ..world }
}
