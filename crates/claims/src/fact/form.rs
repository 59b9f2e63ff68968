//! The one form of facts in bytes: for storing them with their claim, and for replay.
//!
//! Version 1: the byte 1; the number of facts (2 bytes); then each, by its number: number (1),
//! finding, evidence, microseconds since 1970 (8). A finding is a byte and what it calls for:
//! 0 unknown (reason, 1), 1 flag (1), 2 count (8), 3 money (8), 4 span (8), 5 word (its place in
//! the set, 1). Evidence is 0 none, 1 an id (length, 1; ASCII), 2 a record (8). Numbers are big
//! endian.

use base::{Amount, Instant, Label, Span};
use sha2::{Digest, Sha256};

use crate::fact::{Evidence, Fact, FactName, Facts, Finding, Kind, Value, WhyUnknown};

const VERSION: u8 = 1;

/// The bytes are not facts in their one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not facts, at byte {at}")]
pub struct FormError {
    /// Up to where they could be read.
    pub at: usize,
}

impl Facts {
    /// Writes them in their one form: equal facts are equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        let count = u16::try_from(self.iter().count()).expect("fewer facts than names");
        bytes.extend(count.to_be_bytes());
        for fact in self.iter() {
            bytes.push(fact.name as u8);
            write_finding(&mut bytes, fact);
            write_evidence(&mut bytes, &fact.evidence);
            bytes.extend(fact.at.micros().to_be_bytes());
        }
        bytes
    }

    /// Reads them back.
    ///
    /// # Errors
    ///
    /// [`FormError`] for anything but what [`Facts::to_bytes`] writes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Facts, FormError> {
        let mut reader = Reader { bytes, at: 0 };
        let facts = reader.facts();
        facts.filter(|_| reader.at == bytes.len()).ok_or(FormError { at: reader.at })
    }

    /// SHA-256 of their one form.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.to_bytes()).into()
    }
}

fn write_finding(bytes: &mut Vec<u8>, fact: &Fact) {
    match fact.finding {
        Finding::Unknown(why) => bytes.extend([0, why as u8]),
        Finding::Known(Value::Flag(is_so)) => bytes.extend([1, u8::from(is_so)]),
        Finding::Known(Value::Count(count)) => write_long(bytes, 2, count),
        Finding::Known(Value::Money(amount)) => {
            write_long(bytes, 3, amount.minor().unsigned_abs());
        }
        Finding::Known(Value::Span(span)) => write_long(bytes, 4, span.micros()),
        Finding::Known(value @ Value::Word(_)) => {
            let place = value.number(fact.name.kind()).and_then(|place| u8::try_from(place).ok());
            bytes.extend([5, place.expect("a word of the set, as `tell` has checked")]);
        }
    }
}

fn write_evidence(bytes: &mut Vec<u8>, evidence: &Evidence) {
    match evidence {
        Evidence::None => bytes.push(0),
        Evidence::Id(id) => {
            bytes.extend([1, u8::try_from(id.as_str().len()).expect("a label is short")]);
            bytes.extend(id.as_str().as_bytes());
        }
        Evidence::Record(sequence) => write_long(bytes, 2, *sequence),
    }
}

fn write_long(bytes: &mut Vec<u8>, tag: u8, number: u64) {
    bytes.push(tag);
    bytes.extend(number.to_be_bytes());
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn facts(&mut self) -> Option<Facts> {
        let is_ours = self.byte()? == VERSION;
        let count = u16::from_be_bytes(self.array()?);
        let mut facts = Facts::new();
        for _ in 0..count {
            let fact = self.fact()?;
            let in_order = facts.iter().last().is_none_or(|last| last.name < fact.name);
            facts.tell(fact).ok().filter(|()| in_order)?;
        }
        is_ours.then_some(facts)
    }

    fn fact(&mut self) -> Option<Fact> {
        let name = FactName::from_number(self.byte()?)?;
        let finding = self.finding(name)?;
        let evidence = match self.byte()? {
            0 => Evidence::None,
            1 => {
                let length = usize::from(self.byte()?);
                let text = str::from_utf8(self.take(length)?).ok()?;
                Evidence::Id(Label::new(text).ok()?)
            }
            2 => Evidence::Record(self.long()?),
            _ => return None,
        };
        let at = Instant::try_from_micros(i64::from_be_bytes(self.array()?))?;
        Some(Fact { name, finding, evidence, at })
    }

    fn finding(&mut self, name: FactName) -> Option<Finding> {
        let value = match self.byte()? {
            0 => return Some(Finding::Unknown(WhyUnknown::from_number(self.byte()?)?)),
            1 => match self.byte()? {
                0 => Value::Flag(false),
                1 => Value::Flag(true),
                _ => return None,
            },
            2 => Value::Count(self.long()?),
            3 => Value::Money(Amount::new(i64::try_from(self.long()?).ok()?)?),
            4 => {
                let micros = self.long()?;
                Value::Span(Some(Span::from_micros(micros)).filter(|it| it.micros() == micros)?)
            }
            5 => match name.kind() {
                Kind::Word(words) => Value::Word(words.get(usize::from(self.byte()?))?),
                _ => return None,
            },
            _ => return None,
        };
        Some(Finding::Known(value))
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn long(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn take(&mut self, length: usize) -> Option<&[u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }
}
