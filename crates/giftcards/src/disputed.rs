//! Disputes of payments that bought cards: what they block, and what is to be clawed back once they
//! are lost.

use base::{Amount, CardId, DisputeId, PaymentId, Token};

use crate::{Purchase, PurchaseDispute};

/// What a lost dispute has not got back from the cards yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uncovered {
    /// The dispute.
    pub dispute: DisputeId,
    /// Of which payment.
    pub payment: PaymentId,
    /// How much of what it took was paid for cards and is not clawed back.
    pub amount: Amount,
}

impl Purchase {
    /// With a dispute that was opened, or goes on in a later stage; what was clawed back for it
    /// before stays counted.
    #[must_use]
    pub fn with_open_dispute(&self, new: PurchaseDispute) -> Purchase {
        let mut purchase = self.clone();
        let mut known = purchase.disputes.iter_mut();
        match known.find(|known| known.dispute == new.dispute) {
            Some(known) => {
                let clawed_back = std::mem::take(&mut known.clawed_back);
                *known = PurchaseDispute { is_lost: false, clawed_back, ..new };
            }
            None => purchase.disputes.push(new),
        }
        purchase
    }

    /// With a dispute that was won, so it is not listed any more; and what was clawed back for it
    /// from which cards, which is not so any more either. What was clawed back for others stays so.
    #[must_use]
    pub fn with_won_dispute(&self, dispute: DisputeId) -> (Purchase, Vec<(CardId, Amount)>) {
        let (won, disputes): (Vec<PurchaseDispute>, _) =
            self.disputes.iter().cloned().partition(|known| known.dispute == dispute);
        let restored = won.into_iter().flat_map(|won| won.clawed_back).collect();
        (Purchase { disputes, ..self.clone() }, restored)
    }

    /// With a dispute that was lost.
    #[must_use]
    pub fn with_lost_dispute(&self, dispute: DisputeId) -> Purchase {
        let mut purchase = self.clone();
        for known in purchase.disputes.iter_mut().filter(|known| known.dispute == dispute) {
            known.is_lost = true;
        }
        purchase
    }

    /// With what was clawed back from a card for a lost dispute.
    #[must_use]
    pub fn with_clawed_back(&self, dispute: DisputeId, card: CardId, amount: Amount) -> Purchase {
        let mut purchase = self.clone();
        for known in purchase.disputes.iter_mut().filter(|known| known.dispute == dispute) {
            match known.clawed_back.iter_mut().find(|(of, _)| *of == card) {
                Some((_, sum)) => *sum = sum.checked_add(amount).unwrap_or(Amount::MAX),
                None => known.clawed_back.push((card, amount)),
            }
        }
        purchase
    }

    /// What lost disputes have not got back from the cards. What a bank takes of a payment counts
    /// as paid for cards first, as far as the payment has paid for any.
    pub fn uncovered(&self) -> Vec<Uncovered> {
        let mut room: Vec<(PaymentId, Amount)> = Vec::new();
        for part in &self.paid_by {
            match room.iter_mut().find(|(payment, _)| *payment == part.payment) {
                Some((_, sum)) => *sum = sum.checked_add(part.amount).unwrap_or(Amount::MAX),
                None => room.push((part.payment, part.amount)),
            }
        }
        let mut take = |payment: PaymentId, wanted: Amount| {
            let room = room.iter_mut().find(|(known, _)| *known == payment);
            let Some((_, room)) = room else { return Amount::ZERO };
            let taken = wanted.min(*room);
            *room = room.saturating_sub(taken);
            taken
        };
        // What was clawed back for one, also for one that is open again, is not for another.
        for known in &self.disputes {
            take(known.payment, known.clawed_back_of_all());
        }
        let mut uncovered = Vec::new();
        for known in self.disputes.iter().filter(|known| known.is_lost) {
            let left = known.amount.saturating_sub(known.clawed_back_of_all());
            let amount = take(known.payment, left);
            if !amount.is_zero() {
                let (dispute, payment) = (known.dispute, known.payment);
                uncovered.push(Uncovered { dispute, payment, amount });
            }
        }
        uncovered
    }

    /// Why the cards of a line are blocked, if they are: a payment that paid a part of the line is
    /// disputed, or a dispute of it was lost and the cards had less than it took.
    pub fn block_of(&self, line: u8) -> Option<Token<40>> {
        let uncovered = self.uncovered();
        let blocks = |known: &&PurchaseDispute| {
            let is_uncovered = uncovered.iter().any(|lost| lost.dispute == known.dispute);
            self.has_paid(known.payment, line) && (!known.is_lost || is_uncovered)
        };
        self.disputes.iter().find(blocks).map(|known| known.reason.clone())
    }

    /// What was clawed back from a card for all disputes together.
    pub fn clawed_back_of(&self, card: CardId) -> Amount {
        let parts = self.disputes.iter().flat_map(|known| &known.clawed_back);
        let parts = parts.filter(|(of, _)| *of == card).map(|(_, amount)| *amount);
        parts.fold(Amount::ZERO, |sum, part| sum.checked_add(part).unwrap_or(Amount::MAX))
    }

    /// Whether a payment has paid a part of a line.
    pub fn has_paid(&self, payment: PaymentId, line: u8) -> bool {
        self.paid_by.iter().any(|part| part.payment == payment && part.line == line)
    }
}

impl PurchaseDispute {
    /// What was clawed back for it from all cards together.
    pub fn clawed_back_of_all(&self) -> Amount {
        let parts = self.clawed_back.iter().map(|(_, amount)| *amount);
        parts.fold(Amount::ZERO, |sum, part| sum.checked_add(part).unwrap_or(Amount::MAX))
    }
}
