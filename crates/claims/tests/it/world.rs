//! Facts, tables and decisions in a line.

use base::{Amount, Currency, Instant, Label, Span};
use claims::{
    Decision, Evidence, Fact, FactName, Facts, Finding, Ground, Kind, Rules, Value, WhyUnknown,
};

/// A gate that only stops what is out of time.
pub const GATE: &str = include_str!("golden/gate.toml");

/// When everything here was so.
pub fn noon() -> Instant {
    Instant::parse("2026-11-20T12:00:00Z").unwrap()
}

/// From when on the second gate decides.
pub fn december() -> Instant {
    Instant::parse("2026-12-01T00:00:00Z").unwrap()
}

/// Facts from a text: `authorization = verified; device_age = 3 days; captured = 100; ring_marks
/// = unknown`. Later ones take the place of earlier ones.
pub fn facts(text: &str) -> Facts {
    let mut told: Vec<(FactName, &str)> = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap();
        let name = FactName::parse(name.trim()).unwrap_or_else(|| panic!("no fact {name}"));
        told.retain(|(known, _)| *known != name);
        told.push((name, value.trim()));
    }
    let mut facts = Facts::new();
    for (name, value) in told {
        facts.tell(fact(name, finding(name, value))).unwrap();
    }
    facts
}

/// A fact with evidence of its own.
pub fn fact(name: FactName, finding: Finding) -> Fact {
    let evidence = match name as u8 % 3 {
        0 => Evidence::Record(u64::from(name as u8) * 100),
        1 => Evidence::Id(Label::new("promo_00000000000000000000000009").unwrap()),
        _ => Evidence::None,
    };
    Fact { name, finding, evidence, at: noon() }
}

/// What is known of a fact, from its text.
pub fn finding(name: FactName, text: &str) -> Finding {
    if text == "unknown" {
        return Finding::Unknown(WhyUnknown::NotKept);
    }
    Finding::Known(match name.kind() {
        Kind::Flag => Value::Flag(text.parse().unwrap()),
        Kind::Count => Value::Count(text.parse().unwrap()),
        Kind::Money => Value::Money(Amount::new(text.parse().unwrap()).unwrap()),
        Kind::Span => span(text),
        Kind::Word(words) => {
            let word = words.iter().find(|word| **word == text);
            Value::Word(word.unwrap_or_else(|| panic!("{} is no {text}", name.as_str())))
        }
    })
}

fn span(text: &str) -> Value {
    if text == "never" {
        return Value::NEVER;
    }
    let (number, unit) = text.split_once(' ').unwrap();
    let number: u64 = number.parse().unwrap();
    Value::Span(match unit {
        "days" => Span::days(number),
        "hours" => Span::hours(number),
        "micros" => Span::from_micros(number),
        _ => panic!("no unit {unit}"),
    })
}

/// What the standard rules decide in dollars.
pub fn decided(rules: &Rules, ground: Ground, facts: &Facts) -> Decision {
    rules.tables(ground, noon()).decide(facts, Currency::USD)
}
