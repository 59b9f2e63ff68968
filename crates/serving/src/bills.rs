//! What is in the log and not billed yet, and the bill that the book is told next.

use std::collections::VecDeque;

use base::{Label, PromotionId};
use feed::billing::{Gap, Totals};
use feed::verdict::{Body, Outcome, Record};
use promotions::{Bill, Micros};

/// Records that wait for their bill; with more of them no event is judged.
pub(crate) const UNBILLED_MAX: usize = 1_000_000;

/// Records that are in the log for good, in order, and the bill of the first of them.
///
/// The book is told each range until it is known to have it. A range that the book refuses is
/// halved, down to one record, which is then set aside: its range is billed without it. So what
/// is wrong with one promotion holds back nobody else.
#[derive(Debug)]
pub(crate) struct Bills {
    stream: Label,
    waiting: VecDeque<Record>,
    /// The bill of the first that wait, of which it is not known whether the book has it.
    bill: Option<Bill>,
    /// Records of the next bill.
    portion: usize,
}

impl Bills {
    pub(crate) fn new(stream: Label, waiting: &[Record]) -> Bills {
        let waiting = waiting.iter().copied().collect();
        Bills { stream, waiting, bill: None, portion: usize::MAX }
    }

    pub(crate) fn extend(&mut self, records: impl Iterator<Item = Record>) {
        self.waiting.extend(records);
    }

    /// How many records wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Records that wait.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Record> {
        self.waiting.iter()
    }

    /// The bill that the book has to be told, again if need be.
    pub(crate) fn next(&mut self) -> Result<Option<Bill>, Gap> {
        if self.bill.is_none()
            && let Some(first) = self.waiting.front().map(|record| record.sequence)
        {
            let portion = self.portion.min(self.waiting.len());
            let mut totals = Totals::since(self.stream.clone(), first);
            self.bill = Some(totals.fold(&self.waiting.make_contiguous()[..portion])?);
        }
        Ok(self.bill.clone())
    }

    /// The book has the bill, perhaps from before.
    pub(crate) fn accepted(&mut self) {
        let Some(bill) = self.bill.take() else { return };
        while self.waiting.front().is_some_and(|record| record.sequence < bill.to) {
            self.waiting.pop_front();
        }
        // What was refused is in the rest, if it was refused.
        self.portion = self.portion.saturating_mul(2);
    }

    /// The book does not take the bill, and never will. Returns the record that is set aside, once
    /// it is alone.
    pub(crate) fn refused(&mut self) -> Option<Record> {
        let bill = self.bill.take()?;
        let records = usize::try_from(bill.to - bill.from).unwrap_or(usize::MAX);
        if records > 1 {
            self.portion = records / 2;
            return None;
        }
        // Its range is used up without it.
        self.bill = Some(Bill { lines: Vec::new(), takebacks: Vec::new(), ..bill });
        self.waiting.front().copied()
    }

    /// Whether anything is in the bill beside its range.
    pub(crate) fn has_lines(&self) -> bool {
        let bill = self.bill.as_ref();
        bill.is_some_and(|bill| !bill.lines.is_empty() || !bill.takebacks.is_empty())
    }

    /// What a slice was charged for that the book has not been told of, or not heard to have.
    pub(crate) fn charged(&self, promotion: PromotionId, slice: u32) -> Micros {
        let charged = self.waiting.iter().filter_map(|record| match &record.body {
            Body::Judged(judged)
                if judged.outcome == Outcome::Billed
                    && judged.selection.promotion == promotion
                    && judged.selection.slice == slice =>
            {
                Some(judged.selection.price)
            }
            _ => None,
        });
        charged.fold(Micros::ZERO, Micros::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use base::Instant;
    use feed::token::Selection;
    use feed::verdict::Judged;
    use promotions::{EventKind, Goal};

    use super::*;

    /// A billed view of a promotion of that number, which cost as many millionths.
    fn record(sequence: u64, promotion: u64) -> Record {
        let at = Instant::MIN;
        let selection = Selection {
            promotion: PromotionId::from_bits(promotion.into()),
            slice: 1,
            viewer: None,
            at,
            price: Micros::new(promotion),
            process: 1,
            nonce: sequence,
            country: None,
            device: None,
            goal: Goal::Views,
        };
        let (kind, outcome) = (EventKind::View, Outcome::Billed);
        let judged =
            Judged { selection, kind, outcome, was_too_short: false, address: 0, network: 0 };
        Record { sequence, at, body: Body::Judged(judged) }
    }

    fn bills(records: impl Iterator<Item = Record>) -> Bills {
        Bills::new(Label::new("feed-1").unwrap(), &records.collect::<Vec<_>>())
    }

    #[test]
    fn one_promotion_that_is_refused_holds_back_no_other() {
        let mut bills = bills((0..1_000).map(|number| record(number, number % 100)));
        let wrong = PromotionId::from_bits(7);
        let (mut billed_to, mut billed, mut aside, mut asked) = (0, 0, 0, 0);
        while let Some(bill) = bills.next().unwrap() {
            asked += 1;
            assert_eq!(bill.from, billed_to, "no record is passed over");
            if bill.lines.iter().any(|line| line.promotion == wrong) {
                aside += u32::from(bills.refused().is_some());
                continue;
            }
            billed_to = bill.to;
            billed += bill.lines.iter().map(|line| line.units).sum::<u64>();
            bills.accepted();
        }
        assert_eq!((billed_to, billed, aside, bills.len()), (1_000, 990, 10, 0));
        assert!(asked < 300, "{asked}");
    }

    #[test]
    fn a_bill_of_unknown_outcome_is_told_again_as_it_was() {
        let mut bills = bills((0..3).map(|number| record(number, 1)));
        let told = bills.next().unwrap().unwrap();
        bills.extend((3..5).map(|number| record(number, 1)));
        assert_eq!(bills.next().unwrap().unwrap(), told);
        bills.accepted();
        let rest = bills.next().unwrap().unwrap();
        assert_eq!((rest.from, rest.to, rest.lines[0].units), (3, 5, 2));
        bills.accepted();
        assert_eq!(bills.next().unwrap(), None);
    }

    #[test]
    fn what_is_not_known_to_be_billed_is_charged_to_its_slice() {
        let mut bills = bills((0..6).map(|number| record(number, 10 + number % 2)));
        let charged =
            |bills: &Bills, promotion| bills.charged(PromotionId::from_bits(promotion), 1).get();
        assert_eq!((charged(&bills, 10), charged(&bills, 11), charged(&bills, 12)), (30, 33, 0));
        // Told, and the answer was lost.
        bills.next().unwrap();
        assert_eq!(charged(&bills, 10), 30);
        bills.accepted();
        assert_eq!(charged(&bills, 10), 0);
    }
}
