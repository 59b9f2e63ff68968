//! What the log keeps, as bytes.
//!
//! An entry is a byte that says what follows, and that. Verdicts are written as the feed writes
//! them, with their length in front; counts as numbers, big-endian.

use base::{Instant, PromotionId};
use feed::segments::{Dimension, Segment, SegmentCounts, SegmentRecord};
use feed::shortfall::Doings;
use feed::verdict::Record;
use feed::{Cause, CounterRecord, Counts, Outcome};
use promotions::Micros;

/// One thing that the log keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A verdict or repayment.
    Verdict(Record),
    /// What was counted.
    Counter(CounterRecord),
    /// What was done in a part of the minute that begins then.
    Done(Instant, Doings),
    /// What a part of an audience was shown.
    Segment(SegmentRecord),
}

/// The bytes are no entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

const VERDICT: u8 = 1;
const STARTED: u8 = 2;
const FLUSHED: u8 = 4;
const STOPPED: u8 = 5;
const DONE: u8 = 6;
const COUNTED: u8 = 7;
const SEGMENT: u8 = 8;
const TALLIED: u8 = 9;

/// Counts as they were written before pages had a currency.
const COUNTED_BEFORE: u8 = 3;

/// Bits of a byte that say something of a number; the highest says that more follow.
const NUMBER_BITS: u32 = 7;

impl Entry {
    /// Appends its bytes.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Entry::Verdict(record) => {
                out.extend_from_slice(&[VERDICT, 0, 0]);
                let start = out.len();
                record.encode(out);
                let length = u16::try_from(out.len() - start).expect("a record is short");
                out[start - 2..start].copy_from_slice(&length.to_be_bytes());
            }
            Entry::Segment(record) => encode_segment(record, out),
            Entry::Counter(CounterRecord::Started { at }) => encode_time(STARTED, *at, out),
            Entry::Counter(CounterRecord::Flushed { at }) => encode_time(FLUSHED, *at, out),
            Entry::Counter(CounterRecord::Stopped { at }) => encode_time(STOPPED, *at, out),
            Entry::Done(minute, doings) => {
                encode_time(DONE, *minute, out);
                let Doings { pages, failed, served, events, heard, refused } = doings;
                for number in [pages, failed, served, events, heard, refused] {
                    out.extend_from_slice(&number.to_be_bytes());
                }
            }
            Entry::Counter(CounterRecord::Counted { promotion, minute, counts }) => {
                encode_time(TALLIED, *minute, out);
                out.extend_from_slice(&promotion.to_bytes());
                let counts: Vec<u64> = outcomes().map(|outcome| counts.get(outcome)).collect();
                let bits = counts.iter().rev();
                let bits = bits.fold(0_u16, |bits, count| bits << 1 | u16::from(*count > 0));
                out.extend_from_slice(&bits.to_be_bytes());
                let some = counts.into_iter().filter(|count| *count > 0);
                some.for_each(|count| encode_number(count, out));
            }
        }
    }

    /// Reads all entries of some bytes.
    pub(crate) fn decode_all(mut bytes: &[u8]) -> Result<Vec<Entry>, Unreadable> {
        let mut entries = Vec::new();
        while !bytes.is_empty() {
            entries.push(decode(&mut bytes)?);
        }
        Ok(entries)
    }
}

/// Every outcome of an opportunity, in the order in which they are written.
fn outcomes() -> impl Iterator<Item = Outcome> {
    std::iter::once(Outcome::Served).chain(Cause::ALL.into_iter().map(Outcome::Lost))
}

/// Seven bits a byte, the lowest first.
fn encode_number(mut number: u64, out: &mut Vec<u8>) {
    while number >> NUMBER_BITS > 0 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= NUMBER_BITS;
    }
    out.push(number as u8);
}

fn decode_number(bytes: &mut &[u8]) -> Result<u64, Unreadable> {
    let mut number = 0_u64;
    for shift in (0..u64::BITS).step_by(NUMBER_BITS as usize) {
        let [byte] = take(bytes)?;
        let part = u64::from(byte & 0x7f);
        if part << shift >> shift != part {
            return Err(Unreadable);
        }
        number |= part << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(Unreadable)
}

fn encode_time(kind: u8, at: Instant, out: &mut Vec<u8>) {
    out.push(kind);
    out.extend_from_slice(&at.micros().to_be_bytes());
}

/// The name is short: labels have 64 bytes at most.
fn encode_segment(record: &SegmentRecord, out: &mut Vec<u8>) {
    let (segment, counts) = (&record.segment, record.counts);
    let name = segment.name().as_bytes();
    let length = u8::try_from(name.len()).expect("a name is short");
    out.extend_from_slice(&[SEGMENT, segment.dimension() as u8, length]);
    out.extend_from_slice(name);
    out.extend_from_slice(&record.promotion.to_bytes());
    for number in [counts.shown, counts.units, counts.price.get()] {
        out.extend_from_slice(&number.to_be_bytes());
    }
}

fn decode_segment(bytes: &mut &[u8]) -> Result<SegmentRecord, Unreadable> {
    let [dimension, length] = take(bytes)?;
    let (name, rest) = bytes.split_at_checked(usize::from(length)).ok_or(Unreadable)?;
    *bytes = rest;
    let dimension = Dimension::from_number(dimension).ok_or(Unreadable)?;
    let name = std::str::from_utf8(name).map_err(|_| Unreadable)?;
    let segment = Segment::parse(dimension, name).ok_or(Unreadable)?;
    let promotion = PromotionId::from_bytes(take(bytes)?);
    let counts = SegmentCounts {
        shown: u64::from_be_bytes(take(bytes)?),
        units: u64::from_be_bytes(take(bytes)?),
        price: Micros::new(u64::from_be_bytes(take(bytes)?)),
    };
    Ok(SegmentRecord { promotion, segment, counts })
}

fn decode(bytes: &mut &[u8]) -> Result<Entry, Unreadable> {
    let [kind] = take(bytes)?;
    if kind == VERDICT {
        let length = usize::from(u16::from_be_bytes(take(bytes)?));
        let (record, rest) = bytes.split_at_checked(length).ok_or(Unreadable)?;
        *bytes = rest;
        return Record::decode(record).map(Entry::Verdict).map_err(|_| Unreadable);
    }
    if kind == SEGMENT {
        return decode_segment(bytes).map(Entry::Segment);
    }
    let at = Instant::try_from_micros(i64::from_be_bytes(take(bytes)?)).ok_or(Unreadable)?;
    if kind == DONE {
        let mut number = || take(bytes).map(u64::from_be_bytes);
        let (pages, failed, served) = (number()?, number()?, number()?);
        let (events, heard, refused) = (number()?, number()?, number()?);
        return Ok(Entry::Done(at, Doings { pages, failed, served, events, heard, refused }));
    }
    Ok(Entry::Counter(match kind {
        STARTED => CounterRecord::Started { at },
        FLUSHED => CounterRecord::Flushed { at },
        STOPPED => CounterRecord::Stopped { at },
        COUNTED | COUNTED_BEFORE => {
            let promotion = PromotionId::from_bytes(take(bytes)?);
            let mut counts = Counts::default();
            let is_written =
                |outcome: &Outcome| kind == COUNTED || *outcome != Outcome::Lost(Cause::Currency);
            for outcome in outcomes().filter(is_written) {
                counts.add_many(outcome, u64::from_be_bytes(take(bytes)?));
            }
            CounterRecord::Counted { promotion, minute: at, counts }
        }
        TALLIED => {
            let promotion = PromotionId::from_bytes(take(bytes)?);
            let bits = u16::from_be_bytes(take(bytes)?);
            let mut counts = Counts::default();
            for (place, outcome) in outcomes().enumerate() {
                if bits >> place & 1 == 1 {
                    counts.add_many(outcome, decode_number(bytes)?);
                }
            }
            // Outcomes of a newer program would be left unread.
            if u32::from(bits) >> outcomes().count() > 0 {
                return Err(Unreadable);
            }
            CounterRecord::Counted { promotion, minute: at, counts }
        }
        _ => return Err(Unreadable),
    }))
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], Unreadable> {
    let (taken, rest) = bytes.split_first_chunk().ok_or(Unreadable)?;
    *bytes = rest;
    Ok(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(counts: Counts) -> Entry {
        let (promotion, minute) = (PromotionId::from_bits(7), Instant::MIN);
        Entry::Counter(CounterRecord::Counted { promotion, minute, counts })
    }

    #[test]
    fn counts_of_any_size_are_read_as_they_were_written() {
        for number in [1, 127, 128, 16_384, u64::from(u32::MAX), u64::MAX] {
            for every in 1..=10 {
                let mut counts = Counts::default();
                let some = outcomes().enumerate().filter(|(place, _)| place % every == 0);
                some.for_each(|(_, outcome)| counts.add_many(outcome, number));
                let mut bytes = Vec::new();
                counted(counts).encode(&mut bytes);
                assert_eq!(Entry::decode_all(&bytes), Ok(vec![counted(counts)]));
                for length in 1..bytes.len() {
                    assert_eq!(Entry::decode_all(&bytes[..length]), Err(Unreadable));
                }
            }
        }
        let mut bytes = Vec::new();
        encode_number(u64::MAX, &mut bytes);
        *bytes.last_mut().unwrap() = 2;
        assert_eq!(decode_number(&mut bytes.as_slice()), Err(Unreadable), "more than 64 bits");
    }

    #[test]
    fn counts_from_before_are_read() {
        for (kind, written) in [(COUNTED, 10), (COUNTED_BEFORE, 9)] {
            let (mut bytes, mut counts) = (Vec::new(), Counts::default());
            encode_time(kind, Instant::MIN, &mut bytes);
            bytes.extend_from_slice(&PromotionId::from_bits(7).to_bytes());
            // The currency came last.
            for (place, outcome) in outcomes().enumerate().take(written) {
                counts.add_many(outcome, 10 + place as u64);
                bytes.extend_from_slice(&(10 + place as u64).to_be_bytes());
            }
            assert_eq!(Entry::decode_all(&bytes), Ok(vec![counted(counts)]));
        }
    }
}
