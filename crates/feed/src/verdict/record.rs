//! Records of the event log: what was judged, and what was repaid.
//!
//! A record is a few fields in front and then what its kind needs. Numbers are big-endian. Nothing
//! in it is readable of a person: viewers, addresses and networks are keyed hashes. Lengths, sums
//! of bytes and files are the business of whoever keeps the log.

use base::{Instant, PromotionId};
use promotions::{EventKind, Micros};

use super::reason::Reason;
use crate::slices::Unbilled;
use crate::token::{SELECTION_BYTES, Selection};

const FORMAT: u8 = 1;

/// One entry of the event log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its number in the stream: the first is 0, without gaps.
    pub sequence: u64,
    /// When it was judged; never before the record in front of it.
    pub at: Instant,
    /// What happened.
    pub body: Body,
}

/// What a record tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// An event was judged.
    Judged(Judged),
    /// A billed event is repaid.
    Repaid(Repaid),
}

/// An event and its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What its token says.
    pub selection: Selection,
    /// What the viewer did.
    pub kind: EventKind,
    /// The verdict.
    pub outcome: Outcome,
    /// Whether it takes the place of a view that was too short.
    pub was_too_short: bool,
    /// Keyed hash of the address, when it was billed and the address is known; zero otherwise.
    pub address: u64,
    /// Keyed hash of the network, likewise.
    pub network: u64,
}

/// What enters the log of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The slice of its token was charged the price of its token.
    Billed,
    /// It is valid and what the promotion pays for, but no slice was charged.
    Unbilled(Unbilled),
    /// It is valid and not what the promotion pays for.
    Counted,
    /// It is not valid.
    Invalid(Reason),
}

/// The repayment of a billed event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repaid {
    /// The number of the record that billed it, in the same stream.
    pub billed: u64,
    /// The promotion.
    pub promotion: PromotionId,
    /// The slice that paid.
    pub slice: u32,
    /// What the viewer did.
    pub kind: EventKind,
    /// What it cost.
    pub price: Micros,
    /// Why it is repaid.
    pub reason: Reason,
}

/// The bytes are no record of a format that this program knows: damage, or a newer program's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no event record of format {FORMAT}")]
pub struct RecordError;

const JUDGED: u8 = 1;
const REPAID: u8 = 2;

const BILLED: u8 = 0xff;
const COUNTED: u8 = 0xfe;
/// This and the number of an [`Unbilled`].
const UNBILLED: u8 = 0xe0;

impl Record {
    /// Appends the record's bytes.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let kind = match self.body {
            Body::Judged(_) => JUDGED,
            Body::Repaid(_) => REPAID,
        };
        out.extend_from_slice(&[FORMAT, kind]);
        out.extend_from_slice(&self.sequence.to_be_bytes());
        out.extend_from_slice(&self.at.micros().to_be_bytes());
        match &self.body {
            Body::Judged(judged) => {
                out.extend_from_slice(&judged.selection.to_bytes());
                let outcome = match judged.outcome {
                    Outcome::Billed => BILLED,
                    Outcome::Unbilled(why) => UNBILLED + why as u8,
                    Outcome::Counted => COUNTED,
                    Outcome::Invalid(reason) => reason as u8,
                };
                out.extend_from_slice(&[judged.kind as u8, outcome, judged.was_too_short.into()]);
                if judged.outcome == Outcome::Billed {
                    out.extend_from_slice(&judged.address.to_be_bytes());
                    out.extend_from_slice(&judged.network.to_be_bytes());
                }
            }
            Body::Repaid(repaid) => {
                out.extend_from_slice(&repaid.billed.to_be_bytes());
                out.extend_from_slice(&repaid.promotion.to_bytes());
                out.extend_from_slice(&repaid.slice.to_be_bytes());
                out.extend_from_slice(&[repaid.kind as u8, repaid.reason as u8]);
                out.extend_from_slice(&repaid.price.get().to_be_bytes());
            }
        }
    }

    /// Reads the record that these bytes are, no more and no less.
    ///
    /// # Errors
    ///
    /// [`RecordError`].
    pub fn decode(bytes: &[u8]) -> Result<Record, RecordError> {
        let mut rest = Bytes(bytes);
        let [format, kind] = rest.take()?;
        let sequence = rest.u64()?;
        let at = i64::from_be_bytes(rest.take()?);
        let at = Instant::try_from_micros(at).ok_or(RecordError)?;
        let body = match (format, kind) {
            (FORMAT, JUDGED) => Body::Judged(rest.judged()?),
            (FORMAT, REPAID) => Body::Repaid(rest.repaid()?),
            _ => return Err(RecordError),
        };
        if rest.0.is_empty() { Ok(Record { sequence, at, body }) } else { Err(RecordError) }
    }
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], RecordError> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(RecordError)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn u64(&mut self) -> Result<u64, RecordError> {
        self.take().map(u64::from_be_bytes)
    }

    fn judged(&mut self) -> Result<Judged, RecordError> {
        let selection = self.take::<SELECTION_BYTES>()?;
        let selection = Selection::from_bytes(&selection).ok_or(RecordError)?;
        let [kind, outcome, was_too_short] = self.take()?;
        let outcome = match outcome {
            BILLED => Outcome::Billed,
            COUNTED => Outcome::Counted,
            number @ UNBILLED.. => {
                let why = Unbilled::from_number(number - UNBILLED);
                Outcome::Unbilled(why.ok_or(RecordError)?)
            }
            number => Outcome::Invalid(Reason::from_number(number).ok_or(RecordError)?),
        };
        let is_billed = outcome == Outcome::Billed;
        Ok(Judged {
            selection,
            kind: EventKind::from_number(kind).ok_or(RecordError)?,
            outcome,
            was_too_short: match was_too_short {
                0 => false,
                1 => true,
                _ => return Err(RecordError),
            },
            address: if is_billed { self.u64()? } else { 0 },
            network: if is_billed { self.u64()? } else { 0 },
        })
    }

    fn repaid(&mut self) -> Result<Repaid, RecordError> {
        let billed = self.u64()?;
        let promotion = PromotionId::from_bytes(self.take()?);
        let slice = u32::from_be_bytes(self.take()?);
        let [kind, reason] = self.take()?;
        Ok(Repaid {
            billed,
            promotion,
            slice,
            kind: EventKind::from_number(kind).ok_or(RecordError)?,
            price: Micros::new(self.u64()?),
            reason: Reason::from_number(reason).ok_or(RecordError)?,
        })
    }
}
