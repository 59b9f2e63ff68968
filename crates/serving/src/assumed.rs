//! What is believed before anything was counted. All of it is ours; none was measured.

use feed::Chance;
use promotions::{Goal, Inventory, MarketPrices, Micros};

/// What a feed is believed to offer an audience before it has counted a day: a thousand people who
/// look at ten pages a day, and others who pay half a minor unit for a place.
pub const INVENTORY: Inventory = Inventory {
    audience_size: 1_000,
    opportunities_per_day: 10_000,
    units_per_million: 600_000,
    prices: MarketPrices {
        p25: Micros::new(250_000),
        p50: Micros::new(500_000),
        p90: Micros::new(1_000_000),
    },
};

/// The chance that showing a post leads to a unit of the goal.
pub fn believed(goal: Goal) -> Chance {
    let per_thousand = match goal {
        Goal::Views => 600,
        Goal::Engagement => 50,
        Goal::ProfileViews => 20,
        Goal::WebsiteVisits => 15,
        Goal::Followers => 5,
        Goal::Messages => 3,
        Goal::Sales => 2,
    };
    Chance::of(per_thousand, 1_000)
}
