//! Twin runs: what a fault has cost, in units and in money.

use feed::shortfall::Deliveries;
use promotions::Micros;
use world::{CampaignNumber, Score, World};

use crate::platform::{City, promotion_of};
use crate::setting::Setting;

/// What one fault has cost one campaign that is watched. Below zero when it was its luck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Which fault, by its place in the world.
    pub fault: usize,
    /// Which campaign.
    pub campaign: CampaignNumber,
    /// Units of honest people, as [`World::truths`] tells them.
    pub units: i64,
    /// Millionths of a minor unit that were not spent for it.
    pub money: i64,
}

/// A run with all faults, and what each of them has cost.
pub struct Twins {
    /// The city after the run with all faults.
    pub city: City,
    /// What became of each campaign in it.
    pub scores: Vec<Score>,
    /// By fault, then by campaign.
    pub losses: Vec<Loss>,
}

/// Runs a world, and once more without each of its faults.
pub fn twins(world: &World, setting: &Setting) -> Twins {
    let run = |world: &World| {
        let mut city = City::new(setting.clone());
        let scores = world.run(&mut city);
        city.finish();
        city.book().audit();
        (city, scores)
    };
    let (city, scores) = run(world);
    let mut losses = Vec::new();
    for fault in 0..world.faults.len() {
        let (twin, twin_scores) = run(&world.without(fault));
        for campaign in world.campaigns.iter().filter(|one| !one.is_competitor) {
            let (number, place) = (campaign.number, campaign.number as usize);
            let id = promotion_of(number);
            let spent = |deliveries: &Deliveries| {
                let spent =
                    deliveries.of(id).map(|(_, one)| signed(one.price) - signed(one.repaid));
                spent.sum::<i64>()
            };
            losses.push(Loss {
                fault,
                campaign: number,
                units: twin_scores[place].honest as i64 - scores[place].honest as i64,
                money: spent(twin.deliveries()) - spent(city.deliveries()),
            });
        }
    }
    Twins { city, scores, losses }
}

fn signed(price: Micros) -> i64 {
    i64::try_from(price.get()).unwrap_or(i64::MAX)
}
