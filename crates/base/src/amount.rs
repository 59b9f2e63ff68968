use std::fmt;

/// A non-negative number of minor units: cents, yen, fils.
///
/// An amount does not know its currency. Use it where the currency is fixed by something else,
/// such as the account it belongs to, and [`Money`](crate::Money) everywhere else. What is owed
/// in the other direction is never a negative amount but another account or another field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

impl Amount {
    /// Nothing.
    pub const ZERO: Amount = Amount(0);

    /// The largest amount, 2⁶³ − 1 minor units: what a signed 64-bit database column can hold.
    pub const MAX: Amount = Amount(i64::MAX);

    /// The amount of that many minor units; `None` when the number is negative.
    pub const fn new(minor: i64) -> Option<Amount> {
        if minor < 0 { None } else { Some(Amount(minor)) }
    }

    /// The number of minor units, never negative.
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Whether this is no money at all.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum; `None` when it would exceed [`Amount::MAX`].
    pub const fn checked_add(self, other: Amount) -> Option<Amount> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Amount(sum)),
            None => None,
        }
    }

    /// The difference; `None` when `other` is the larger one.
    pub const fn checked_sub(self, other: Amount) -> Option<Amount> {
        // Two non-negative numbers cannot overflow here, they can only fall below zero.
        Amount::new(self.0 - other.0)
    }

    /// The difference, or zero when `other` is the larger one.
    pub const fn saturating_sub(self, other: Amount) -> Amount {
        match self.checked_sub(other) {
            Some(difference) => difference,
            None => Amount::ZERO,
        }
    }
}

/// The bare number of minor units, without a decimal point.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
