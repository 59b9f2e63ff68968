//! Who knows the places in the feed that promotions are sold on.

use std::sync::Arc;

use base::Instant;
use promotions::{Goal, Inventory, MarketPrices, Micros, Quote, Terms};

use crate::call::Caller;

/// Knows what an audience offers, and what others pay for it.
pub trait KnowInventory: Send + Sync {
    /// What is known for the audience, goal and dates of `terms` at `now`, the book's time.
    fn inventory(&self, terms: &Terms, now: Instant) -> Inventory;
}

/// Figures of a feed that nobody has measured: what is assumed where no feed runs. They are the
/// same for every audience; how many impressions bring a unit is assumed by goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumedFeed {
    /// People who look at it.
    pub people: u64,
    /// Places for promotions that it offers a day.
    pub opportunities_per_day: u64,
    /// The mean price of an impression, in millionths of a minor unit. A quarter costs at most
    /// half of that, nine tenths at most twice as much.
    pub impression_price_micros: u64,
}

impl Default for AssumedFeed {
    fn default() -> AssumedFeed {
        AssumedFeed {
            people: 100_000,
            opportunities_per_day: 1_000_000,
            impression_price_micros: 500_000,
        }
    }
}

impl KnowInventory for AssumedFeed {
    fn inventory(&self, terms: &Terms, _: Instant) -> Inventory {
        let mean = self.impression_price_micros;
        Inventory {
            audience_size: self.people,
            opportunities_per_day: self.opportunities_per_day,
            units_per_million: units_per_million(terms.goal),
            prices: MarketPrices {
                p25: Micros::new(mean / 2),
                mean: Micros::new(mean),
                p90: Micros::new(mean.saturating_mul(2)),
            },
        }
    }
}

/// Units that a million impressions are assumed to bring.
fn units_per_million(goal: Goal) -> u32 {
    match goal {
        Goal::Views => 250_000,
        Goal::Engagement => 20_000,
        Goal::ProfileViews | Goal::WebsiteVisits => 10_000,
        Goal::Followers => 2_000,
        Goal::Messages => 1_000,
        Goal::Sales => 500,
    }
}

/// Whoever knows the feed of the caller's book; otherwise what is assumed.
pub(crate) fn known(caller: &Caller) -> Arc<dyn KnowInventory> {
    let assumed = || Arc::new(caller.app.limits.assumed_feed.clone()) as Arc<dyn KnowInventory>;
    caller.book().inventory().map_or_else(assumed, Arc::clone)
}

/// What `terms` will bring, as far as anybody knows.
pub(crate) fn quote_for(caller: &Caller, terms: &Terms, now: Instant) -> Quote {
    let assumed: &dyn KnowInventory = &caller.app.limits.assumed_feed;
    let known = caller.book().inventory().map_or(assumed, AsRef::as_ref);
    promotions::quote(terms, &known.inventory(terms, now), now)
}
