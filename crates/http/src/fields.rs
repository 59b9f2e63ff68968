//! From text and numbers on the wire to values that cannot be wrong, field by field.

use std::collections::BTreeMap;

use base::{Currency, Instant, Money, Region, Text, Token, TypedId};
use giftcards::{Label, Metadata};
use shop::BasisPoints;

use crate::body::push_member;
use crate::query::hex_digit;
use crate::wire::{MoneyBody, MoneyOrZeroBody};

/// A field that is not acceptable. It never repeats the value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FieldError {
    /// JSON pointer.
    pub(crate) pointer: String,
    /// What it must be.
    pub(crate) message: String,
}

/// A checked field, or which one is at fault.
pub(crate) type Checked<T> = Result<T, FieldError>;

/// Refuses the field at `pointer`.
pub(crate) fn refuse(pointer: impl Into<String>, message: impl Into<String>) -> FieldError {
    FieldError { pointer: pointer.into(), message: message.into() }
}

/// Money of at least one minor unit.
pub(crate) fn money(pointer: &str, body: &MoneyBody) -> Checked<Money> {
    let currency = currency(|| format!("{pointer}/currency"), &body.currency)?;
    let money = Money::new(body.amount, currency).filter(|money| !money.amount.is_zero());
    money.ok_or_else(|| refuse(format!("{pointer}/amount"), "must be at least 1 minor unit"))
}

/// Money that may be nothing.
pub(crate) fn money_or_zero(pointer: &str, body: &MoneyOrZeroBody) -> Checked<Money> {
    let currency = currency(|| format!("{pointer}/currency"), &body.currency)?;
    let money = Money::new(body.amount, currency);
    money.ok_or_else(|| refuse(format!("{pointer}/amount"), "must not be negative"))
}

/// Money that may be left out.
pub(crate) fn optional_money(pointer: &str, body: Option<&MoneyBody>) -> Checked<Option<Money>> {
    body.map(|body| money(pointer, body)).transpose()
}

/// An active currency by its code.
pub(crate) fn currency(pointer: impl FnOnce() -> String, code: &str) -> Checked<Currency> {
    let active = Currency::parse(code);
    active.map_err(|_| refuse(pointer(), "must be an active ISO 4217 code in upper case"))
}

/// An id of the type that the caller expects.
pub(crate) fn id<Id: TypedId>(pointer: &str, text: &str) -> Checked<Id> {
    text.parse().map_err(|problem: base::IdError| refuse(pointer, problem.to_string()))
}

/// An id that may be left out.
pub(crate) fn optional_id<Id: TypedId>(pointer: &str, text: Option<&str>) -> Checked<Option<Id>> {
    text.map(|text| id(pointer, text)).transpose()
}

/// Words of people, on one line.
pub(crate) fn text<const MAX: usize>(pointer: &str, text: &str) -> Checked<Text<MAX>> {
    Text::new(text).map_err(|problem| refuse(pointer, problem.to_string()))
}

/// A word for machines.
pub(crate) fn token<const MAX: usize>(pointer: &str, text: &str) -> Checked<Token<MAX>> {
    Token::new(text).map_err(|problem| refuse(pointer, problem.to_string()))
}

/// A name that another system gave to its thing.
pub(crate) fn label(pointer: &str, text: &str) -> Checked<Label> {
    Label::new(text).map_err(|problem| refuse(pointer, problem.to_string()))
}

/// A hash in hexadecimal digits.
pub(crate) fn sha256(pointer: &str, text: &str) -> Checked<[u8; 32]> {
    let wrong = || refuse(pointer, "must be 64 hexadecimal digits");
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let mut hash = [0; 32];
    if pairs.len() != hash.len() || !rest.is_empty() {
        return Err(wrong());
    }
    for (byte, [high, low]) in hash.iter_mut().zip(pairs) {
        let digits = hex_digit(*high).zip(hex_digit(*low));
        *byte = digits.map(|(high, low)| high << 4 | low).ok_or_else(wrong)?;
    }
    Ok(hash)
}

/// A point in time.
pub(crate) fn instant(pointer: &str, text: &str) -> Checked<Instant> {
    Instant::parse(text).map_err(|problem| refuse(pointer, problem.to_string()))
}

/// A status that a list is asked for, of those that it knows, each by its name.
pub(crate) fn status<S: Copy>(
    text: Option<&str>,
    known: &[S],
    name: impl Fn(S) -> &'static str,
) -> Checked<Option<S>> {
    let Some(text) = text else { return Ok(None) };
    let found = known.iter().copied().find(|status| name(*status) == text);
    found.map(Some).ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|status| name(*status)).collect();
        refuse("status", format!("must be one of {}", names.join(", ")))
    })
}

/// A country or subdivision.
pub(crate) fn region(pointer: &str, code: &str) -> Checked<Region> {
    Region::parse(code).map_err(|problem| refuse(pointer, problem.to_string()))
}

/// Strings of the shop. A pair that is not acceptable by itself is named.
pub(crate) fn metadata(pointer: &str, pairs: &BTreeMap<String, String>) -> Checked<Metadata> {
    let owned = |(key, value): (&String, &String)| (key.clone(), value.clone());
    Metadata::new(pairs.iter().map(owned).collect()).map_err(|problem| {
        let alone = |pair: &(&String, &String)| Metadata::new(vec![owned(*pair)]).is_err();
        let culprit = pairs.iter().find(alone).map(|(key, _)| key);
        let mut pointer = pointer.to_owned();
        culprit.into_iter().for_each(|key| push_member(&mut pointer, key));
        refuse(pointer, problem.to_string())
    })
}

/// A rate in hundredths of a percent; none is nothing.
pub(crate) fn basis_points(pointer: &str, points: Option<u16>) -> Checked<BasisPoints> {
    let points = BasisPoints::new(points.unwrap_or(0));
    points.ok_or_else(|| refuse(pointer, "must be at most 10000, the whole"))
}

/// An error of an entry of the list at `pointer`, which does not know where it stands.
pub(crate) fn within_entry(pointer: &str, index: usize, error: FieldError) -> FieldError {
    FieldError { pointer: format!("{pointer}/{index}{}", error.pointer), message: error.message }
}

/// Every entry of a list of at most `max`, each with its own pointer.
pub(crate) fn each<T, U>(
    pointer: &str,
    list: &[T],
    max: usize,
    check: impl Fn(&str, &T) -> Checked<U>,
) -> Checked<Vec<U>> {
    if list.len() > max {
        return Err(refuse(pointer, format!("must have at most {max} entries")));
    }
    let one = |(index, entry): (usize, &T)| {
        // The pointer of an entry costs more than the entry, so it is made for errors only.
        check("", entry).map_err(|error| within_entry(pointer, index, error))
    };
    list.iter().enumerate().map(one).collect()
}
