//! What a payment wants of its rail.

use std::sync::Arc;

use base::PaymentId;
use engine::PaymentCommand;
use payments::{Manner, Payment, Step};
use rails::{Authorize, Capture, MethodToken, Outcome, PaymentQuery, PaymentState, Void};

use super::caller::Verdict;
use super::operation::of_payment;
use super::payment_words::{after_call, after_question};
use super::schedule::{Task, Wish};
use super::visit::{CALLS_A_VISIT_MAX, Visit};
use crate::JobError;

impl Visit<'_> {
    /// Does what is due of a payment, then asks what the rail has told of it.
    pub(super) fn payment(&self, id: PaymentId, wish: &Wish) -> Result<bool, JobError> {
        let mut has_news = self.payment_while_due(id)?;
        let mut is_noted = true;
        if wish.asks
            && let Some(payment) = self.ours(id)?
        {
            let outcome = self.ask(&payment)?;
            is_noted &= matches!(outcome, Outcome::Succeeded(_));
            if let Some(command) = after_question(&payment, outcome, self.shared.ids.draw()) {
                has_news |= self.note(command, &payment)? == Verdict::Done;
                has_news |= self.payment_while_due(id)?;
            }
        }
        if wish.disputes
            && let Some(payment) = self.ours(id)?
        {
            let disputed = self.disputes(&payment)?;
            is_noted &= disputed.is_noted;
            has_news |= disputed.has_news;
        }
        if has_news && let Some(payment) = self.ours(id)? {
            self.follow(&payment)?;
        }
        Ok(is_noted)
    }

    /// The payment, when it is one of this rail. Another may be told of by mistake.
    fn ours(&self, id: PaymentId) -> Result<Option<Arc<Payment>>, JobError> {
        let payment = self.shared.payment(id)?;
        Ok(payment.filter(|payment| payment.rail.as_str() == self.desk.name()))
    }

    /// Calls the rail for as long as the payment is due. True when anything has changed.
    fn payment_while_due(&self, id: PaymentId) -> Result<bool, JobError> {
        let mut has_news = false;
        for _ in 0..CALLS_A_VISIT_MAX {
            let Some(payment) = self.ours(id)? else { break };
            let Some((step, manner)) = payment.next_call() else { break };
            if !self.is_due(payment.due_at)? {
                break;
            }
            if let Some(command) = self.call_for(&payment, step, manner)?
                && self.note(command, &payment)? == Verdict::Done
            {
                has_news = true;
                continue;
            }
            // The rules know better than the rail: it is asked again, later each time.
            let unknown = PaymentCommand::NoteUnknown { payment: id, step, reference: None };
            if self.note(unknown, &payment)? != Verdict::Done {
                self.rest(Task::Payment(id));
                break;
            }
        }
        Ok(has_news)
    }

    fn note(&self, command: PaymentCommand, payment: &Payment) -> Result<Verdict, JobError> {
        Ok(self.shared.decide(command, self.desk.name(), payment.id)?)
    }

    /// Makes the call that is due, and says what is to be noted of its outcome.
    fn call_for(
        &self,
        payment: &Payment,
        step: Step,
        manner: Manner,
    ) -> Result<Option<PaymentCommand>, JobError> {
        let mut reference = payment.rail_reference.clone();
        let lacks_reference = reference.is_none() && step != Step::Authorize;
        if manner == Manner::Ask || lacks_reference || self.is_old(payment)? {
            let outcome = self.ask(payment)?;
            reference = reference.or_else(|| reference_in(&outcome));
            let command = after_question(payment, outcome, self.shared.ids.draw());
            let is_wanted_still = matches!(command, Some(PaymentCommand::NoteNotReceived { .. }));
            if manner == Manner::Ask || !is_wanted_still {
                return Ok(command);
            }
        }
        let operation = of_payment(payment.id, step);
        let (desk, amount) = (self.desk, payment.amount);
        let outcome = match (step, &reference) {
            (Step::Authorize, _) => {
                let Some(method) = self.token_of(payment)? else { return Ok(None) };
                let method = &method;
                let operation = &operation;
                desk.called().authorize(&Authorize { operation, method, amount, return_url: None })
            }
            (Step::Capture, Some(reference)) => desk.called().capture(&Capture {
                operation: &operation,
                payment: reference,
                amount,
            }),
            (Step::Void, Some(reference)) => {
                desk.called().void(&Void { operation: &operation, payment: reference })
            }
            // Nobody knows it by any name, so there is nothing to take or to let go.
            (Step::Capture | Step::Void, None) => return Ok(None),
        };
        self.notice(&outcome, &payment.id.to_string());
        Ok(Some(after_call(payment, step, outcome, self.shared.ids.draw())))
    }

    /// Whether the rail may have forgotten the call, if it was made before. The first call of a
    /// step was due when the step began, and nobody has moved that time as long as nothing was
    /// heard; later on only the age of the payment is known.
    fn is_old(&self, payment: &Payment) -> Result<bool, JobError> {
        let first = match payment.due_at {
            Some(due_at) if payment.calls == 0 => due_at,
            _ => payment.created_at,
        };
        self.is_forgotten(first)
    }

    fn ask(&self, payment: &Payment) -> Result<Outcome<Option<PaymentState>>, JobError> {
        let query = PaymentQuery {
            operation: &of_payment(payment.id, Step::Authorize),
            reference: payment.rail_reference.as_ref(),
            since: self.at_the_rail(payment.created_at)?,
        };
        let outcome = self.desk.called().payment(&query);
        self.notice(&outcome, &payment.id.to_string());
        Ok(outcome)
    }

    /// The token of the payment's method, as the rail takes it.
    fn token_of(&self, payment: &Payment) -> Result<Option<MethodToken>, JobError> {
        let method = self.shared.method(payment.method)?;
        Ok(method.and_then(|method| MethodToken::new(method.token.0.as_str()).ok()))
    }
}

fn reference_in(outcome: &Outcome<Option<PaymentState>>) -> Option<rails::Reference> {
    match outcome {
        Outcome::Succeeded(Some(state)) => Some(state.reference.clone()),
        _ => None,
    }
}
