//! Decided claims in few bytes. Each: ground (1), when it was filed, which facts are known (8: a
//! bit for each number), which are not (8), the reason of each that is not (1), the value of each
//! that is, and the first 8 bytes of the hash of its decision. Numbers take seven bits a byte, the
//! lowest first. Records and times of facts decide nothing and are left out.

use base::{Amount, Instant, Span};
use claims::{
    Decision, Evidence, Fact, FactName, Facts, Finding, Ground, Kind, Rules, Value, WhyUnknown,
};
use claimworld::{CURRENCY, Filing};
use sha2::{Digest, Sha256};

/// A claim as it was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub ground: Ground,
    pub filed_at: Instant,
    pub facts: Facts,
    /// The beginning of the hash of its decision.
    pub decision: [u8; 8],
}

impl Kept {
    /// A claim as these rules decide it.
    pub fn decided(filing: &Filing, facts: &Facts, rules: &Rules) -> Kept {
        let Filing { ground, filed_at } = *filing;
        let mut bare = Facts::new();
        for fact in facts.iter() {
            bare.tell(fact_of(fact.name, fact.finding, filed_at)).unwrap();
        }
        let mut kept = Kept { ground, filed_at, facts: bare, decision: [0; 8] };
        kept.decision = short_hash(&kept.decide(rules));
        kept
    }

    pub fn decide(&self, rules: &Rules) -> Decision {
        rules.tables(self.ground, self.filed_at).decide(&self.facts, CURRENCY)
    }
}

fn fact_of(name: FactName, finding: Finding, at: Instant) -> Fact {
    Fact { name, finding, evidence: Evidence::None, at }
}

pub fn short_hash(decision: &Decision) -> [u8; 8] {
    let hash = Sha256::digest(decision.to_bytes());
    std::array::from_fn(|place| hash[place])
}

pub fn write(all: &[Kept]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for kept in all {
        bytes.push(kept.ground as u8);
        number(&mut bytes, u64::try_from(kept.filed_at.micros()).unwrap());
        let (mut known, mut unknown) = (0_u64, 0_u64);
        let mut values = Vec::new();
        let mut reasons = Vec::new();
        for fact in kept.facts.iter() {
            let bit = 1 << (fact.name as u8);
            match fact.finding {
                Finding::Unknown(why) => {
                    unknown |= bit;
                    reasons.push(why as u8);
                }
                Finding::Known(value) => {
                    known |= bit;
                    write_value(&mut values, fact.name, value);
                }
            }
        }
        bytes.extend(known.to_le_bytes());
        bytes.extend(unknown.to_le_bytes());
        bytes.extend(reasons);
        bytes.extend(values);
        bytes.extend(kept.decision);
    }
    bytes
}

fn write_value(bytes: &mut Vec<u8>, name: FactName, value: Value) {
    match value {
        Value::Flag(is_so) => bytes.push(u8::from(is_so)),
        Value::Count(count) => number(bytes, count),
        Value::Money(amount) => number(bytes, amount.minor().unsigned_abs()),
        Value::Span(span) => number(bytes, span.micros()),
        Value::Word(word) => {
            let Kind::Word(words) = name.kind() else { panic!("{name:?} is no word") };
            bytes.push(u8::try_from(words.iter().position(|it| *it == word).unwrap()).unwrap());
        }
    }
}

fn number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap());
}

pub fn read(bytes: &[u8]) -> Vec<Kept> {
    let mut reader = Reader(bytes);
    let mut all = Vec::new();
    while !reader.0.is_empty() {
        let ground = Ground::from_number(reader.byte()).unwrap();
        let filed_at = i64::try_from(reader.number()).unwrap();
        let filed_at = Instant::try_from_micros(filed_at).unwrap();
        let (known, unknown) =
            (u64::from_le_bytes(reader.take()), u64::from_le_bytes(reader.take()));
        let is_in = |set: u64, name: &FactName| set & (1 << (*name as u8)) != 0;
        let mut facts = Facts::new();
        for name in FactName::ALL.iter().filter(|name| is_in(unknown, name)) {
            let why = Finding::Unknown(WhyUnknown::from_number(reader.byte()).unwrap());
            facts.tell(fact_of(*name, why, filed_at)).unwrap();
        }
        for name in FactName::ALL.iter().filter(|name| is_in(known, name)) {
            let value = Finding::Known(reader.value(*name));
            facts.tell(fact_of(*name, value, filed_at)).unwrap();
        }
        all.push(Kept { ground, filed_at, facts, decision: reader.take() });
    }
    all
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (taken, rest) = self.0.split_first_chunk().expect("it is not cut off");
        self.0 = rest;
        *taken
    }

    fn byte(&mut self) -> u8 {
        self.take::<1>()[0]
    }

    fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return number;
            }
            shift += 7;
        }
    }

    fn value(&mut self, name: FactName) -> Value {
        match name.kind() {
            Kind::Flag => Value::Flag(self.byte() == 1),
            Kind::Count => Value::Count(self.number()),
            Kind::Money => {
                Value::Money(Amount::new(i64::try_from(self.number()).unwrap()).unwrap())
            }
            Kind::Span => Value::Span(Span::from_micros(self.number())),
            Kind::Word(words) => Value::Word(words[usize::from(self.byte())]),
        }
    }
}
