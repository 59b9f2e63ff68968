//! Billing what is in the log.

use engine::{PromotionCommand, Refusal};
use promotions::Refusal as No;

use super::Books;
use crate::bills::UNBILLED_MAX;
use crate::{Ran, ServingError};

impl Books {
    /// Bills what is in the log, and notes how many records, and those that the book will never
    /// take and were set aside.
    pub(crate) fn bill(&mut self, ran: &mut Ran) -> Result<(), ServingError> {
        while let Some(bill) = self.bills.next()? {
            let records = bill.to - bill.from;
            match self.decide(PromotionCommand::Bill(Box::new(bill))) {
                // Told twice, because the first answer was lost.
                Ok(Ok(_) | Err(Refusal::Promotions(No::AlreadyBilled { .. }))) => {
                    self.bills.accepted();
                    ran.billed += records;
                }
                Ok(Err(Refusal::Promotions(No::LimitExceeded))) | Err(ServingError::Unkept) => {
                    if !self.bills.has_lines() {
                        return Err(ServingError::Unkept);
                    }
                    ran.set_aside.extend(self.bills.refused());
                }
                Ok(Err(refusal)) => return Err(ServingError::Refused(refusal)),
                Err(error) => return Err(error),
            }
        }
        Ok(())
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
