//! Billing what is in the log.

use engine::{PromotionCommand, Refusal};
use feed::billing::Totals;
use promotions::{Bill, Refusal as No};

use super::Books;
use crate::ServingError;

impl Books {
    /// Bills what is in the log. Returns how many records.
    pub(crate) fn bill(&mut self) -> Result<u64, ServingError> {
        let mut billed = 0;
        while let Some(bill) = self.next_bill()? {
            let (from, to) = (bill.from, bill.to);
            match self.decide(PromotionCommand::Bill(Box::new(bill)))? {
                // Told twice, because the first answer was lost.
                Ok(_) | Err(Refusal::Promotions(No::AlreadyBilled { .. })) => {}
                Err(refusal) => return Err(ServingError::Refused(refusal)),
            }
            self.bill = None;
            billed += to - from;
        }
        Ok(billed)
    }

    /// Whether the book was not told of all that is in the log.
    pub(crate) fn has_unbilled(&self) -> bool {
        self.bill.is_some() || !self.unbilled.is_empty()
    }

    /// The bill that the book has to be told, again if need be.
    fn next_bill(&mut self) -> Result<Option<Bill>, ServingError> {
        if self.bill.is_none() && !self.unbilled.is_empty() {
            let bill = self.totals.fold(self.unbilled.make_contiguous())?;
            forget(&bill, &mut self.totals);
            while self.unbilled.front().is_some_and(|record| record.sequence < bill.to) {
                self.unbilled.pop_front();
            }
            self.bill = Some(bill);
        }
        Ok(self.bill.clone())
    }
}

/// What a promotion comes to in all is not this one's to keep.
pub(super) fn forget(bill: &Bill, totals: &mut Totals) {
    bill.lines.iter().for_each(|line| totals.forget(line.promotion));
    bill.takebacks.iter().for_each(|takeback| totals.forget(takeback.promotion));
}
