use std::fmt;

use crate::{Amount, Currency};

/// An amount of one currency.
///
/// There is no conversion between currencies, and no order: ten dollars are neither more nor less
/// than ten euros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// How many minor units.
    pub amount: Amount,
    /// Of which currency.
    pub currency: Currency,
}

impl Money {
    /// That many minor units of the currency; `None` when the number is negative.
    pub const fn new(minor: i64, currency: Currency) -> Option<Money> {
        match Amount::new(minor) {
            Some(amount) => Some(Money { amount, currency }),
            None => None,
        }
    }

    /// The sum.
    ///
    /// # Errors
    ///
    /// In this order: [`MoneyError::CurrencyMismatch`], [`MoneyError::Overflow`].
    pub fn checked_add(self, other: Money) -> Result<Money, MoneyError> {
        self.require_currency_of(other)?;
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Money { amount, currency: self.currency })
    }

    /// The difference.
    ///
    /// # Errors
    ///
    /// In this order: [`MoneyError::CurrencyMismatch`], [`MoneyError::BelowZero`].
    pub fn checked_sub(self, other: Money) -> Result<Money, MoneyError> {
        self.require_currency_of(other)?;
        let amount = self.amount.checked_sub(other.amount).ok_or(MoneyError::BelowZero)?;
        Ok(Money { amount, currency: self.currency })
    }

    /// Reads an amount of major units, such as `25.00` or `25`, exactly: nothing is ever rounded.
    ///
    /// The text is digits, then perhaps a point and more digits. More decimals than the currency
    /// has are accepted only when they are zeros, because that is how spreadsheets write them.
    ///
    /// ```
    /// use base::{Currency, Money};
    ///
    /// let price = Money::parse_decimal("1.25", Currency::KWD).expect("it has three decimals");
    /// assert_eq!(price.amount.minor(), 1250);
    /// assert_eq!(price.to_string(), "1.250 KWD");
    /// ```
    ///
    /// # Errors
    ///
    /// In this order: [`MoneyError::NotADecimal`] for signs, spaces, separators of thousands and
    /// anything else that is not a plain number, [`MoneyError::TooManyDecimals`],
    /// [`MoneyError::Overflow`].
    pub fn parse_decimal(text: &str, currency: Currency) -> Result<Money, MoneyError> {
        let (whole, decimals) = match text.split_once('.') {
            Some((whole, decimals)) if is_digits(decimals) => (whole, decimals),
            Some(_) => return Err(MoneyError::NotADecimal),
            None => (text, ""),
        };
        if !is_digits(whole) {
            return Err(MoneyError::NotADecimal);
        }
        let places = usize::from(currency.exponent());
        if decimals.bytes().skip(places).any(|digit| digit != b'0') {
            return Err(MoneyError::TooManyDecimals);
        }
        let padded_decimals = decimals.bytes().chain(std::iter::repeat(b'0')).take(places);
        let mut minor: i64 = 0;
        for digit in whole.bytes().chain(padded_decimals) {
            minor = minor
                .checked_mul(10)
                .and_then(|tens| tens.checked_add(i64::from(digit - b'0')))
                .ok_or(MoneyError::Overflow)?;
        }
        let amount = Amount::new(minor).expect("a number made of digits is not negative");
        Ok(Money { amount, currency })
    }

    fn require_currency_of(self, other: Money) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::CurrencyMismatch) }
    }
}

/// Major units with all decimals of the currency, then the code: `25.00 USD`, `1500 JPY`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minor = self.amount.minor();
        let places = usize::from(self.currency.exponent());
        if places == 0 {
            return write!(f, "{minor} {}", self.currency);
        }
        let minor_per_major = 10_i64.pow(u32::from(self.currency.exponent()));
        let (whole, decimals) = (minor / minor_per_major, minor % minor_per_major);
        write!(f, "{whole}.{decimals:0places$} {}", self.currency)
    }
}

/// Why money could not be computed or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The two sides are of different currencies.
    #[error("the currencies differ")]
    CurrencyMismatch,
    /// The result exceeds [`Amount::MAX`].
    #[error("the amount is too large")]
    Overflow,
    /// More would be taken than there is.
    #[error("the amount would fall below zero")]
    BelowZero,
    /// The text is not digits with at most one decimal point between them.
    #[error("not a plain decimal number such as 25.00")]
    NotADecimal,
    /// The text states a fraction of a minor unit.
    #[error("more decimals than the currency has")]
    TooManyDecimals,
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
