//! Chances, and parts of prices.

use promotions::Micros;

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
    pub fn expected(self, price: Micros) -> Micros {
        let product = u128::from(price.get()) * u128::from(self.0) + u128::from(BILLIONTHS - 1);
        let expected = divided(product, u128::from(BILLIONTHS)).unwrap_or(0);
        // A chance is at most one, so what is expected is at most the price.
        Micros::new(u64::try_from(expected).unwrap_or(price.get()))
    }
}

const BILLIONTHS: u32 = 1_000_000_000;

/// A price times `numerator` over `denominator`, rounded down, at most [`Micros::MAX`]; all of it
/// when the denominator is zero.
pub(crate) fn scaled(price: Micros, numerator: u128, denominator: u128) -> Micros {
    let scaled = divided(u128::from(price.get()).saturating_mul(numerator), denominator);
    scaled.map_or(price, |scaled| Micros::new(u64::try_from(scaled).unwrap_or(u64::MAX)))
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
