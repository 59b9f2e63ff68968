//! Tests of one fact: what stands on the right of its name in `when`.
//!
//! `true`, `3`, `"open"`; `"< 7 days"`, `"<= 5"`, `"> 0"`, `">= 100"`; `"1 .. 10"`, both ends
//! inside; `["open", "won"]`; `"known"`, `"unknown"`; and any of them joined by ` or `.

use toml::de::DeValue;

use crate::fact::{Kind, NUMBER_MAX, UNITS};
use crate::table::values::{Values, domain};

/// Parts that ` or ` may join, and values of a list.
const PARTS_MAX: usize = 16;

/// What the test admits; the error says what it should have been.
pub(super) fn parse(value: &DeValue, kind: Kind, is_computed: bool) -> Result<Values, String> {
    let domain = domain(kind, is_computed);
    let values = match value {
        DeValue::Boolean(is_so) if kind == Kind::Flag => {
            let number = i128::from(*is_so);
            Values::range(number, number, domain)
        }
        DeValue::Integer(digits) => parse_text(&digits.to_string(), kind, domain)?,
        DeValue::String(text) => parse_text(text, kind, domain)?,
        DeValue::Array(list) if list.len() <= PARTS_MAX => {
            let mut values = Values::EMPTY;
            for part in list.iter() {
                if matches!(part.get_ref(), DeValue::Array(_)) {
                    return Err("a list holds values, no lists".to_owned());
                }
                values = values.or(&parse(part.get_ref(), kind, is_computed)?);
            }
            values
        }
        _ => return Err(wanted(kind)),
    };
    if values.is_empty() {
        return Err("no value fits this test".to_owned());
    }
    Ok(values)
}

fn parse_text(text: &str, kind: Kind, domain: (i128, i128)) -> Result<Values, String> {
    if text.split(" or ").count() > PARTS_MAX {
        return Err(format!("more than {PARTS_MAX} values are joined by `or`"));
    }
    let mut values = Values::EMPTY;
    for part in text.split(" or ") {
        values = values.or(&parse_part(part.trim(), kind, domain)?);
    }
    Ok(values)
}

fn parse_part(part: &str, kind: Kind, domain: (i128, i128)) -> Result<Values, String> {
    match part {
        "known" => return Ok(Values::range(domain.0, domain.1, domain)),
        "unknown" => return Ok(Values::UNKNOWN),
        _ => {}
    }
    let literal = |text: &str| literal(text.trim(), kind).ok_or_else(|| wanted(kind));
    let is_ordered = matches!(kind, Kind::Count | Kind::Money | Kind::Span);
    if is_ordered && let Some((first, last)) = part.split_once("..") {
        return Ok(Values::range(literal(first)?, literal(last)?, domain));
    }
    let (first, last) = match part.strip_prefix(['<', '>']) {
        Some(rest) if is_ordered => {
            let (number, step) = match rest.strip_prefix('=') {
                Some(rest) => (literal(rest)?, 0),
                None => (literal(rest)?, 1),
            };
            let is_below = part.starts_with('<');
            if is_below { (domain.0, number - step) } else { (number + step, domain.1) }
        }
        Some(_) => return Err(wanted(kind)),
        None => (literal(part)?, literal(part)?),
    };
    Ok(Values::range(first, last, domain))
}

fn literal(text: &str, kind: Kind) -> Option<i128> {
    let number = |digits: &str| {
        let number: i128 = digits.parse().ok()?;
        (number.abs() <= NUMBER_MAX).then_some(number)
    };
    match kind {
        Kind::Flag => text.parse::<bool>().ok().map(i128::from),
        Kind::Count | Kind::Money => number(text),
        Kind::Span if text == "never" => Some(NUMBER_MAX),
        Kind::Span => {
            let (digits, unit) = text.split_once(' ')?;
            let singular = |name: &str| name.trim_end_matches('s') == unit;
            let (_, micros) = UNITS.iter().find(|(name, _)| *name == unit || singular(name))?;
            number(digits)?.checked_mul(*micros).filter(|micros| micros.abs() <= NUMBER_MAX)
        }
        Kind::Word(words) => {
            let at = words.iter().position(|word| *word == text)?;
            i128::try_from(at).ok()
        }
    }
}

fn wanted(kind: Kind) -> String {
    match kind {
        Kind::Flag => "a flag is tested like true, false or \"false or unknown\"".to_owned(),
        Kind::Count => "a count is tested like 3, \"> 0\" or \"1 .. 10\"".to_owned(),
        Kind::Money => "money is tested in minor units, like 0, \"> 0\" or \"1 .. 500\"".to_owned(),
        Kind::Span => "a span is tested like \"< 7 days\", \">= 48 hours\" or \"never\"".to_owned(),
        Kind::Word(words) => format!("it is one of {}", words.join(", ")),
    }
}
