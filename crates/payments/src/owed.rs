//! What a dispute does to refunds: it takes those that no rail can have, gives them back when it is
//! won, and has paid them when it is lost.

use base::{Amount, RailRefundId};
use ledger::Subject;

use crate::cap::{less, sum};
use crate::resend::{again, to_be_sent};
use crate::{Context, EventKind, FailureCode, Method, Outcome, Payment, RailRefund, Refusal};
use crate::{RefundState, Rest};

/// The code of a refund that has failed because a dispute takes what it would send.
pub(crate) const DISPUTED: &str = "disputed";

/// A payment and what becomes of its refunds, on the way to one outcome.
pub(crate) struct Shift {
    pub(crate) payment: Payment,
    changed: Vec<RailRefund>,
    events: Vec<(EventKind, Subject)>,
}

impl Shift {
    pub(crate) fn of(payment: Payment) -> Shift {
        Shift { payment, changed: Vec::new(), events: Vec::new() }
    }

    pub(crate) fn into_outcome(self, before: &Payment) -> Outcome {
        let mut outcome = Outcome::of_payment(before, self.payment);
        outcome.refunds = self.changed;
        outcome.events = self.events;
        outcome
    }

    pub(crate) fn tell(&mut self, kind: EventKind, refund: RailRefund) {
        self.events.push((kind, Subject::of(refund.id)));
        self.put(refund);
    }

    fn put(&mut self, refund: RailRefund) {
        match self.changed.iter_mut().find(|known| known.id == refund.id) {
            Some(known) => *known = refund,
            None => self.changed.push(refund),
        }
    }

    /// What is beyond the cap is taken from refunds that no rail can have, the newest first. The
    /// last of these may be cut: what is cut off has the id `rest`.
    pub(crate) fn displace(
        &mut self,
        refunds: &[&RailRefund],
        rest: RailRefundId,
        context: Context,
    ) -> Result<(), Refusal> {
        let mut over = self.payment.disputed_beyond_cap();
        for refund in newest_first(&self.payment, refunds, |row| row.state.is_here()) {
            let cut = refund.amount.amount.min(over);
            if cut.is_zero() {
                break;
            }
            over = over.saturating_sub(cut);
            self.payment = self.payment.stopped(cut)?;
            if cut == refund.amount.amount {
                self.tell(EventKind::RefundFailed, refund.kept_back());
                continue;
            }
            let left = less(refund.amount.amount, cut)?;
            self.put(refund.of_amount(left));
            self.owe_anew(&refund.beside(rest, cut, context));
        }
        Ok(())
    }

    /// A further refund that a dispute keeps back; its money counts as owed.
    fn owe_anew(&mut self, refund: &RailRefund) {
        self.payment = self.payment.listing(refund.id);
        self.events.push((EventKind::RefundCreated, Subject::of(refund.id)));
        self.tell(EventKind::RefundFailed, refund.kept_back());
    }

    /// Refunds that a dispute has taken go on as far as there is room again, the oldest first. The
    /// last of these may be cut: what can be sent of it has the id `rest`.
    pub(crate) fn resume(
        &mut self,
        refunds: &[&RailRefund],
        rest: RailRefundId,
        method: &Method,
        context: Context,
    ) -> Result<(), Refusal> {
        let mut taken = newest_first(&self.payment, refunds, RailRefund::is_kept_back);
        taken.reverse();
        for refund in taken {
            let part = refund.amount.amount.min(self.payment.refundable());
            if part.is_zero() {
                break;
            }
            self.payment = self.payment.resumed(part)?;
            if part == refund.amount.amount {
                self.send(EventKind::RefundRetried, again(refund, method, context.now));
                continue;
            }
            let left = less(refund.amount.amount, part)?;
            self.put(refund.of_amount(left));
            self.payment = self.payment.listing(rest);
            let part = refund.beside(rest, part, context);
            self.send(EventKind::RefundCreated, to_be_sent(&part, method, context.now));
        }
        Ok(())
    }

    fn send(&mut self, kind: EventKind, refund: RailRefund) {
        self.events.push((kind, Subject::of(refund.id)));
        if matches!(refund.state, RefundState::NeedsConsent { .. }) {
            self.events.push((EventKind::RefundConsentNeeded, Subject::of(refund.id)));
        }
        self.put(refund);
    }

    /// What lost disputes have paid of refunds counts as settled: first of those that have failed,
    /// then of those that no rail can have, the newest first. How much it was.
    pub(crate) fn settle(&mut self, refunds: &[&RailRefund]) -> Result<Amount, Refusal> {
        let failed = newest_first(&self.payment, refunds, |row| row.state.is_failed());
        let here = newest_first(&self.payment, refunds, |row| row.state.is_here());
        let mut all = Amount::ZERO;
        for refund in failed.into_iter().chain(here) {
            all = sum(all, self.settle_one(refund)?)?;
        }
        Ok(all)
    }

    /// The same for one refund, which has failed or that no rail can have.
    pub(crate) fn settle_one(&mut self, refund: &RailRefund) -> Result<Amount, Refusal> {
        let amount = refund.amount.amount;
        let part = amount.min(self.payment.paid_by_banks());
        if part.is_zero() {
            return Ok(part);
        }
        let counted = match refund.state.is_failed() {
            true => &mut self.payment.owed,
            false => &mut self.payment.refunding,
        };
        *counted = less(*counted, part)?;
        self.payment.settled = sum(self.payment.settled, part)?;
        if part == amount {
            self.payment = self.payment.without(refund.id);
            self.tell(EventKind::RefundSucceeded, refund.settled(RefundState::Settled));
        } else {
            self.put(refund.of_amount(less(amount, part)?));
        }
        Ok(part)
    }

    /// What was settled by a dispute that is open again is owed: how much, as a refund of the
    /// payment with the id `rest`. Which refunds it had been is not kept.
    pub(crate) fn unsettle(&mut self, rest: Rest<'_>, context: Context) -> Result<Amount, Refusal> {
        let asked = sum(self.payment.owed, self.payment.settled)?;
        let still = self.payment.paid_by_banks_of(asked);
        let part = self.payment.settled.saturating_sub(still);
        if part.is_zero() {
            return Ok(part);
        }
        self.payment.settled = still;
        self.payment.owed = sum(self.payment.owed, part)?;
        let owed = RailRefund::of_payment(&self.payment, rest.id, part, context);
        self.owe_anew(&owed);
        Ok(part)
    }
}

/// The refunds of a payment that are listed and `are` so.
fn newest_first<'a>(
    payment: &Payment,
    refunds: &[&'a RailRefund],
    are: impl Fn(&RailRefund) -> bool,
) -> Vec<&'a RailRefund> {
    let find = |id: &RailRefundId| refunds.iter().copied().find(|row| row.id == *id);
    let listed = payment.open_refunds.iter().rev().filter_map(find);
    listed.filter(|row| are(row)).collect()
}

pub(crate) fn disputed() -> FailureCode {
    FailureCode::new(DISPUTED).expect("a short word is a code")
}
