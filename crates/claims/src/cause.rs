//! Causes: what the money is for that claims and restitutions take of what was spent. It is summed
//! by cause, so that nobody is paid twice for one, also where more is left to pay.

use base::Amount;

use crate::fact::Finding;
use crate::{FactName, Facts, Value};

/// What something is repaid for. The numbers are stored and never change.
///
/// What comes back by other ways has no cause here: the settlement has a running total of its own,
/// and so has the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Cause {
    /// It was not delivered as it was sold, or should not have been charged at all.
    Delivery = 1,
    /// More was charged than the budget.
    Overspend = 2,
    /// It was shown to others, at other times, or with other content than chosen.
    WrongDelivery = 3,
    /// It was charged after a request to stop it that failed because of the platform.
    StopFailed = 4,
}

/// How much was taken for each cause, in minor units, tax not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Causes {
    /// For [`Cause::Delivery`].
    pub delivery: Amount,
    /// For [`Cause::Overspend`].
    pub overspend: Amount,
    /// For [`Cause::WrongDelivery`].
    pub wrong_delivery: Amount,
    /// For [`Cause::StopFailed`].
    pub stop_failed: Amount,
}

impl Causes {
    /// For one cause.
    pub fn one(cause: Cause, amount: Amount) -> Causes {
        let mut causes = Causes::default();
        *causes.place(cause) = amount;
        causes
    }

    /// How much for this one.
    pub fn of(mut self, cause: Cause) -> Amount {
        *self.place(cause)
    }

    /// How much for all of them.
    pub fn total(self) -> Amount {
        self.parts().into_iter().try_fold(Amount::ZERO, Amount::checked_add).unwrap_or(Amount::MAX)
    }

    /// What so much is for, by the facts it rests on: losses that the facts name come first, all
    /// else is for delivery. So nothing that was paid is paid again as a loss of its own.
    pub(crate) fn split(amount: Amount, facts: Option<&Facts>) -> Causes {
        let known = |name| match facts.and_then(|facts| facts.get(name)).map(|fact| fact.finding) {
            Some(Finding::Known(Value::Money(loss))) => loss,
            _ => Amount::ZERO,
        };
        let overspend = amount.min(known(FactName::OverBudget));
        let rest = amount.saturating_sub(overspend);
        let wrong_delivery = rest.min(known(FactName::WrongDelivery));
        let rest = rest.saturating_sub(wrong_delivery);
        let stop_failed = rest.min(known(FactName::BilledAfterStop));
        let delivery = rest.saturating_sub(stop_failed);
        Causes { delivery, overspend, wrong_delivery, stop_failed }
    }

    pub(crate) fn plus(self, more: Causes) -> Causes {
        let sum = |sum: Amount, more| sum.checked_add(more).expect("not more than was paid");
        Causes {
            delivery: sum(self.delivery, more.delivery),
            overspend: sum(self.overspend, more.overspend),
            wrong_delivery: sum(self.wrong_delivery, more.wrong_delivery),
            stop_failed: sum(self.stop_failed, more.stop_failed),
        }
    }

    pub(crate) fn less(self, less: Causes) -> Causes {
        let rest = |sum: Amount, less| sum.checked_sub(less).expect("sums of claims stay in range");
        Causes {
            delivery: rest(self.delivery, less.delivery),
            overspend: rest(self.overspend, less.overspend),
            wrong_delivery: rest(self.wrong_delivery, less.wrong_delivery),
            stop_failed: rest(self.stop_failed, less.stop_failed),
        }
    }

    /// The same with no more than `total`: what is taken off, is taken off delivery first.
    pub(crate) fn at_most(self, total: Amount) -> Causes {
        let overspend = self.overspend.min(total);
        let rest = total.saturating_sub(overspend);
        let wrong_delivery = self.wrong_delivery.min(rest);
        let rest = rest.saturating_sub(wrong_delivery);
        let stop_failed = self.stop_failed.min(rest);
        let delivery = self.delivery.min(rest.saturating_sub(stop_failed));
        Causes { delivery, overspend, wrong_delivery, stop_failed }
    }

    fn parts(self) -> [Amount; 4] {
        [self.delivery, self.overspend, self.wrong_delivery, self.stop_failed]
    }

    fn place(&mut self, cause: Cause) -> &mut Amount {
        match cause {
            Cause::Delivery => &mut self.delivery,
            Cause::Overspend => &mut self.overspend,
            Cause::WrongDelivery => &mut self.wrong_delivery,
            Cause::StopFailed => &mut self.stop_failed,
        }
    }
}
