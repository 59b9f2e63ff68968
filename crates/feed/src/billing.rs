//! Billing: what the records of a stream cost, and what an advertiser reads of them.
//!
//! Money is taken from a slice in whole minor units: the prices of its billed units, less those of
//! repaid ones, added up in millionths and rounded down. A [`Bill`] moves the difference between
//! that number before and after its records, so bills add up to the same amounts wherever the
//! stream is cut, a slice never pays more than its units cost, and less than a minor unit a slice
//! is left to the advertiser.
//!
//! A bill is known by stream, first and last record. Whoever books it keeps a [`Booked`] for each
//! stream, which lets every record through once: a bill that is sent again is known, one with
//! records missing in front of it is refused.

mod summary;

use std::collections::BTreeMap;

use base::{Amount, PromotionId};
use promotions::EventKind;

use crate::price::Price;
use crate::verdict::{Body, Cause, Judged, Outcome, Record, Repaid};

pub use summary::{CauseSummary, KindSummary, Summary};

/// What consecutive records cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// The stream of the records.
    pub stream: u64,
    /// The first record.
    pub from: u64,
    /// The record after the last; the same as `from` when there is none.
    pub to: u64,
    /// A line for each promotion and slice that has units, in that order.
    pub lines: Vec<BillLine>,
}

/// What a slice of a promotion pays or gets back; only one of the two amounts is not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BillLine {
    /// The promotion.
    pub promotion: PromotionId,
    /// The slice.
    pub slice: u64,
    /// Units that were billed.
    pub billed_units: u64,
    /// Units that were repaid.
    pub repaid_units: u64,
    /// From the escrow to revenue.
    pub charge: Amount,
    /// From revenue back to the escrow.
    pub repayment: Amount,
}

/// Why records cannot be added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// Records are missing.
    #[error("expected record {expected} of the stream, found {found}; read the log in order")]
    Gap {
        /// The number that comes next.
        expected: u64,
        /// The number of the record.
        found: u64,
    },
    /// More money than an amount can be.
    #[error("slice {slice} would be billed more than an amount can be")]
    TooMuch {
        /// The slice.
        slice: u64,
    },
}

/// Units and their prices, in millionths of a minor unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    units: u64,
    millionths: u128,
}

impl Sum {
    fn add(&mut self, price: Price) {
        self.units += 1;
        self.millionths += u128::from(price.millionths());
    }
}

/// What a slice was billed, and what of it was repaid for each kind and cause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct SliceTotals {
    billed: Sum,
    repaid: BTreeMap<(EventKind, Cause), Sum>,
}

impl SliceTotals {
    fn repaid(&self) -> Sum {
        self.repaid.values().fold(Sum::default(), |all, one| Sum {
            units: all.units + one.units,
            millionths: all.millionths + one.millionths,
        })
    }

    /// Minor units, rounded down, of what was billed, and of what is left of it.
    fn minor(&self) -> Option<(Amount, Amount)> {
        let minor = |millionths: u128| {
            i64::try_from(millionths / u128::from(Price::MILLIONTHS)).ok().and_then(Amount::new)
        };
        let billed = self.billed.millionths;
        let left = billed.checked_sub(self.repaid().millionths)?;
        Some((minor(billed)?, minor(left)?))
    }
}

/// Events of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct KindTotals {
    billed: u64,
    counted: u64,
    invalid: BTreeMap<Cause, u64>,
}

/// Totals of a promotion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct PromotionTotals {
    slices: BTreeMap<u64, SliceTotals>,
    kinds: BTreeMap<EventKind, KindTotals>,
}

/// Adds up the records of one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    stream: u64,
    next: u64,
    promotions: BTreeMap<PromotionId, PromotionTotals>,
}

impl Totals {
    /// Nothing, before the first record of the stream.
    pub fn new(stream: u64) -> Totals {
        Totals { stream, next: 0, promotions: BTreeMap::new() }
    }

    /// The number of the next record.
    pub fn next_sequence(&self) -> u64 {
        self.next
    }

    /// Adds consecutive records and gives their bill. Records that were added before are passed
    /// over, so the bill begins with the first new one.
    ///
    /// # Errors
    ///
    /// [`FoldError`]; then nothing was added.
    pub fn fold(&mut self, records: &[Record]) -> Result<Bill, FoldError> {
        let from = self.next;
        let known = records.partition_point(|record| record.sequence < from);
        let records = &records[known..];
        for (expected, record) in (from..).zip(records) {
            if record.sequence != expected {
                return Err(FoldError::Gap { expected, found: record.sequence });
            }
        }
        let mut changed = BTreeMap::new();
        for record in records {
            let (promotion, slice) = payer(record);
            let before = || self.slice(promotion, slice).cloned().unwrap_or_default();
            changed.entry((promotion, slice)).or_insert_with(|| (before(), before())).1.add(record);
        }
        let lines = changed.iter().filter_map(|((promotion, slice), (before, after))| {
            line(*promotion, *slice, before, after).transpose()
        });
        let lines = lines.collect::<Result<Vec<_>, _>>()?;
        for ((promotion, slice), (_, after)) in changed {
            self.promotions.entry(promotion).or_default().slices.insert(slice, after);
        }
        for record in records {
            self.promotions.entry(payer(record).0).or_default().add(record);
        }
        self.next = from + records.len() as u64;
        Ok(Bill { stream: self.stream, from, to: self.next, lines })
    }

    /// Forgets a promotion that is settled, after which no record of it comes.
    pub fn forget(&mut self, promotion: PromotionId) {
        self.promotions.remove(&promotion);
    }

    fn slice(&self, promotion: PromotionId, slice: u64) -> Option<&SliceTotals> {
        self.promotions.get(&promotion)?.slices.get(&slice)
    }
}

impl SliceTotals {
    fn add(&mut self, record: &Record) {
        match &record.body {
            Body::Judged(Judged { outcome: Outcome::Billed, selection, .. }) => {
                self.billed.add(selection.price);
            }
            Body::Repaid(Repaid { kind, price, reason, .. }) => {
                if let Some(cause) = reason.cause() {
                    self.repaid.entry((*kind, cause)).or_default().add(*price);
                }
            }
            Body::Judged(_) => {}
        }
    }
}

impl PromotionTotals {
    fn add(&mut self, record: &Record) {
        let Body::Judged(judged) = &record.body else { return };
        let kind = self.kinds.entry(judged.kind).or_default();
        if judged.was_too_short {
            // The longer view takes the place of the one that was too short.
            let shorter = kind.invalid.entry(Cause::TooShort).or_default();
            *shorter = shorter.saturating_sub(1);
        }
        match judged.outcome {
            Outcome::Billed => kind.billed += 1,
            Outcome::Counted => kind.counted += 1,
            Outcome::Invalid(reason) => {
                if let Some(cause) = reason.cause() {
                    *kind.invalid.entry(cause).or_default() += 1;
                }
            }
        }
    }
}

/// Whose escrow and slice a record is about.
fn payer(record: &Record) -> (PromotionId, u64) {
    match &record.body {
        Body::Judged(judged) => (judged.selection.promotion, judged.selection.slice),
        Body::Repaid(repaid) => (repaid.promotion, repaid.slice),
    }
}

/// What the slice pays or gets back between two totals; nothing when nothing was billed or repaid.
fn line(
    promotion: PromotionId,
    slice: u64,
    before: &SliceTotals,
    after: &SliceTotals,
) -> Result<Option<BillLine>, FoldError> {
    let too_much = FoldError::TooMuch { slice };
    let (_, was) = before.minor().ok_or(too_much)?;
    let (_, is) = after.minor().ok_or(too_much)?;
    let line = BillLine {
        promotion,
        slice,
        billed_units: after.billed.units - before.billed.units,
        repaid_units: after.repaid().units - before.repaid().units,
        charge: is.saturating_sub(was),
        repayment: was.saturating_sub(is),
    };
    Ok((line.billed_units + line.repaid_units > 0).then_some(line))
}

/// Up to where the bills of a stream are booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booked {
    /// The stream.
    pub stream: u64,
    /// The first record that no booked bill has.
    pub next: u64,
}

/// What to do with a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Book it: it is new, and follows what is booked.
    New,
    /// Nothing: all its records are booked.
    Repeated,
}

/// Why a bill cannot be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookingError {
    /// It is of another stream.
    #[error("the bill is of stream {found}, not {expected}")]
    OtherStream {
        /// The stream that is booked here.
        expected: u64,
        /// The bill's.
        found: u64,
    },
    /// Its end is in front of its beginning.
    #[error("the bill ends at record {to} in front of {from}")]
    Backward {
        /// The first record.
        from: u64,
        /// The record after the last.
        to: u64,
    },
    /// Records are missing in front of it.
    #[error("the bill begins with record {from}; send those from {next} first")]
    Gap {
        /// The first record that is not booked.
        next: u64,
        /// The bill's first record.
        from: u64,
    },
    /// Some of its records are booked and some are not.
    #[error("records up to {next} are booked already; add up those from {next} and send that bill")]
    Overlap {
        /// The first record that is not booked.
        next: u64,
    },
}

impl Booked {
    /// Nothing of the stream.
    pub fn new(stream: u64) -> Booked {
        Booked { stream, next: 0 }
    }

    /// Whether a bill is to be booked. When it is [`Admission::New`] it counts as booked from here
    /// on, so keep this value in the same transaction as its transfers.
    ///
    /// # Errors
    ///
    /// [`BookingError`], in the order of its cases; then nothing changes.
    pub fn admit(&mut self, stream: u64, from: u64, to: u64) -> Result<Admission, BookingError> {
        let next = self.next;
        if stream != self.stream {
            Err(BookingError::OtherStream { expected: self.stream, found: stream })
        } else if to < from {
            Err(BookingError::Backward { from, to })
        } else if from > next {
            Err(BookingError::Gap { next, from })
        } else if to <= next {
            Ok(Admission::Repeated)
        } else if from < next {
            Err(BookingError::Overlap { next })
        } else {
            self.next = to;
            Ok(Admission::New)
        }
    }
}
