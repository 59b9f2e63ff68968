//! Values on the wire as pages show them.

use base::{Currency, Instant, Money};
use pages::Moment;
use serde::{Deserialize, Deserializer};

/// `{"amount": 2500, "currency": "USD"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Amount(pub(crate) Money);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Amount, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            amount: i64,
            currency: String,
        }
        let Wire { amount, currency } = Wire::deserialize(from)?;
        let currency = Currency::parse(&currency).map_err(serde::de::Error::custom)?;
        let money = Money::new(amount, currency);
        money.map(Amount).ok_or_else(|| serde::de::Error::custom("an amount below zero"))
    }
}

/// An amount of the ledger, which may be below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Signed {
    #[serde(rename = "amount")]
    pub(crate) minor: i64,
    #[serde(deserialize_with = "currency")]
    pub(crate) currency: Currency,
}

impl Signed {
    /// In major units, for spreadsheets: `-12.50`.
    pub(crate) fn decimal(&self) -> String {
        let magnitude = i64::try_from(self.minor.unsigned_abs()).unwrap_or(i64::MAX);
        let money = Money::new(magnitude, self.currency).map(|money| money.to_string());
        let digits = money.as_deref().and_then(|text| text.split(' ').next()).unwrap_or("0");
        format!("{}{digits}", if self.minor < 0 { "-" } else { "" })
    }
}

/// An ISO 4217 code.
pub(crate) fn currency<'de, D: Deserializer<'de>>(from: D) -> Result<Currency, D::Error> {
    let code = String::deserialize(from)?;
    Currency::parse(&code).map_err(serde::de::Error::custom)
}

/// An amount that somebody typed in major units: `25`, `25.5`, `25,50`. `None` when it is none, has
/// more decimals than its currency, or could mean two things: `1,000` is a thousand to some, and
/// one to others.
pub(crate) fn typed_amount(typed: &str, currency: Currency) -> Option<Money> {
    let typed: String = typed.chars().filter(|one| !one.is_whitespace()).collect();
    if let Some((_, decimals)) = typed.split_once(['.', ',']) {
        let is_doubtful = typed.contains(',') && decimals.len() == 3;
        if is_doubtful || decimals.len() > usize::from(currency.exponent()) {
            return None;
        }
    }
    // Many languages write a comma where English has a point; one of both is one of these.
    Money::parse_decimal(&typed.replacen(',', ".", 1), currency).ok()
}

/// `{"amount": …, "currency": …}` for the API.
pub(crate) fn money_json(money: Money) -> serde_json::Value {
    serde_json::json!({ "amount": money.amount.minor(), "currency": money.currency.code() })
}

/// A time on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time(pub(crate) Instant);

impl Time {
    /// As people read it: in UTC, until pages know where somebody is.
    pub(crate) fn moment(self) -> Moment<'static> {
        Moment::utc(self.0)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
        let text = String::deserialize(from)?;
        Instant::parse(&text).map(Time).map_err(serde::de::Error::custom)
    }
}

/// A page of a list.
#[derive(Debug, Deserialize)]
pub(crate) struct List<T> {
    pub(crate) data: Vec<T>,
    #[serde(default)]
    pub(crate) next_cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for (typed, currency, minor) in [
            ("25", Currency::USD, Some(2_500)),
            ("25.5", Currency::USD, Some(2_550)),
            ("25,50", Currency::USD, Some(2_550)),
            (" 1 000.00 ", Currency::USD, Some(100_000)),
            ("1.250", Currency::KWD, Some(1_250)),
            ("500", Currency::JPY, Some(500)),
            ("500.5", Currency::JPY, None),
            ("25.505", Currency::USD, None),
            ("-5", Currency::USD, None),
            ("1,000.00", Currency::USD, None),
            ("1,000", Currency::USD, None),
            ("1.000", Currency::USD, None),
            ("5,000", Currency::JPY, None),
            ("500.0", Currency::JPY, None),
            ("1,000", Currency::KWD, None),
            ("", Currency::USD, None),
            (".50", Currency::USD, None),
            ("99999999999999999999", Currency::USD, None),
        ] {
            let read = typed_amount(typed, currency).map(|money| money.amount.minor());
            assert_eq!(read, minor, "{typed}");
        }
    }
}
