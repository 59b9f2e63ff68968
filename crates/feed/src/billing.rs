//! Billing: what the records of a stream cost, and what an advertiser reads of them.
//!
//! What a record says was charged is added up in millionths of a minor unit, for each promotion and
//! slice; what moves in whole minor units is for the book to say ([`promotions::bill()`]). The book
//! knows a bill by stream, first and last record: one that is sent again is known, one with records
//! missing in front of it is refused with the record to begin from.

mod summary;

use std::collections::BTreeMap;

use base::{Label, PromotionId};
use promotions::{Bill, BillLine, EventKind, Micros, Takeback, limits};

use crate::verdict::{Body, Cause, Judged, Outcome, Reason, Record, Repaid};

use crate::saved::saved;
pub(crate) use summary::noun;
pub use summary::{CauseSummary, KindSummary, Summary};

/// Records cannot be added up, because some are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected record {expected} of the stream, found {found}; read the log in order")]
pub struct Gap {
    /// The number that comes next.
    pub expected: u64,
    /// The number of the record.
    pub found: u64,
}

/// Units and their prices, in millionths of a minor unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    units: u64,
    millionths: u128,
}

saved!(Sum { units, millionths });

impl Sum {
    fn add(&mut self, price: Micros) {
        self.units += 1;
        self.millionths += u128::from(price.get());
    }

    fn absorb(&mut self, other: Sum) {
        self.units += other.units;
        self.millionths += other.millionths;
    }

    /// Beyond the largest there is no escrow that could pay it.
    fn micros(self) -> Micros {
        Micros::new(u64::try_from(self.millionths).unwrap_or(u64::MAX))
    }
}

/// What records say of one slice.
#[derive(Clone, Copy, Debug, Default)]
struct SliceSums {
    billed: Sum,
    repaid: Sum,
    unbilled_units: u64,
    invalid_units: u64,
}

impl SliceSums {
    fn add(&mut self, record: &Record) {
        match &record.body {
            Body::Judged(Judged { outcome, selection, kind, .. }) => match outcome {
                Outcome::Billed => self.billed.add(selection.price),
                Outcome::Unbilled(_) => self.unbilled_units += 1,
                // A longer view may follow one that was too short.
                Outcome::Invalid(reason) if *reason != Reason::TooShort => {
                    self.invalid_units += u64::from(*kind == selection.goal.billed());
                }
                Outcome::Invalid(_) | Outcome::Counted => {}
            },
            Body::Repaid(repaid) => self.repaid.add(repaid.price),
        }
    }

    fn has_line(&self) -> bool {
        self.billed.units + self.unbilled_units + self.invalid_units > 0
    }

    fn lines(&self) -> usize {
        usize::from(self.has_line()) + usize::from(self.repaid.units > 0)
    }
}

/// Events of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct KindTotals {
    billed: u64,
    counted: u64,
    invalid: BTreeMap<Cause, u64>,
}

saved!(KindTotals { billed, counted, invalid });

/// Totals of a promotion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct PromotionTotals {
    billed: Sum,
    repaid: BTreeMap<(EventKind, Cause), Sum>,
    kinds: BTreeMap<EventKind, KindTotals>,
}

saved!(PromotionTotals { billed, repaid, kinds });

/// Adds up the records of one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    stream: Label,
    next: u64,
    promotions: BTreeMap<PromotionId, PromotionTotals>,
}

saved!(Totals { stream, next, promotions });

impl Totals {
    /// Nothing, before the first record of the stream.
    pub fn new(stream: Label) -> Totals {
        Totals { stream, next: 0, promotions: BTreeMap::new() }
    }

    /// Nothing, before the record of that number.
    pub fn since(stream: Label, next: u64) -> Totals {
        Totals { next, ..Totals::new(stream) }
    }

    /// The number of the next record.
    pub fn next_sequence(&self) -> u64 {
        self.next
    }

    /// Adds consecutive records and gives their bill. Records that were added before are passed
    /// over, so the bill begins with the first new one.
    ///
    /// A bill has at most [`limits::LINES_PER_BILL_MAX`] lines. Where one more would be needed it
    /// ends, and the rest of the records is not added: fold again until [`Bill::to`] is the end.
    ///
    /// # Errors
    ///
    /// [`Gap`]; then nothing was added.
    pub fn fold(&mut self, records: &[Record]) -> Result<Bill, Gap> {
        let from = self.next;
        let known = records.partition_point(|record| record.sequence < from);
        let records = &records[known..];
        for (expected, record) in (from..).zip(records) {
            if record.sequence != expected {
                return Err(Gap { expected, found: record.sequence });
            }
        }
        let mut slices: BTreeMap<(PromotionId, u32), SliceSums> = BTreeMap::new();
        let mut lines = 0;
        for record in records {
            let before = slices.get(&payer(record)).copied().unwrap_or_default();
            let mut after = before;
            after.add(record);
            lines += after.lines() - before.lines();
            if lines > limits::LINES_PER_BILL_MAX {
                break;
            }
            slices.insert(payer(record), after);
            self.promotions.entry(payer(record).0).or_default().add(record);
            self.next += 1;
        }
        Ok(self.bill(from, &slices))
    }

    fn bill(&self, from: u64, slices: &BTreeMap<(PromotionId, u32), SliceSums>) -> Bill {
        let mut bill = Bill {
            stream: self.stream.clone(),
            from,
            to: self.next,
            lines: Vec::new(),
            takebacks: Vec::new(),
        };
        for ((promotion, slice), sums) in slices {
            let (promotion, slice) = (*promotion, *slice);
            if sums.has_line() {
                bill.lines.push(BillLine {
                    promotion,
                    slice,
                    units: sums.billed.units,
                    price: sums.billed.micros(),
                    unbilled_units: sums.unbilled_units,
                    invalid_units: sums.invalid_units,
                });
            }
            if sums.repaid.units > 0 {
                let (units, price) = (sums.repaid.units, sums.repaid.micros());
                bill.takebacks.push(Takeback { promotion, slice, units, price });
            }
        }
        bill
    }

    /// Those of one promotion alone.
    pub fn only(&self, promotion: PromotionId) -> Totals {
        let known = self.promotions.get(&promotion).map(|totals| (promotion, totals.clone()));
        Totals {
            stream: self.stream.clone(),
            next: self.next,
            promotions: known.into_iter().collect(),
        }
    }

    /// Forgets a promotion that is settled; what comes of it later is added up anew.
    pub fn forget(&mut self, promotion: PromotionId) {
        self.promotions.remove(&promotion);
    }

    /// Adds what other records of the stream have added up to.
    pub fn absorb(&mut self, other: &Totals) {
        for (promotion, theirs) in &other.promotions {
            self.promotions.entry(*promotion).or_default().absorb(theirs);
        }
    }

    /// Every promotion of which there is a record.
    pub fn promotions(&self) -> impl Iterator<Item = PromotionId> {
        self.promotions.keys().copied()
    }
}

impl PromotionTotals {
    fn add(&mut self, record: &Record) {
        match &record.body {
            Body::Judged(judged) => self.add_judged(judged),
            Body::Repaid(Repaid { kind, price, reason, .. }) => {
                if let Some(cause) = reason.cause() {
                    self.repaid.entry((*kind, cause)).or_default().add(*price);
                }
            }
        }
    }

    fn absorb(&mut self, other: &PromotionTotals) {
        self.billed.absorb(other.billed);
        for (why, theirs) in &other.repaid {
            self.repaid.entry(*why).or_default().absorb(*theirs);
        }
        for (kind, theirs) in &other.kinds {
            let mine = self.kinds.entry(*kind).or_default();
            mine.billed += theirs.billed;
            mine.counted += theirs.counted;
            for (cause, units) in &theirs.invalid {
                *mine.invalid.entry(*cause).or_default() += units;
            }
        }
    }

    fn add_judged(&mut self, judged: &Judged) {
        let kind = self.kinds.entry(judged.kind).or_default();
        if judged.was_too_short {
            // The longer view takes the place of the one that was too short.
            let shorter = kind.invalid.entry(Cause::TooShort).or_default();
            *shorter = shorter.saturating_sub(1);
        }
        match judged.outcome {
            Outcome::Billed => {
                kind.billed += 1;
                self.billed.add(judged.selection.price);
            }
            Outcome::Unbilled(_) | Outcome::Counted => kind.counted += 1,
            Outcome::Invalid(reason) => {
                if let Some(cause) = reason.cause() {
                    *kind.invalid.entry(cause).or_default() += 1;
                }
            }
        }
    }
}

/// Whose escrow and slice a record is about.
fn payer(record: &Record) -> (PromotionId, u32) {
    match &record.body {
        Body::Judged(judged) => (judged.selection.promotion, judged.selection.slice),
        Body::Repaid(repaid) => (repaid.promotion, repaid.slice),
    }
}
