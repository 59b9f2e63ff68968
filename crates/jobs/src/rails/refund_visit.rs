//! What a refund wants of its rail.

use std::sync::Arc;

use base::RailRefundId;
use engine::PaymentCommand;
use payments::{Destination, Manner, RailRefund, RefundNotice, RefundState as Known};
use rails::{Outcome, Reference, Refund, RefundQuery, RefundState};

use super::caller::Verdict;
use super::operation::of_refund;
use super::refund_words::{after_call, after_question};
use super::report::RailReport;
use super::schedule::{Task, Wish};
use super::visit::{CALLS_A_VISIT_MAX, Visit};
use crate::JobError;

impl Visit<'_> {
    /// Does what is due of a refund, then asks about the attempts that the rail has told of.
    pub(super) fn refund(&self, id: RailRefundId, wish: &Wish) -> Result<bool, JobError> {
        self.refund_while_due(id)?;
        let mut is_noted = true;
        for attempt in &wish.attempts {
            let Some(refund) = self.our_refund(id)? else { break };
            let Some(payment) = self.reference_of(&refund)? else { return Ok(false) };
            let outcome = self.ask_refund(&refund, *attempt, &payment);
            is_noted &= matches!(outcome, Outcome::Succeeded(_));
            if let Some(notice) = after_question(&refund, *attempt, outcome) {
                self.note_refund(&refund, *attempt, notice)?;
            }
        }
        Ok(is_noted)
    }

    fn our_refund(&self, id: RailRefundId) -> Result<Option<Arc<RailRefund>>, JobError> {
        let refund = self.shared.refund(id)?;
        Ok(refund.filter(|refund| refund.rail.as_str() == self.desk.name()))
    }

    fn refund_while_due(&self, id: RailRefundId) -> Result<(), JobError> {
        for _ in 0..CALLS_A_VISIT_MAX {
            let Some(refund) = self.our_refund(id)? else { break };
            let Some(manner) = refund.next_call() else { break };
            if !self.is_due(refund.due_at)? {
                break;
            }
            // A store makes refunds by itself: it is never called.
            if self.desk.is_store() {
                self.rest(Task::Refund(id));
                break;
            }
            if refund.destination != Destination::Original {
                let about = id.to_string();
                self.shared.report_once(&about.clone(), RailReport::AnotherMethod { about });
                self.rest(Task::Refund(id));
                break;
            }
            // Committed before the call: afterwards the money may be on the wire.
            if refund.state == Known::Waiting {
                let begin = PaymentCommand::BeginRefund { rail_refund: id };
                if self.shared.decide(begin, self.desk.name(), id)? != Verdict::Done {
                    self.rest(Task::Refund(id));
                    break;
                }
                continue;
            }
            let notice = self.call_refund(&refund, manner)?.unwrap_or(RefundNotice::Unknown);
            let is_known_better =
                self.note_refund(&refund, refund.attempt, notice)? != Verdict::Done;
            // The rules know better than the rail: it is asked again, later each time.
            if is_known_better
                && self.note_refund(&refund, refund.attempt, RefundNotice::Unknown)?
                    != Verdict::Done
            {
                self.rest(Task::Refund(id));
                break;
            }
        }
        Ok(())
    }

    pub(super) fn note_refund(
        &self,
        refund: &RailRefund,
        attempt: u32,
        notice: RefundNotice,
    ) -> Result<Verdict, JobError> {
        let command = PaymentCommand::NoteRefund { rail_refund: refund.id, attempt, notice };
        Ok(self.shared.decide(command, self.desk.name(), refund.id)?)
    }

    /// Makes the call that is due; nothing when the payment has no name at the rail.
    fn call_refund(
        &self,
        refund: &RailRefund,
        manner: Manner,
    ) -> Result<Option<RefundNotice>, JobError> {
        let Some(payment) = self.reference_of(refund)? else { return Ok(None) };
        if manner == Manner::Ask || self.is_old_refund(refund)? {
            let outcome = self.ask_refund(refund, refund.attempt, &payment);
            let notice = after_question(refund, refund.attempt, outcome);
            let is_wanted_still = notice == Some(RefundNotice::NotReceived);
            if manner == Manner::Ask || !is_wanted_still {
                return Ok(notice);
            }
        }
        let operation = of_refund(refund.id, refund.attempt);
        let asked = Refund { operation: &operation, payment: &payment, amount: refund.amount };
        let outcome = self.desk.called().refund(&asked);
        self.notice(&outcome, &refund.id.to_string());
        Ok(Some(after_call(outcome)))
    }

    /// Whether the rail may have forgotten the call, if it was made before: as for a payment. A
    /// later attempt was due when it began too.
    fn is_old_refund(&self, refund: &RailRefund) -> Result<bool, JobError> {
        let first = match refund.due_at {
            Some(due_at) if refund.calls == 0 => due_at,
            _ => refund.created_at,
        };
        self.is_forgotten(first)
    }

    fn ask_refund(
        &self,
        refund: &RailRefund,
        attempt: u32,
        payment: &Reference,
    ) -> Outcome<Option<RefundState>> {
        let is_present = attempt == refund.attempt;
        let query = RefundQuery {
            operation: &of_refund(refund.id, attempt),
            payment,
            reference: refund.rail_reference.as_ref().filter(|_| is_present),
        };
        let outcome = self.desk.called().refund_state(&query);
        self.notice(&outcome, &refund.id.to_string());
        outcome
    }

    /// The rail's own name for the payment that is refunded.
    fn reference_of(&self, refund: &RailRefund) -> Result<Option<Reference>, JobError> {
        let payment = self.shared.payment(refund.payment)?;
        Ok(payment.and_then(|payment| payment.rail_reference.clone()))
    }
}
