//! Quotes: what a budget will bring, told before it is paid.

use base::{Instant, Span};

use crate::{EventKind, Goal, Guarantee, Micros, Promise, Terms, limits};

/// What is known of the places in the feed that an audience offers, and of what others pay for
/// them. Whoever keeps the feed's counters makes it for one audience and goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// People in the audience who look at the feed.
    pub audience_size: u64,
    /// Matching opportunities a day.
    pub opportunities_per_day: u64,
    /// Billed units an impression, in millionths: 20,000 when one impression of fifty brings one.
    pub units_per_million: u32,
    /// What the best other bid for an opportunity is; see [`MarketPrices`].
    pub prices: MarketPrices,
}

/// What the best other bid for an opportunity is, an impression each. A promotion that bids a
/// quantile wins that share of the opportunities and pays, each time, what the best other bid is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketPrices {
    /// The mean of those that are at most the nine-tenths quantile: what whoever bids that pays on
    /// average. The median would not do: where half of the opportunities have no other bid, it is
    /// the reserve price, and the mean is far from it.
    pub mean: Micros,
    /// Nine tenths are at most this.
    pub p90: Micros,
}

/// What a promotion will bring for its budget.
///
/// `units_high` is at most twice `units_low`, unless no range can be told; of a guarantee both are
/// the number that is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// What is billed.
    pub unit: EventKind,
    /// The most that one unit will cost, ever. Of a guarantee, what one unit costs; rounded up.
    pub unit_price_max: Micros,
    /// At least so many units are expected; zero when what comes is chance, and no range is told.
    pub units_low: u64,
    /// At most so many units are expected.
    pub units_high: u64,
    /// The number that is sold, of a guarantee; `None` when the budget asks for more than can be
    /// promised.
    pub guaranteed_units: Option<u64>,
    /// People in the audience who look at the feed, exactly: for thresholds. What is told of them
    /// is [`Quote::audience_told`].
    pub audience_size: u64,
    /// When it was made.
    pub quoted_at: Instant,
}

impl Quote {
    /// True when it is too old to be relied on.
    pub fn is_expired(&self, now: Instant) -> bool {
        now > self.quoted_at.saturating_add(limits::QUOTE_LIFE)
    }

    /// What advertisers are told of [`Quote::audience_size`]: two significant digits, rounded down,
    /// and nothing of fewer than [`limits::AUDIENCE_TOLD_MIN`] people. Exact numbers of two
    /// audiences that differ by one person would say of that person what the difference asks for.
    pub fn audience_told(&self) -> u64 {
        if self.audience_size < limits::AUDIENCE_TOLD_MIN {
            return 0;
        }
        let step = 10_u64.pow(self.audience_size.ilog10() - 1);
        self.audience_size / step * step
    }

    /// The guarantee that it sells for the budget of `terms`.
    pub fn guarantee(&self, terms: &Terms) -> Option<Guarantee> {
        let units = self.guaranteed_units.filter(|_| terms.promise == Promise::Guarantee)?;
        Some(Guarantee { price: terms.budget.amount, units })
    }
}

/// Tells what `terms` will bring.
///
/// * The most that a unit costs is what nine tenths of the market ask for it; bidding that wins
///   nine tenths of the opportunities.
/// * *Supply* is what those opportunities bring until the end. It may turn out smaller:
///   [`limits::SUPPLY_LOW_PERCENT`].
/// * The *budget*, of which [`limits::SPENT_PERCENT`] are counted on, buys least when units are
///   dear: so much more than the mean price as [`limits::DEAR_VIEW_PERCENT`] says, or
///   [`limits::DEAR_UNIT_PERCENT`] of what only a good post brings.
/// * The low end of the range is the smaller of both, the high end twice as much. The feed keeps
///   prices where a budget that is spent brings a number in between.
/// * No range is told, so the low end is zero, to an audience of less than
///   [`limits::ESTIMATE_PEOPLE_MIN`] people and of less than [`limits::ESTIMATE_UNITS_MIN`] units.
/// * A guarantee is sold when every unit can cost the most, when at most
///   [`limits::GUARANTEE_PERCENT`] of the supply is promised, and to an audience of at least
///   [`limits::GUARANTEE_PEOPLE_MIN`] people.
///
/// All shares are rounded down, prices up.
pub fn quote(terms: &Terms, inventory: &Inventory, now: Instant) -> Quote {
    let price = |market: Micros| unit_price(market, inventory.units_per_million);
    let most = price(inventory.prices.p90);
    let budget = Micros::of(terms.budget.amount);
    let supply = supply(terms, inventory, now);
    let percent = match terms.goal {
        Goal::Views => limits::DEAR_VIEW_PERCENT,
        _ => limits::DEAR_UNIT_PERCENT,
    };
    let dear = price(inventory.prices.mean).saturating_times(percent);
    let dear = Micros::new(dear.get().div_ceil(100)).min(most);
    let spent = Micros::new(percent_of(budget.get(), limits::SPENT_PERCENT));
    let units_low = bought(spent, dear).min(percent_of(supply, limits::SUPPLY_LOW_PERCENT));
    let units_high = units_low.saturating_mul(2);
    let is_chance = inventory.audience_size < limits::ESTIMATE_PEOPLE_MIN
        || units_low < limits::ESTIMATE_UNITS_MIN;
    let units_low = if is_chance { 0 } else { units_low };

    let estimate = Quote {
        unit: terms.goal.billed(),
        unit_price_max: most,
        units_low,
        units_high,
        guaranteed_units: None,
        audience_size: inventory.audience_size,
        quoted_at: now,
    };
    let sold = bought(budget, most);
    let can_be_kept = sold > 0 && sold <= guaranteed_at_most(supply, inventory);
    if terms.promise == Promise::Estimate || terms.goal != Goal::Views || !can_be_kept {
        return estimate;
    }
    Quote {
        unit_price_max: Micros::new(budget.get().div_ceil(sold)),
        units_low: sold,
        units_high: sold,
        guaranteed_units: Some(sold),
        ..estimate
    }
}

/// Tells what the rest of a promotion will bring on `terms`, of which so much is due already: the
/// quote of the money and the time that are left. Its numbers are told as if all of the budget were
/// spent so, for prices and bands are parts of the budget: of them the part of the budget that is
/// left is expected. Nothing is left to quote when all is spent.
pub fn quote_rest(terms: &Terms, due: Micros, inventory: &Inventory, now: Instant) -> Quote {
    let whole = Micros::of(terms.budget.amount);
    let left = whole.saturating_sub(due).whole();
    if due == Micros::ZERO || left.is_zero() {
        return quote(terms, inventory, now);
    }
    let budget = base::Money { amount: left, ..terms.budget };
    let rest = quote(&Terms { budget, ..terms.clone() }, inventory, now);
    let of_all = |units: u64| {
        let units =
            u128::from(units) * u128::from(whole.get()) / u128::from(Micros::of(left).get());
        u64::try_from(units).unwrap_or(u64::MAX)
    };
    let (units_low, units_high) = (of_all(rest.units_low), of_all(rest.units_high));
    // Both are rounded down, and a range that is told is no wider than two.
    let widest = if units_low > 0 { units_low.saturating_mul(2) } else { u64::MAX };
    Quote { units_low, units_high: units_high.min(widest), ..rest }
}

/// The largest budget for which a guarantee could be sold on the same terms, in minor units;
/// rounded down.
pub fn guaranteeable(terms: &Terms, inventory: &Inventory, now: Instant) -> base::Amount {
    let most = unit_price(inventory.prices.p90, inventory.units_per_million);
    let units = guaranteed_at_most(supply(terms, inventory, now), inventory);
    most.saturating_times(units).whole()
}

/// The largest number of units that one guarantee may promise.
fn guaranteed_at_most(supply: u64, inventory: &Inventory) -> u64 {
    let is_chance = inventory.audience_size < limits::GUARANTEE_PEOPLE_MIN;
    if is_chance { 0 } else { percent_of(supply, limits::GUARANTEE_PERCENT) }
}

/// Price of an impression → price of a unit, rounded up and at least one millionth.
fn unit_price(impression: Micros, units_per_million: u32) -> Micros {
    let price = u128::from(impression.get()) * 1_000_000;
    let price = price.div_ceil(u128::from(units_per_million.max(1)));
    Micros::new(u64::try_from(price).unwrap_or(u64::MAX).max(1))
}

/// Units for the budget, at that price.
fn bought(budget: Micros, price: Micros) -> u64 {
    budget.get() / price.get()
}

/// Units that nine tenths of the opportunities bring between now, or the start, and the end.
fn supply(terms: &Terms, inventory: &Inventory, now: Instant) -> u64 {
    let left = terms.ends_at.since(terms.starts_at.max(now)).unwrap_or(Span::ZERO);
    let opportunities = u128::from(inventory.opportunities_per_day) * u128::from(left.micros())
        / u128::from(Span::days(1).micros());
    let won = opportunities.min(u128::from(u64::MAX)) * 9 / 10;
    let units = won * u128::from(inventory.units_per_million.min(1_000_000)) / 1_000_000;
    u64::try_from(units).unwrap_or(u64::MAX)
}

fn percent_of(units: u64, percent: u64) -> u64 {
    u64::try_from(u128::from(units) * u128::from(percent) / 100).unwrap_or(u64::MAX)
}
