//! Postings: one transfer at a time, on accounts that may not have been opened yet.

use base::Money;
use ledger::{Account, LinkedSet, Posted, Reason, Subject};

use crate::{Context, Refusal};

/// A linked set that opens accounts as it goes.
pub(crate) struct Sheet {
    set: LinkedSet,
    subject: Subject,
}

impl Sheet {
    pub(crate) fn new(context: Context, reason: Reason, subject: Subject) -> Sheet {
        Sheet { set: LinkedSet::new(context.position, reason, subject), subject }
    }

    /// Moves `amount` from the credit of one account to the debit of another.
    pub(crate) fn transfer(
        &mut self,
        reason: Reason,
        debit: &Account,
        credit: &Account,
        amount: Money,
    ) -> Result<(), Refusal> {
        self.set.on_behalf(reason, self.subject);
        self.set.add(debit.clone());
        self.set.add(credit.clone());
        self.set.transfer(debit.id, credit.id, amount).map_err(|_| Refusal::LimitExceeded)
    }

    /// As [`Sheet::transfer`], unless there is nothing to move.
    pub(crate) fn transfer_some(
        &mut self,
        reason: Reason,
        debit: &Account,
        credit: &Account,
        amount: Money,
    ) -> Result<(), Refusal> {
        if amount.amount.is_zero() { Ok(()) } else { self.transfer(reason, debit, credit, amount) }
    }

    pub(crate) fn finish(self) -> Posted {
        self.set.finish()
    }
}
