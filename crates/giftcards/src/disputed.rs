//! Disputes of payments that bought cards: what they block, and what is to be clawed back once they
//! are lost.

use base::{Amount, CardId, DisputeId, PaymentId, Token};

use crate::{BoughtCard, Purchase, PurchaseDispute};

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
                let clawed_back = known.clawed_back;
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
        let mut purchase = self.clone();
        let known = self.disputes.iter().find(|known| known.dispute == dispute);
        let Some(known) = known else { return (purchase, Vec::new()) };
        purchase.disputes.retain(|known| known.dispute != dispute);
        let others = Others::of(&purchase);
        let mut left = known.clawed_back;
        let mut restored = Vec::new();
        for position in 0..purchase.cards.len() {
            let free = others.leave_free(&purchase, position);
            let card = &mut purchase.cards[position];
            let part = card.clawed_back.min(left).min(free);
            if self.has_paid(known.payment, card.line) && !part.is_zero() {
                left = left.saturating_sub(part);
                card.clawed_back = card.clawed_back.saturating_sub(part);
                restored.push((card.card, part));
            }
        }
        (purchase, restored)
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
        let add = |sum: &mut Amount| *sum = sum.checked_add(amount).unwrap_or(Amount::MAX);
        let mut purchase = self.clone();
        for known in purchase.disputes.iter_mut().filter(|known| known.dispute == dispute) {
            add(&mut known.clawed_back);
        }
        for known in purchase.cards.iter_mut().filter(|known| known.card == card) {
            add(&mut known.clawed_back);
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
            take(known.payment, known.clawed_back);
        }
        let mut uncovered = Vec::new();
        for known in self.disputes.iter().filter(|known| known.is_lost) {
            let amount = take(known.payment, known.amount.saturating_sub(known.clawed_back));
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

    /// Whether a payment has paid a part of a line.
    pub fn has_paid(&self, payment: PaymentId, line: u8) -> bool {
        self.paid_by.iter().any(|part| part.payment == payment && part.line == line)
    }
}

/// What was clawed back for the disputes of a purchase that are listed still. Nobody keeps for which
/// dispute a card was clawed back from; but each took from cards of lines that its payment has paid.
struct Others {
    /// By payments, of which a checkout has few.
    taken: Vec<(PaymentId, Amount)>,
    /// For each card the set of those payments that have paid for its line, as bits.
    payers: Vec<u32>,
}

impl Others {
    fn of(purchase: &Purchase) -> Others {
        let mut taken: Vec<(PaymentId, Amount)> = Vec::new();
        for known in purchase.disputes.iter().filter(|known| !known.clawed_back.is_zero()) {
            match taken.iter_mut().find(|(payment, _)| *payment == known.payment) {
                Some((_, sum)) => *sum = total([*sum, known.clawed_back]),
                None => taken.push((known.payment, known.clawed_back)),
            }
        }
        let payers_of = |card: &BoughtCard| {
            let payments = (0_u32..).zip(&taken);
            let has_paid = payments.filter(|(_, of)| purchase.has_paid(of.0, card.line));
            has_paid.fold(0, |set, (bit, _)| set | 1 << bit)
        };
        let payers = purchase.cards.iter().map(payers_of).collect();
        Others { taken, payers }
    }

    /// How much of what was clawed back from a card can be given back, so that whatever is left on
    /// the cards can still have been taken by the others.
    ///
    /// That is so as long as any set of payments has taken no more than is left on all cards of
    /// which one of them has paid a part.
    ///
    /// Source: Philip Hall, "On Representatives of Subsets", 1935.
    fn leave_free(&self, purchase: &Purchase, position: usize) -> Amount {
        let sets = (1..1_u32 << self.taken.len()).filter(|set| set & self.payers[position] != 0);
        let free = sets.map(|set| {
            let cards = purchase.cards.iter().zip(&self.payers);
            let of_set = cards.filter(|(_, payers)| *payers & set != 0);
            let there = total(of_set.map(|(card, _)| card.clawed_back));
            let payments = (0_u32..).zip(&self.taken).filter(|(bit, _)| set & 1 << bit != 0);
            there.saturating_sub(total(payments.map(|(_, (_, taken))| *taken)))
        });
        free.min().unwrap_or(Amount::MAX)
    }
}

fn total(amounts: impl IntoIterator<Item = Amount>) -> Amount {
    let add = |sum: Amount, amount| sum.checked_add(amount).unwrap_or(Amount::MAX);
    amounts.into_iter().fold(Amount::ZERO, add)
}
