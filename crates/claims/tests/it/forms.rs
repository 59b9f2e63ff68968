//! Facts in bytes: the one form, and what is refused.

use base::{Amount, Span};
use claims::{Fact, FactError, FactName, Facts, Finding, Kind, Source, Value, WhyUnknown};

use crate::world::{fact, facts, finding, noon};

/// Version 1, as it is stored. It never changes.
const GOLDEN: &str = "01 0006
    01 0501 01 20 70726f6d6f5f3030303030303030303030303030303030303030303030303039 000660b3fbca1000
    02 030000000000002710 00 000660b3fbca1000
    0c 020000000000000003 02 00000000000004b0 000660b3fbca1000
    10 040000000c92a69c00
       01 20 70726f6d6f5f3030303030303030303030303030303030303030303030303039 000660b3fbca1000
    11 0101 00 000660b3fbca1000
    12 0003 02 0000000000000708 000660b3fbca1000";

fn sample() -> Facts {
    facts(
        "dispute = open; captured = 10000; earlier_claims = 3; device_age = 15 hours; \
         country_jump = true; limit_raised = unknown",
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn facts_have_one_form_in_bytes() {
    let golden: String = GOLDEN.split_whitespace().collect();
    assert_eq!(hex(&sample().to_bytes()), golden);
}

#[test]
fn facts_are_read_back() {
    let bytes = sample().to_bytes();
    assert_eq!(Facts::from_bytes(&bytes).unwrap(), sample());
    assert_eq!(Facts::from_bytes(&Facts::new().to_bytes()).unwrap(), Facts::new());
    for length in 0..bytes.len() {
        assert!(Facts::from_bytes(&bytes[..length]).is_err(), "cut at {length}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(Facts::from_bytes(&longer).unwrap_err().at, bytes.len());
}

#[test]
fn whatever_is_read_is_written_as_it_was() {
    let bytes = sample().to_bytes();
    for place in 0..bytes.len() {
        for value in [0, 1, 5, 48, 255] {
            let mut other = bytes.clone();
            other[place] = value;
            if let Ok(facts) = Facts::from_bytes(&other) {
                assert_eq!(facts.to_bytes(), other, "byte {place} is {value}");
            }
        }
    }
}

#[test]
fn a_fact_is_told_once_and_of_its_kind() {
    let mut facts = Facts::new();
    let name = FactName::Captured;
    let known = |value| fact(name, Finding::Known(value));
    assert_eq!(facts.tell(known(Value::Count(1))), Err(FactError::WrongValue(name)));
    facts.tell(known(Value::Money(Amount::MAX))).unwrap();
    let again = fact(name, Finding::Unknown(WhyUnknown::NotKept));
    assert_eq!(facts.tell(again), Err(FactError::Twice(name)));
    let word = fact(FactName::Dispute, Finding::Known(Value::Word("maybe")));
    assert_eq!(facts.tell(word), Err(FactError::WrongValue(FactName::Dispute)));
    let many = fact(FactName::RingMarks, Finding::Known(Value::Count(u64::MAX)));
    assert_eq!(facts.tell(many), Err(FactError::WrongValue(FactName::RingMarks)));
    let age =
        Fact { at: noon(), ..fact(FactName::Dormant, Finding::Known(Value::Span(Span::MAX))) };
    facts.tell(age).unwrap();
    assert_eq!(facts.get(FactName::Dormant).unwrap().finding, Finding::Known(Value::NEVER));
}

#[test]
fn names_numbers_and_words_of_facts_stand() {
    let mut list = String::new();
    for name in FactName::ALL {
        assert_eq!(FactName::parse(name.as_str()), Some(*name));
        assert_eq!(FactName::from_number(*name as u8), Some(*name));
        let words =
            if let Kind::Word(words) = name.kind() { words.join(" ") } else { String::new() };
        let kind = name.kind().name();
        let line = format!("{} {} {kind} {words}", *name as u8, name.as_str());
        list.push_str(line.trim_end());
        list.push('\n');
        assert!(name.absent_words().iter().all(|word| words.split(' ').any(|it| it == *word)));
    }
    assert_eq!(list, include_str!("golden/facts.txt"), "stored facts depend on these:\n{list}");
}

#[test]
fn every_source_has_a_fact() {
    let all = [
        Source::Ledger,
        Source::Authorization,
        Source::Signals,
        Source::Deeds,
        Source::Post,
        Source::Review,
        Source::Waterfall,
        Source::Events,
        Source::Incidents,
        Source::Payments,
        Source::Claims,
    ];
    for source in all {
        assert!(FactName::ALL.iter().any(|fact| fact.source() == source), "{}", source.as_str());
    }
    assert_eq!(finding(FactName::Dormant, "never"), Finding::Known(Value::NEVER));
}
