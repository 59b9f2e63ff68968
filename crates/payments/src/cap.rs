//! The cap: what may go back of a payment, whatever the way.

use base::{Amount, RailRefundId};

use crate::{Payment, Purpose, Refusal, limits};

impl Payment {
    /// What may still be sent, in minor units: captured, and neither gone back, on its way back,
    /// given in another form, nor taken by a dispute.
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

    /// What nobody has asked back yet, in minor units.
    pub fn kept(&self) -> Amount {
        self.beside_disputes().saturating_sub(self.owed).saturating_sub(self.settled)
    }

    /// What a new refund of an order may ask for, in minor units. An open dispute blocks what it
    /// takes, and what is owed goes first. What a lost one took may be asked for: whoever got it
    /// gives it back, and the payer has it from the bank.
    pub fn openable(&self) -> Amount {
        if self.disputed > self.lost { self.sendable() } else { self.kept() }
    }

    /// What a rail may send of what nobody has asked back yet.
    pub(crate) fn sendable(&self) -> Amount {
        self.refundable().saturating_sub(self.owed)
    }

    /// What lost disputes have paid of what was given in another form: the payer has it twice until
    /// it is taken back ([`take_credit_back`](crate::take_credit_back)).
    pub fn credited_and_lost(&self) -> Amount {
        self.unsettled_loss().saturating_sub(self.kept()).min(self.credited)
    }

    /// True while disputes, open or lost, take of what was given in another form: it must not be
    /// spent meanwhile. They take it after what nobody has asked back and what no rail has, and
    /// before what was sent.
    pub fn is_credit_disputed(&self) -> bool {
        !self.credited.is_zero() && !self.disputed_beyond_cap().is_zero()
    }

    /// What lost disputes have paid of refunds that still count as owed, or as on their way. It is
    /// zero after every rule, unless all of these are sent or given. A lost dispute first takes
    /// what nobody has asked back: that alone is a loss. But of a promotion it has first paid what
    /// is asked back, before or after.
    pub(crate) fn paid_by_banks(&self) -> Amount {
        self.unsettled_loss().saturating_sub(self.taken_first())
    }

    /// What lost disputes have paid of refunds, when these come to `asked`.
    pub(crate) fn paid_by_banks_of(&self, asked: Amount) -> Amount {
        self.lost.saturating_sub(self.taken_first()).min(asked)
    }

    /// What lost disputes have taken and no refund has counted: the payer has it beside them.
    pub fn unsettled_loss(&self) -> Amount {
        self.lost.saturating_sub(self.settled)
    }

    /// What a lost dispute takes before it has paid refunds.
    fn taken_first(&self) -> Amount {
        match self.purpose {
            Purpose::Checkout(_) => self.kept(),
            Purpose::Promotion(_) => Amount::ZERO,
        }
    }

    fn beside_disputes(&self) -> Amount {
        self.captured
            .saturating_sub(self.refunded)
            .saturating_sub(self.refunding)
            .saturating_sub(self.credited)
    }

    /// Counts a refund as being on its way.
    pub(crate) fn reserve(&self, refund: RailRefundId, amount: Amount) -> Result<Payment, Refusal> {
        let mut after = self.listing(refund);
        after.refunding = sum(self.refunding, amount)?;
        Ok(after)
    }

    /// Counts a refund that was on its way as gone back.
    pub(crate) fn arrived(&self, refund: RailRefundId, amount: Amount) -> Result<Payment, Refusal> {
        let mut after = self.without(refund);
        after.refunding = less(self.refunding, amount)?;
        after.refunded = sum(self.refunded, amount)?;
        Ok(after)
    }

    /// Counts what was on its way as owed: nobody sends it now.
    pub(crate) fn stopped(&self, amount: Amount) -> Result<Payment, Refusal> {
        let mut after = self.clone();
        after.refunding = less(self.refunding, amount)?;
        after.owed = sum(self.owed, amount)?;
        Ok(after)
    }

    /// Counts what was owed as being on its way.
    pub(crate) fn resumed(&self, amount: Amount) -> Result<Payment, Refusal> {
        let mut after = self.clone();
        after.owed = less(self.owed, amount)?;
        after.refunding = sum(self.refunding, amount)?;
        Ok(after)
    }

    /// Counts a refund that had gone back as being on its way again: it is still owed.
    pub(crate) fn take_back(
        &self,
        refund: RailRefundId,
        amount: Amount,
    ) -> Result<Payment, Refusal> {
        let mut after = self.listing(refund);
        after.refunded = less(self.refunded, amount)?;
        after.refunding = sum(self.refunding, amount)?;
        Ok(after)
    }

    /// This payment, with one more refund that is not settled.
    pub(crate) fn listing(&self, refund: RailRefundId) -> Payment {
        let mut after = self.clone();
        after.open_refunds.push(refund);
        after
    }

    /// This payment, with one refund less that is not settled.
    pub(crate) fn without(&self, refund: RailRefundId) -> Payment {
        let mut after = self.clone();
        after.open_refunds.retain(|open| *open != refund);
        after
    }

    /// Whether a refund of `amount` may be opened now, of at most `room`: both in minor units.
    ///
    /// # Errors
    ///
    /// In this order: `LimitExceeded` when too many refunds are not settled;
    /// `AmountExceedsRefundable`.
    pub fn check_openable(&self, amount: Amount, room: Amount) -> Result<(), Refusal> {
        self.check_not_too_many()?;
        self.check_fits(amount, room)
    }

    pub(crate) fn check_not_too_many(&self) -> Result<(), Refusal> {
        let is_full = self.open_refunds.len() >= limits::OPEN_REFUNDS_PER_PAYMENT_MAX;
        if is_full { Err(Refusal::LimitExceeded) } else { Ok(()) }
    }

    /// `AmountExceedsRefundable` for more than `room`.
    pub(crate) fn check_fits(&self, amount: Amount, room: Amount) -> Result<(), Refusal> {
        if amount > room {
            return Err(Refusal::AmountExceedsRefundable { refundable: self.money(room) });
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

pub(crate) fn less(one: Amount, other: Amount) -> Result<Amount, Refusal> {
    one.checked_sub(other).ok_or(Refusal::LimitExceeded)
}
