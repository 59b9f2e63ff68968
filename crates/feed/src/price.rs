//! Prices of units, finer than a minor unit.

use std::fmt;

use base::Amount;

/// Money in millionths of a minor unit: what one unit of a promotion costs, and sums of that.
///
/// A view is often worth less than a cent, so prices need finer steps than the book has. What
/// reaches the book is a sum of many, in whole minor units ([`Price::whole`]). The largest is
/// about 18 million million minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(u64);

impl Price {
    /// Millionths in a minor unit.
    pub const MILLIONTHS: u64 = 1_000_000;

    /// Nothing.
    pub const ZERO: Price = Price(0);

    /// The largest.
    pub const MAX: Price = Price(u64::MAX);

    /// That many millionths of a minor unit.
    pub const fn from_millionths(millionths: u64) -> Price {
        Price(millionths)
    }

    /// The millionths of a minor unit.
    pub const fn millionths(self) -> u64 {
        self.0
    }

    /// A whole amount; `None` when it is larger than [`Price::MAX`].
    pub const fn of(amount: Amount) -> Option<Price> {
        match amount.minor().unsigned_abs().checked_mul(Price::MILLIONTHS) {
            Some(millionths) => Some(Price(millionths)),
            None => None,
        }
    }

    /// The minor units that this covers in full: rounded down, so that nobody pays a fraction more.
    pub fn whole(self) -> Amount {
        let minor = i64::try_from(self.0 / Price::MILLIONTHS).unwrap_or(i64::MAX);
        Amount::new(minor).unwrap_or(Amount::ZERO)
    }

    /// The least whole amount that is enough for this.
    pub fn covering(self) -> Amount {
        Price(self.0.saturating_add(Price::MILLIONTHS - 1)).whole()
    }

    /// The sum; `None` when it would exceed [`Price::MAX`].
    pub const fn checked_add(self, other: Price) -> Option<Price> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Price(sum)),
            None => None,
        }
    }

    /// The sum, at most [`Price::MAX`].
    pub const fn saturating_add(self, other: Price) -> Price {
        Price(self.0.saturating_add(other.0))
    }

    /// The difference, or nothing when `other` is the larger one.
    pub const fn saturating_sub(self, other: Price) -> Price {
        Price(self.0.saturating_sub(other.0))
    }

    /// This times `numerator` over `denominator`, rounded down, at most [`Price::MAX`]; all of it
    /// when the denominator is zero.
    pub(crate) fn scaled(self, numerator: u128, denominator: u128) -> Price {
        let scaled = divided(u128::from(self.0).saturating_mul(numerator), denominator);
        scaled.map_or(self, |scaled| Price(u64::try_from(scaled).unwrap_or(u64::MAX)))
    }
}

/// The quotient, rounded down; `None` when it is divided by zero.
///
/// Most numbers fit into half of the bits, where division takes a fraction of the time.
fn divided(numerator: u128, denominator: u128) -> Option<u128> {
    match (u64::try_from(numerator), u64::try_from(denominator)) {
        (Ok(numerator), Ok(denominator)) => numerator.checked_div(denominator).map(u128::from),
        _ => numerator.checked_div(denominator),
    }
}

/// The number of minor units with six decimals.
impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0 / Price::MILLIONTHS, self.0 % Price::MILLIONTHS)
    }
}

/// How likely something is, in billionths: from never to always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chance(u32);

impl Chance {
    /// Never.
    pub const NEVER: Chance = Chance(0);

    /// Always.
    pub const ALWAYS: Chance = Chance(BILLIONTHS);

    /// That many billionths; more than a billion are always.
    pub const fn from_billionths(billionths: u32) -> Chance {
        if billionths > BILLIONTHS { Chance::ALWAYS } else { Chance(billionths) }
    }

    /// The billionths.
    pub const fn billionths(self) -> u32 {
        self.0
    }

    /// `part` of `whole`, rounded down; never when the whole is zero.
    pub fn of(part: u64, whole: u64) -> Chance {
        let billionths = u128::from(part) * u128::from(BILLIONTHS);
        let chance = divided(billionths, u128::from(whole)).unwrap_or(0);
        Chance::from_billionths(u32::try_from(chance).unwrap_or(BILLIONTHS))
    }

    /// What may be expected of `price` at this chance, rounded up.
    pub fn expected(self, price: Price) -> Price {
        let product = u128::from(price.0) * u128::from(self.0) + u128::from(BILLIONTHS - 1);
        let expected = divided(product, u128::from(BILLIONTHS)).unwrap_or(0);
        // A chance is at most one, so what is expected is at most the price.
        Price(u64::try_from(expected).unwrap_or(price.0))
    }
}

const BILLIONTHS: u32 = 1_000_000_000;
