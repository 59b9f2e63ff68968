//! What a promotion owes for delivery, to the millionth, and what of it was charged.

use base::Amount;

use crate::Micros;

/// Delivery in money.
///
/// Deliveries add up in millionths of a minor unit, money moves in whole ones. A slice is charged
/// whole units of what was billed on it; what is left when it closes is *carried* to the next.
/// So, with `open` the fractions that open slices have not been charged:
///
/// * due = spent × 1,000,000 + carry + open, always,
/// * carry < 1,000,000; it is below zero only while nothing is spent: what was repaid before the
///   slice was charged for it is set off against later charges,
/// * so spent × 1,000,000 ≤ due, always: nobody is charged more than is due, and
/// * spent = due, rounded down once, when all slices are closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spend {
    /// What valid delivery costs so far.
    pub due: Micros,
    /// What is due and not charged because it is less than a minor unit, in millionths.
    pub carry_micros: i64,
    /// What was charged, less what was repaid.
    pub spent: Amount,
    /// What was repaid because delivery turned out to be invalid.
    pub repaid: Amount,
}

impl Spend {
    /// More is due. What the slice is charged for it, [`Spend::charge`] tells.
    pub(crate) fn owe(&mut self, more: Micros) {
        self.due = self.due.saturating_add(more);
    }

    /// Counts what a slice has used and was not counted before. Returns what is charged, at most
    /// that rounded up.
    pub(crate) fn charge(&mut self, used: Micros) -> Amount {
        self.carry_micros += signed(used);
        let charged = Micros::new(u64::try_from(self.carry_micros).unwrap_or(0)).whole();
        self.carry_micros -= signed(Micros::of(charged));
        self.spent = self.spent.checked_add(charged).expect("not more than the budget");
        charged
    }

    /// Less is due. Returns what is repaid: whole minor units, so that no more is charged than is
    /// due. More than is due is never taken off.
    pub(crate) fn take_off(&mut self, less: Micros) -> Amount {
        let less = less.min(self.due);
        self.due = self.due.saturating_sub(less);
        self.carry_micros -= signed(less);
        let missing = u64::try_from(-self.carry_micros).unwrap_or(0);
        let missing = Micros::new(missing.div_ceil(Micros::PER_MINOR) * Micros::PER_MINOR).whole();
        let repaid = missing.min(self.spent);
        self.carry_micros += signed(Micros::of(repaid));
        self.spent = self.spent.saturating_sub(repaid);
        self.repaid = self.repaid.checked_add(repaid).unwrap_or(Amount::MAX);
        repaid
    }
}

/// A budget in millionths has fewer than 60 bits.
fn signed(micros: Micros) -> i64 {
    i64::try_from(micros.get()).expect("at most a budget in millionths")
}
