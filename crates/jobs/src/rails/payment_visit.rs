//! What a payment wants of its rail.

use std::sync::Arc;

use base::{PaymentId, Span};
use engine::PaymentCommand;
use payments::{Manner, Payment, PaymentState as Known, ReturnUrl, Step};
use rails::{Authorize, Capture, MethodToken, Outcome, PaymentQuery, PaymentState, Void};

use super::caller::Verdict;
use super::operation::{of_payment, of_payment_by_key};
use super::payment_words::{after_call, after_question, given_up};
use super::report::RailReport;
use super::schedule::{Task, Wish};
use super::visit::{CALLS_A_VISIT_MAX, Visit};
use crate::JobError;

/// After so long a payer is not charged any more who has not been: a rail, or we, were away for
/// hours, and the payer has gone elsewhere. An hour's outage, and the longest pause after it, fit.
const AUTHORIZED_WITHIN: Span = Span::hours(3);

impl Visit<'_> {
    /// Does what is due of a payment, then asks what the rail has told of it.
    pub(super) fn payment(&self, id: PaymentId, wish: &Wish) -> Result<bool, JobError> {
        let mut has_news = self.payment_while_due(id)?;
        let (mut is_noted, mut told) = (true, None);
        if wish.asks
            && let Some(payment) = self.ours(id)?
        {
            let outcome = self.ask(&payment)?;
            is_noted &= matches!(outcome, Outcome::Succeeded(_));
            told = state_in(&outcome).cloned();
            // That a call has not arrived which is yet to be made is no news: it was wanted a
            // moment ago, and noting that would put it off.
            let is_to_be_made = matches!(payment.next_call(), Some((_, Manner::Make)));
            let command = after_question(&payment, outcome, self.shared.ids.draw()).filter(|it| {
                !(is_to_be_made && matches!(it, PaymentCommand::NoteNotReceived { .. }))
            });
            if let Some(command) = command {
                has_news |= self.note(command, &payment)? == Verdict::Done;
            }
            has_news |= self.payment_while_due(id)?;
        }
        if wish.taken_back
            && let Some(payment) = self.ours(id)?
        {
            let heard = self.taken_back(&payment, told.as_ref())?;
            if !heard.is_noted {
                self.shared.look_again(&payment, self.shared.now()?);
            }
            is_noted &= heard.is_noted;
            has_news |= heard.has_news;
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
        let is_late = self.is_late(payment, step)?;
        if manner == Manner::Ask || lacks_reference || is_late || self.is_old(payment)? {
            let outcome = self.ask(payment)?;
            reference = reference.or_else(|| Some(state_in(&outcome)?.reference.clone()));
            let command = after_question(payment, outcome, self.shared.ids.draw());
            let is_wanted_still = matches!(command, Some(PaymentCommand::NoteNotReceived { .. }));
            let asked = Asked { is_known_to_nobody: is_wanted_still, is_late, manner };
            if self.is_hopeless(payment, step, asked) {
                let (rail, about) = (self.desk.name().to_owned(), payment.id.to_string());
                self.shared.report(RailReport::GivenUp { rail, about });
                return Ok(Some(given_up(payment, self.shared.ids.draw())));
            }
            if manner == Manner::Ask || !is_wanted_still {
                return Ok(command);
            }
        }
        let key = match step {
            Step::Authorize => 1,
            Step::Capture | Step::Void => self.desk.unheard().key(payment.id, step),
        };
        let operation = of_payment_by_key(payment.id, step, key);
        let (desk, amount) = (self.desk, payment.amount);
        let outcome = match (step, &reference) {
            (Step::Authorize, _) => {
                let Some(method) = self.token_of(payment)? else { return Ok(None) };
                desk.called().authorize(&Authorize {
                    operation: &operation,
                    method: &method,
                    amount,
                    return_url: payment.return_url.as_ref().map(ReturnUrl::as_str),
                })
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

    /// Whether it is too late to reserve anything that is not reserved.
    fn is_late(&self, payment: &Payment, step: Step) -> Result<bool, JobError> {
        let until = payment.created_at.saturating_add(AUTHORIZED_WITHIN);
        let is_open = step == Step::Authorize && payment.state == Known::Authorizing;
        Ok(is_open && until <= self.shared.now()?)
    }

    /// Whether an authorization is given up that the rail knows nothing of, because it is too late,
    /// or because the rail has said the same minutes ago, in spite of a call in between. Other
    /// steps are called by another key then.
    fn is_hopeless(&self, payment: &Payment, step: Step, asked: Asked) -> bool {
        if !asked.is_known_to_nobody {
            return false;
        }
        let now = self.desk.connected.clock.now();
        let is_said_twice =
            asked.manner == Manner::Ask && self.desk.unheard().said(payment.id, step, now);
        let is_open = step == Step::Authorize && payment.state == Known::Authorizing;
        is_open && (asked.is_late || is_said_twice)
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

/// What came of a question.
#[derive(Clone, Copy)]
struct Asked {
    /// The rail has done nothing of what it is asked for.
    is_known_to_nobody: bool,
    is_late: bool,
    manner: Manner,
}

fn state_in(outcome: &Outcome<Option<PaymentState>>) -> Option<&PaymentState> {
    match outcome {
        Outcome::Succeeded(state) => state.as_ref(),
        _ => None,
    }
}
