//! Prices finer than money.

use std::fmt;

use base::Amount;

/// Millionths of a minor unit: what a single delivered unit costs, and what deliveries add up to.
///
/// A view costs less than a cent, so prices cannot be counted in minor units. Money still moves in
/// whole minor units only: see `carry_micros` of [`Spend`](crate::Spend). The feed counts in them
/// too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(u64);

impl Micros {
    /// Nothing.
    pub const ZERO: Micros = Micros(0);
    /// The largest.
    pub const MAX: Micros = Micros(u64::MAX);
    /// Millionths in a minor unit.
    pub const PER_MINOR: u64 = 1_000_000;

    /// That many millionths.
    pub const fn new(micros: u64) -> Micros {
        Micros(micros)
    }

    /// The number of millionths.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// An amount in millionths. It fits up to [`limits::BUDGET_MAX`](crate::limits::BUDGET_MAX)
    /// and far beyond; the largest number stands for what does not.
    pub fn of(amount: Amount) -> Micros {
        Micros::exactly(amount).unwrap_or(Micros::MAX)
    }

    /// An amount in millionths; `None` when it is larger than [`Micros::MAX`].
    pub fn exactly(amount: Amount) -> Option<Micros> {
        amount.minor().unsigned_abs().checked_mul(Micros::PER_MINOR).map(Micros)
    }

    /// The whole minor units in it, rounded down.
    pub fn whole(self) -> Amount {
        let minor = i64::try_from(self.0 / Micros::PER_MINOR).expect("a millionth of 64 bits fits");
        Amount::new(minor).expect("not negative")
    }

    /// The least whole amount that is enough for it.
    pub fn covering(self) -> Amount {
        Micros(self.0.saturating_add(Micros::PER_MINOR - 1)).whole()
    }

    /// What is left of it beside whole minor units.
    pub fn fraction(self) -> Micros {
        Micros(self.0 % Micros::PER_MINOR)
    }

    /// The sum; `None` when it does not fit.
    pub fn checked_add(self, other: Micros) -> Option<Micros> {
        self.0.checked_add(other.0).map(Micros)
    }

    /// The sum; the largest number stands for what does not fit.
    pub fn saturating_add(self, other: Micros) -> Micros {
        Micros(self.0.saturating_add(other.0))
    }

    /// The difference, or nothing when `other` is the larger one.
    pub fn saturating_sub(self, other: Micros) -> Micros {
        Micros(self.0.saturating_sub(other.0))
    }

    /// So many times this; the largest number stands for what does not fit.
    pub fn saturating_times(self, count: u64) -> Micros {
        Micros(self.0.saturating_mul(count))
    }
}

/// The number of minor units with six decimals.
impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0 / Micros::PER_MINOR, self.0 % Micros::PER_MINOR)
    }
}

/// A number of units for a price. What so many of them cost is a function of their number, so
/// whatever the steps were, they add up to exactly the price, and never to more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guarantee {
    /// The price of all units together.
    pub price: Amount,
    /// The number that is guaranteed, above zero.
    pub units: u64,
}

impl Guarantee {
    /// What the first `delivered` units cost together: their share of the price, rounded down to
    /// millionths. Units beyond the guaranteed number are free.
    pub fn cost(self, delivered: u64) -> Micros {
        let counted = u128::from(delivered.min(self.units));
        let share = self.price_micros() * counted / u128::from(self.units.max(1));
        Micros(u64::try_from(share).expect("not more than the price"))
    }

    /// How many of the next `wanted` units cost at most `room`, when `delivered` were before them.
    pub fn affordable(self, delivered: u64, wanted: u64, room: Micros) -> u64 {
        let ceiling = self.cost(delivered).saturating_add(room);
        if self.cost(delivered.saturating_add(wanted)) <= ceiling {
            return wanted;
        }
        // cost(n) ≤ c, which rounds down, is price × n < (c + 1) × units.
        let bound = (u128::from(ceiling.0) + 1) * u128::from(self.units) - 1;
        let most = u64::try_from(bound / self.price_micros()).unwrap_or(u64::MAX);
        most.saturating_sub(delivered).min(wanted)
    }

    fn price_micros(self) -> u128 {
        u128::from(Micros::of(self.price).0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn steps_of_a_guarantee_add_up_to_the_price(
            price in 1..1_000_000_i64,
            units in 1..2_000_000_u64,
            steps in prop::collection::vec(0..700_000_u64, 1..9),
        ) {
            let guarantee = Guarantee { price: Amount::new(price).unwrap(), units };
            let (mut delivered, mut sum) = (0, 0);
            for step in steps {
                let cost = guarantee.cost(delivered + step).0 - guarantee.cost(delivered).0;
                (delivered, sum) = (delivered + step, sum + cost);
                prop_assert!(sum <= Micros::of(guarantee.price).0);
            }
            sum += guarantee.cost(units.max(delivered)).0 - guarantee.cost(delivered).0;
            prop_assert_eq!(sum, Micros::of(guarantee.price).0);
        }

        #[test]
        fn what_is_affordable_is_the_most(
            price in 1..100_000_i64,
            units in 1..5_000_u64,
            delivered in 0..6_000_u64,
            wanted in 0..3_000_u64,
            room in 0..30_000_000_000_u64,
        ) {
            let guarantee = Guarantee { price: Amount::new(price).unwrap(), units };
            let count = guarantee.affordable(delivered, wanted, Micros::new(room));
            let ceiling = guarantee.cost(delivered).0 + room;
            prop_assert!(guarantee.cost(delivered + count).0 <= ceiling);
            prop_assert!(count == wanted || guarantee.cost(delivered + count + 1).0 > ceiling);
        }
    }
}
