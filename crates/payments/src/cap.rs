//! The cap: what may go back of a payment, whatever the way.

use base::{Amount, RailRefundId};

use crate::{Payment, Refusal, limits};

impl Payment {
    /// What may still be given back, in minor units: captured, and neither gone back, on its way
    /// back, given in another form, nor taken by a dispute.
    pub fn refundable(&self) -> Amount {
        self.beside_disputes().saturating_sub(self.disputed)
    }

    /// What disputes take of the cap, in minor units: their amounts, as far as there is room.
    pub fn disputed_in_cap(&self) -> Amount {
        self.disputed.min(self.beside_disputes())
    }

    /// What disputes take beyond the cap, in minor units: money that the payer has got twice, or
    /// will, because a refund and a dispute crossed on the way. Whatever is freed goes here first.
    pub fn disputed_beyond_cap(&self) -> Amount {
        self.disputed.saturating_sub(self.disputed_in_cap())
    }

    fn beside_disputes(&self) -> Amount {
        self.captured
            .saturating_sub(self.refunded)
            .saturating_sub(self.refunding)
            .saturating_sub(self.credited)
    }

    /// Counts a refund as being on its way.
    ///
    /// # Errors
    ///
    /// In this order: `LimitExceeded` when too many are; `AmountExceedsRefundable`.
    pub(crate) fn reserve(&self, refund: RailRefundId, amount: Amount) -> Result<Payment, Refusal> {
        if self.open_refunds.len() >= limits::OPEN_REFUNDS_PER_PAYMENT_MAX {
            return Err(Refusal::LimitExceeded);
        }
        self.check_refundable(amount)?;
        let mut after = self.clone();
        after.refunding = sum(self.refunding, amount)?;
        after.open_refunds.push(refund);
        Ok(after)
    }

    /// Counts a refund that was on its way as gone back.
    pub(crate) fn settle(&self, refund: RailRefundId, amount: Amount) -> Result<Payment, Refusal> {
        let after = self.release(refund, amount)?;
        Ok(Payment { refunded: sum(self.refunded, amount)?, ..after })
    }

    /// Counts a refund no more.
    pub(crate) fn release(&self, refund: RailRefundId, amount: Amount) -> Result<Payment, Refusal> {
        let mut after = self.clone();
        after.refunding = self.refunding.checked_sub(amount).ok_or(Refusal::LimitExceeded)?;
        after.open_refunds.retain(|open| *open != refund);
        Ok(after)
    }

    /// Counts a refund that had gone back as being on its way again: it is still owed.
    pub(crate) fn take_back(
        &self,
        refund: RailRefundId,
        amount: Amount,
    ) -> Result<Payment, Refusal> {
        let mut after = self.clone();
        after.refunded = self.refunded.checked_sub(amount).ok_or(Refusal::LimitExceeded)?;
        after.refunding = sum(self.refunding, amount)?;
        after.open_refunds.push(refund);
        Ok(after)
    }

    pub(crate) fn check_refundable(&self, amount: Amount) -> Result<(), Refusal> {
        let refundable = self.refundable();
        if amount > refundable {
            return Err(Refusal::AmountExceedsRefundable { refundable: self.money(refundable) });
        }
        Ok(())
    }

    /// Whether a refund that is counted may be sent: not while a dispute takes more than there is,
    /// for then the payer has the money already.
    pub(crate) fn check_not_overdrawn(&self) -> Result<(), Refusal> {
        if self.disputed_beyond_cap().is_zero() {
            return Ok(());
        }
        let refundable = self.money(self.refundable());
        Err(Refusal::AmountExceedsRefundable { refundable })
    }
}

pub(crate) fn sum(one: Amount, other: Amount) -> Result<Amount, Refusal> {
    one.checked_add(other).ok_or(Refusal::LimitExceeded)
}
