//! What the provider does with a request, and what happens by itself.

use std::collections::BTreeMap;

use base::Span;

use super::model::{
    Change, Dispute, DisputeStatus, Method, NewPayment, Object, Payment, PaymentStatus, Refund,
    RefundStatus, Refusal,
};
use super::state::{Due, State};
use super::{Behavior, Deed, Faults};
use crate::FailureCode;

/// Everything a request is decided with.
pub(super) struct Desk<'a> {
    pub(super) state: &'a mut State,
    pub(super) behavior: &'a Behavior,
    pub(super) faults: &'a Faults,
    pub(super) now: i64,
}

impl Desk<'_> {
    pub(super) fn create(&mut self, new: NewPayment) -> Deed {
        if new.amount <= 0 {
            return Err(FailureCode::AmountTooSmall.into());
        }
        let status = match new.method {
            Some(_) => PaymentStatus::RequiresConfirmation,
            None => PaymentStatus::RequiresPaymentMethod,
        };
        let payment = Payment {
            id: self.state.new_id("pi"),
            metadata: new.metadata,
            method: new.method,
            amount: new.amount,
            currency: new.currency,
            is_manual: new.is_manual,
            status,
            failure: None,
            captured: 0,
            refunded: 0,
            fee: 0,
            created_at: self.now,
            captured_at: None,
            return_url: new.return_url,
            due_at: None,
            refunds: Vec::new(),
            disputes: Vec::new(),
        };
        if new.is_confirmed { self.ask_bank(payment) } else { Ok(self.keep(payment)) }
    }

    #[cfg(feature = "stripe-server")]
    pub(super) fn confirm(
        &mut self,
        payment: &str,
        method: Option<Method>,
        return_url: Option<String>,
    ) -> Deed {
        let mut payment = self.payment(payment)?;
        let is_open = matches!(
            payment.status,
            PaymentStatus::RequiresPaymentMethod | PaymentStatus::RequiresConfirmation
        );
        if !is_open {
            return Err(FailureCode::WrongState.into());
        }
        payment.method = method.or(payment.method);
        payment.return_url = return_url.or(payment.return_url);
        self.ask_bank(payment)
    }

    /// The payer's bank answers.
    fn ask_bank(&mut self, mut payment: Payment) -> Deed {
        let Some(method) = payment.method else {
            return Err(FailureCode::WrongState.into());
        };
        match method {
            Method::Declined => self.refuse(payment, FailureCode::Declined),
            Method::Insufficient => self.refuse(payment, FailureCode::InsufficientFunds),
            Method::Expired => self.refuse(payment, FailureCode::ExpiredMethod),
            Method::Challenge => {
                payment.status = PaymentStatus::RequiresAction;
                payment.due_at = Some(after(self.now, self.behavior.challenge_lasts));
                Ok(self.announce("payment_intent.requires_action", payment))
            }
            Method::Timeout => {
                payment.status = PaymentStatus::Processing;
                payment.due_at = Some(after(self.now, self.behavior.timeout_lasts));
                Ok(self.keep(payment))
            }
            _ => Ok(self.approve(payment)),
        }
    }

    fn refuse(&mut self, mut payment: Payment, code: FailureCode) -> Deed {
        payment.status = PaymentStatus::RequiresPaymentMethod;
        payment.failure = Some(code);
        payment.due_at = None;
        self.announce("payment_intent.payment_failed", payment.clone());
        Err(Refusal { code, payment: Some(Box::new(payment)) })
    }

    fn approve(&mut self, mut payment: Payment) -> Object {
        payment.failure = None;
        if !payment.is_manual {
            let amount = payment.amount;
            return self.take(payment, amount);
        }
        payment.status = PaymentStatus::RequiresCapture;
        payment.due_at = Some(after(self.now, self.behavior.authorization_lasts));
        self.announce("payment_intent.amount_capturable_updated", payment)
    }

    pub(super) fn capture(&mut self, payment: &str, amount: Option<i64>) -> Deed {
        let payment = self.payment(payment)?;
        let amount = amount.unwrap_or(payment.amount);
        match payment.status {
            PaymentStatus::RequiresCapture => {}
            PaymentStatus::Canceled if payment.failure == Some(LAPSED) => {
                return Err(LAPSED.into());
            }
            _ => return Err(FailureCode::WrongState.into()),
        }
        if amount <= 0 {
            return Err(FailureCode::AmountTooSmall.into());
        }
        if amount > payment.amount {
            return Err(FailureCode::AmountTooLarge.into());
        }
        Ok(self.take(payment, amount))
    }

    fn take(&mut self, mut payment: Payment, amount: i64) -> Object {
        payment.status = PaymentStatus::Succeeded;
        payment.captured = amount;
        payment.captured_at = Some(self.now);
        payment.fee = fee(self.behavior, amount);
        payment.due_at = (payment.method == Some(Method::Disputed))
            .then(|| after(self.now, self.behavior.dispute_opens_after));
        self.announce("payment_intent.succeeded", payment)
    }

    pub(super) fn cancel(&mut self, payment: &str) -> Deed {
        let mut payment = self.payment(payment)?;
        if matches!(payment.status, PaymentStatus::Succeeded | PaymentStatus::Canceled) {
            return Err(FailureCode::WrongState.into());
        }
        payment.status = PaymentStatus::Canceled;
        payment.due_at = None;
        Ok(self.announce("payment_intent.canceled", payment))
    }

    pub(super) fn refund(
        &mut self,
        payment: &str,
        amount: Option<i64>,
        metadata: BTreeMap<String, String>,
    ) -> Deed {
        let mut payment = self.payment(payment)?;
        let Some(captured_at) = payment.captured_at else {
            return Err(FailureCode::WrongState.into());
        };
        if self.now > after(captured_at, self.behavior.refund_window) {
            return Err(FailureCode::RefundWindowClosed.into());
        }
        let is_disputed = |id| self.state.disputes[id].status != DisputeStatus::Won;
        if payment.disputes.iter().any(|id| is_disputed(id.as_str())) {
            return Err(FailureCode::Disputed.into());
        }
        let left = payment.captured - payment.refunded;
        if left == 0 {
            return Err(FailureCode::AlreadyRefunded.into());
        }
        let amount = amount.unwrap_or(left);
        if amount <= 0 {
            return Err(FailureCode::AmountTooSmall.into());
        }
        if amount > left {
            return Err(FailureCode::AmountTooLarge.into());
        }
        let (status, due_at) = self.way_of_refund(&payment);
        let new = self.new_refund(&payment, amount, status);
        let refund = Refund { metadata, due_at, ..new };
        payment.refunded += amount;
        payment.refunds.push(refund.id.clone());
        self.keep(payment);
        Ok(self.announce_refund("refund.created", refund))
    }

    /// A store is asked for a refund and does not make it, whatever its reason.
    pub(super) fn decline_refund(&mut self, payment: &str, amount: i64) -> Deed {
        let mut payment = self.payment(payment)?;
        if payment.captured_at.is_none() {
            return Err(FailureCode::WrongState.into());
        }
        if amount <= 0 {
            return Err(FailureCode::AmountTooSmall.into());
        }
        if amount > payment.captured {
            return Err(FailureCode::AmountTooLarge.into());
        }
        let new = self.new_refund(&payment, amount, RefundStatus::Failed);
        let declined = Refund { failure: Some(FailureCode::Declined), ..new };
        payment.refunds.push(declined.id.clone());
        self.keep(payment);
        Ok(self.announce_refund("refund.failed", declined))
    }

    fn new_refund(&mut self, payment: &Payment, amount: i64, status: RefundStatus) -> Refund {
        Refund {
            id: self.state.new_id("re"),
            payment: payment.id.clone(),
            metadata: BTreeMap::new(),
            amount,
            currency: payment.currency.clone(),
            status,
            failure: None,
            created_at: self.now,
            due_at: None,
        }
    }

    /// Whether a refund pends first, and when it changes by itself.
    fn way_of_refund(&self, payment: &Payment) -> (RefundStatus, Option<i64>) {
        let expired_at = after(payment.created_at, self.behavior.method_expires_after);
        let fails_at = Some(after(self.now, self.behavior.refund_fails_after));
        match payment.method {
            Some(Method::RefundPending) => {
                (RefundStatus::Pending, Some(after(self.now, self.behavior.refund_pends)))
            }
            Some(Method::RefundFails) => (RefundStatus::Succeeded, fails_at),
            Some(Method::ExpiresSoon) if self.now >= expired_at => {
                (RefundStatus::Succeeded, fails_at)
            }
            _ => (RefundStatus::Succeeded, None),
        }
    }

    pub(super) fn finish_challenge(&mut self, payment: &str, passed: bool) -> Deed {
        let payment = self.payment(payment)?;
        if payment.status != PaymentStatus::RequiresAction {
            return Err(FailureCode::WrongState.into());
        }
        if passed {
            return Ok(self.approve(payment));
        }
        let failed = Object::Payment(Box::new(payment.clone()));
        let _told = self.refuse(payment, FailureCode::ChallengeFailed);
        Ok(failed)
    }

    pub(super) fn decide_dispute(&mut self, dispute: &str, won: bool) -> Deed {
        let dispute = self.state.disputes.get(dispute).cloned().ok_or(FailureCode::NotFound)?;
        if dispute.status != DisputeStatus::NeedsResponse {
            return Err(FailureCode::WrongState.into());
        }
        let status = if won { DisputeStatus::Won } else { DisputeStatus::Lost };
        Ok(self.close(dispute, status))
    }

    fn close(&mut self, mut dispute: Dispute, status: DisputeStatus) -> Object {
        dispute.status = status;
        dispute.decided_at = Some(self.now);
        dispute.due_at = None;
        self.announce_dispute("charge.dispute.closed", dispute)
    }

    /// Lets everything happen that was due by now, at its own time.
    pub(super) fn settle(&mut self) {
        let now = self.now;
        while let Some((at, _)) = self.state.due.first()
            && *at <= now
        {
            let (at, what) = self.state.due.pop_first().expect("it was just looked at");
            self.now = at;
            match what {
                Due::Payment(id) => self.payment_is_due(&id),
                Due::Refund(id) => self.refund_is_due(&id),
                Due::Dispute(id) => {
                    let dispute = self.state.disputes[&id].clone();
                    self.close(dispute, DisputeStatus::Lost);
                }
            }
        }
        self.now = now;
    }

    fn payment_is_due(&mut self, id: &str) {
        let mut payment = self.state.payments[id].clone();
        payment.due_at = None;
        match payment.status {
            PaymentStatus::Processing => {
                self.approve(payment);
            }
            PaymentStatus::RequiresAction => {
                let _told = self.refuse(payment, FailureCode::ChallengeFailed);
            }
            PaymentStatus::RequiresCapture => {
                payment.status = PaymentStatus::Canceled;
                payment.failure = Some(LAPSED);
                self.announce("payment_intent.canceled", payment);
            }
            _ => self.open_dispute(payment),
        }
    }

    /// The payer disputes what was not refunded; nothing left, nothing to dispute.
    fn open_dispute(&mut self, mut payment: Payment) {
        let amount = payment.captured - payment.refunded;
        if amount == 0 {
            self.keep(payment);
            return;
        }
        let dispute = Dispute {
            id: self.state.new_id("dp"),
            payment: payment.id.clone(),
            amount,
            currency: payment.currency.clone(),
            status: DisputeStatus::NeedsResponse,
            created_at: self.now,
            decided_at: None,
            due_at: Some(after(self.now, self.behavior.dispute_lasts)),
        };
        payment.disputes.push(dispute.id.clone());
        self.keep(payment);
        self.announce_dispute("charge.dispute.created", dispute);
    }

    fn refund_is_due(&mut self, id: &str) {
        let mut refund = self.state.refunds[id].clone();
        refund.due_at = None;
        if refund.status == RefundStatus::Pending {
            refund.status = RefundStatus::Succeeded;
            self.announce_refund("refund.updated", refund);
            return;
        }
        let mut payment = self.state.payments[&refund.payment].clone();
        refund.status = RefundStatus::Failed;
        refund.failure = Some(match payment.method {
            Some(Method::ExpiresSoon) => FailureCode::ExpiredMethod,
            _ => FailureCode::MethodGone,
        });
        payment.refunded -= refund.amount;
        self.keep(payment);
        self.announce_refund("refund.failed", refund);
    }

    fn payment(&self, id: &str) -> Result<Payment, Refusal> {
        self.state.payments.get(id).cloned().ok_or(FailureCode::NotFound.into())
    }

    fn keep(&mut self, payment: Payment) -> Object {
        self.state.put(Change::Payment(Box::new(payment.clone())));
        Object::Payment(Box::new(payment))
    }

    fn announce(&mut self, kind: &str, payment: Payment) -> Object {
        let object = self.keep(payment);
        self.state.tell(kind, self.now, object.clone(), self.faults);
        object
    }

    fn announce_refund(&mut self, kind: &str, refund: Refund) -> Object {
        self.state.put(Change::Refund(Box::new(refund.clone())));
        let object = Object::Refund(Box::new(refund));
        self.state.tell(kind, self.now, object.clone(), self.faults);
        object
    }

    fn announce_dispute(&mut self, kind: &str, dispute: Dispute) -> Object {
        self.state.put(Change::Dispute(Box::new(dispute.clone())));
        let object = Object::Dispute(Box::new(dispute));
        self.state.tell(kind, self.now, object.clone(), self.faults);
        object
    }
}

const LAPSED: FailureCode = FailureCode::AuthorizationLapsed;

/// The provider's fee for a captured amount: a part, rounded half up to the minor unit, and a
/// fixed sum; never more than the amount.
fn fee(behavior: &Behavior, amount: i64) -> i64 {
    let part = (i128::from(amount) * i128::from(behavior.fee_basis_points) + 5_000) / 10_000;
    let fee = part + i128::from(behavior.fee_fixed);
    i64::try_from(fee).unwrap_or(amount).min(amount)
}

fn after(at: i64, span: Span) -> i64 {
    at.saturating_add_unsigned(span.micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fees_are_rounded_half_up() {
        let behavior = Behavior::default();
        for (amount, expected) in [
            (10_000, 320),
            (1, 1),      // 0 + 30, cut to the amount
            (50, 31),    // 1.45 → 1
            (1_000, 59), // 29 + 30
            (1_017, 59), // 29.493 → 29
            (1_018, 60), // 29.522 → 30
            (500, 45),   // 14.5 → 15
            (i64::MAX, 267_477_789_068_788_498 + 30),
        ] {
            assert_eq!(fee(&behavior, amount), expected, "{amount}");
        }
    }
}
