//! What a fact can say.

use base::{Amount, Currency, Money, Span};

/// Of which kind a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Flag,
    /// How many.
    Count,
    /// Minor units of the currency of the claim.
    Money,
    /// A length of time; [`Value::NEVER`] for something that never happened.
    Span,
    /// One word of a closed set.
    Word(&'static [&'static str]),
}

impl Kind {
    /// What the kind is called.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Flag => "flag",
            Kind::Count => "count",
            Kind::Money => "money",
            Kind::Span => "span",
            Kind::Word(_) => "word",
        }
    }
}

/// What a fact says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// How many, at most 2⁶³ − 1.
    Count(u64),
    /// Minor units of the currency of the claim.
    Money(Amount),
    /// A length of time.
    Span(Span),
    /// A word of the fact's set.
    Word(&'static str),
}

impl Value {
    /// The age of something that never happened.
    pub const NEVER: Value = Value::Span(Span::MAX);

    /// The value as a whole number: what tests and expressions work on. `None` when it is not of
    /// that kind, or too large.
    pub(crate) fn number(self, kind: Kind) -> Option<i128> {
        match (self, kind) {
            (Value::Flag(is_so), Kind::Flag) => Some(i128::from(is_so)),
            (Value::Count(count), Kind::Count) if i64::try_from(count).is_ok() => {
                Some(i128::from(count))
            }
            (Value::Money(amount), Kind::Money) => Some(i128::from(amount.minor())),
            (Value::Span(span), Kind::Span) => Some(i128::from(span.micros())),
            (Value::Word(word), Kind::Word(words)) => {
                let at = words.iter().position(|known| *known == word)?;
                i128::try_from(at).ok()
            }
            _ => None,
        }
    }
}

/// The largest number that a fact can be.
pub(crate) const NUMBER_MAX: i128 = i64::MAX as i128;

const MICROS_PER_SECOND: i128 = 1_000_000;
/// Units of time, the longest first, each with its microseconds.
pub(crate) const UNITS: [(&str, i128); 4] = [
    ("days", 86_400 * MICROS_PER_SECOND),
    ("hours", 3_600 * MICROS_PER_SECOND),
    ("minutes", 60 * MICROS_PER_SECOND),
    ("seconds", MICROS_PER_SECOND),
];

/// A number of this kind for people; money with its decimals when the currency is told.
pub(crate) fn show(number: i128, kind: Kind, currency: Option<Currency>) -> String {
    match kind {
        Kind::Flag => if number == 0 { "no" } else { "yes" }.to_owned(),
        Kind::Count => number.to_string(),
        Kind::Money => show_money(number, currency),
        Kind::Span => show_span(number),
        Kind::Word(words) => {
            let word = usize::try_from(number).ok().and_then(|at| words.get(at));
            (*word.unwrap_or(&"?")).to_owned()
        }
    }
}

fn show_money(number: i128, currency: Option<Currency>) -> String {
    let magnitude = i64::try_from(number.unsigned_abs()).ok();
    let money = currency.zip(magnitude).and_then(|(currency, minor)| Money::new(minor, currency));
    match money {
        Some(money) if number < 0 => format!("-{money}"),
        Some(money) => money.to_string(),
        None => number.to_string(),
    }
}

/// In the longest unit that is exact, or rounded down to seconds.
fn show_span(micros: i128) -> String {
    if micros == NUMBER_MAX {
        return "never".to_owned();
    }
    let exact = UNITS.iter().find(|(_, unit)| micros != 0 && micros % unit == 0);
    match exact {
        Some((name, unit)) if (micros / unit).abs() == 1 => {
            format!("{} {}", micros / unit, name.trim_end_matches('s'))
        }
        Some((name, unit)) => format!("{} {name}", micros / unit),
        None => format!("{} seconds", micros / MICROS_PER_SECOND),
    }
}
