//! Billing what is in the log.

use engine::{PromotionCommand, Refusal};
use feed::verdict::Record;
use promotions::Refusal as No;

use super::Books;
use crate::ServingError;
use crate::bills::UNBILLED_MAX;

impl Books {
    /// Bills what is in the log. Returns how many records, and those that the book will never take
    /// and were set aside.
    pub(crate) fn bill(&mut self) -> Result<(u64, Vec<Record>), ServingError> {
        let (mut billed, mut set_aside) = (0, Vec::new());
        while let Some(bill) = self.bills.next()? {
            let records = bill.to - bill.from;
            match self.decide(PromotionCommand::Bill(Box::new(bill))) {
                // Told twice, because the first answer was lost.
                Ok(Ok(_) | Err(Refusal::Promotions(No::AlreadyBilled { .. }))) => {
                    self.bills.accepted();
                    billed += records;
                }
                Ok(Err(Refusal::Promotions(No::LimitExceeded))) | Err(ServingError::Unkept) => {
                    if !self.bills.has_lines() {
                        return Err(ServingError::Unkept);
                    }
                    set_aside.extend(self.bills.refused());
                }
                // What was set aside is told of all the same; the rest is told again.
                _ if !set_aside.is_empty() => break,
                Ok(Err(refusal)) => return Err(ServingError::Refused(refusal)),
                Err(error) => return Err(error),
            }
        }
        Ok((billed, set_aside))
    }

    /// Whether the book was not told of all that is in the log.
    pub(crate) fn has_unbilled(&self) -> bool {
        self.bills.len() > 0
    }

    /// Whether so much waits for its bill that no more is to be judged.
    pub(crate) fn is_full(&self) -> bool {
        self.bills.len() >= UNBILLED_MAX
    }
}
