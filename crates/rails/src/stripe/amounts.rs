//! Stripe's unit of each currency.
//!
//! Source: docs.stripe.com/currencies, sections on zero-decimal and three-decimal currencies and
//! on special cases, as of 2026. It is not ISO 4217: Stripe counts MGA in whole ariary although
//! it has two decimals, and ISK in hundredths although it has none. UGX stands both among the
//! zero-decimal currencies and, as "5 UGX are 500", among the special cases; a rail that might
//! take a hundred times too much is not used.

use base::{Currency, Money};

use crate::FailureCode;

const ZERO_DECIMAL: [&str; 15] = [
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
    "XOF", "XPF",
];

/// Counted in hundredths that must always be `00`.
const WHOLE_IN_HUNDREDTHS: [&str; 1] = ["ISK"];

/// Counted in thousandths whose last digit must be 0.
const THREE_DECIMAL: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

/// The number Stripe calls this amount.
pub(super) fn to_stripe(money: Money) -> Result<i64, FailureCode> {
    let theirs = exponent(money.currency).ok_or(FailureCode::CurrencyUnsupported)?;
    let minor = money.amount.minor();
    let number = match (ours(money.currency), theirs) {
        (ours, theirs) if theirs >= ours => {
            minor.checked_mul(power(theirs - ours)).ok_or(FailureCode::AmountTooLarge)?
        }
        (ours, theirs) => divide(minor, ours - theirs).ok_or(FailureCode::AmountNotPayable)?,
    };
    if theirs == 3 && number % 10 != 0 {
        return Err(FailureCode::AmountNotPayable);
    }
    Ok(number)
}

/// The amount Stripe means by this number; none when it is no whole number of minor units.
pub(super) fn from_stripe(number: i64, currency: Currency) -> Option<Money> {
    let (ours, theirs) = (ours(currency), exponent(currency)?);
    let minor = match ours >= theirs {
        true => number.checked_mul(power(ours - theirs))?,
        false => divide(number, theirs - ours)?,
    };
    Money::new(minor, currency)
}

/// How many decimals Stripe's number has.
fn exponent(currency: Currency) -> Option<u8> {
    let code = currency.code();
    if ZERO_DECIMAL.contains(&code) {
        Some(0)
    } else if THREE_DECIMAL.contains(&code) {
        Some(3)
    } else if WHOLE_IN_HUNDREDTHS.contains(&code) || currency.exponent() == 2 {
        Some(2)
    } else {
        None
    }
}

fn ours(currency: Currency) -> u8 {
    currency.exponent()
}

fn power(places: u8) -> i64 {
    10_i64.pow(u32::from(places))
}

fn divide(number: i64, places: u8) -> Option<i64> {
    (number % power(places) == 0).then(|| number / power(places))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(decimal: &str, code: &str, expected: Result<i64, FailureCode>) {
        let money = Money::parse_decimal(decimal, Currency::parse(code).unwrap()).unwrap();
        assert_eq!(to_stripe(money), expected, "{decimal} {code}");
        if let Ok(number) = expected {
            assert_eq!(from_stripe(number, money.currency), Some(money), "{number} {code}");
        }
    }

    /// The right-hand sides are what Stripe's page says, not what our code computes.
    #[test]
    fn a_zero_decimal_currency_is_not_multiplied() {
        check("500", "JPY", Ok(500));
        check("10.00", "USD", Ok(1000));
        check("500", "KRW", Ok(500));
        check("5", "ISK", Ok(500));
        check("5.00", "MGA", Ok(5));
        check("5.01", "MGA", Err(FailureCode::AmountNotPayable));
        check("5.120", "KWD", Ok(5120));
        check("5.124", "KWD", Err(FailureCode::AmountNotPayable));
        check("10.45", "HUF", Ok(1045));
        check("800.45", "TWD", Ok(80045));
        check("5", "UGX", Err(FailureCode::CurrencyUnsupported));
        check("1.000", "IQD", Err(FailureCode::CurrencyUnsupported));
        check("1.0000", "CLF", Err(FailureCode::CurrencyUnsupported));
        let most = Money::new(i64::MAX, Currency::parse("ISK").unwrap()).unwrap();
        assert_eq!(to_stripe(most), Err(FailureCode::AmountTooLarge));
        assert_eq!(from_stripe(501, most.currency), None);
    }

    #[test]
    fn every_currency_is_refused_or_comes_back_as_it_went() {
        for currency in Currency::all() {
            let money = Money::new(1_000_000, currency).unwrap();
            if let Ok(number) = to_stripe(money) {
                assert_eq!(from_stripe(number, currency), Some(money));
            }
        }
    }
}
