//! Disputes of a payment, as the rail shows them now.

use payments::Payment;
use rails::Outcome;

use super::caller::Verdict;
use super::dispute_words::commands;
use super::operation::dispute_id;
use super::visit::Visit;
use crate::JobError;

impl Visit<'_> {
    /// Asks for all disputes of a payment and brings ours there.
    pub(super) fn disputes(&self, payment: &Payment) -> Result<Disputed, JobError> {
        let mut ended = Disputed { is_noted: false, has_news: false };
        let Some(reference) = &payment.rail_reference else { return Ok(ended) };
        let outcome = self.desk.called().disputes(reference);
        self.notice(&outcome, &payment.id.to_string());
        let Outcome::Succeeded(told) = outcome else { return Ok(ended) };
        ended.is_noted = true;
        for told in &told {
            let id = dispute_id(payment.id, self.desk.name(), &told.reference);
            let known = self.shared.dispute(id)?;
            let draw = || self.shared.ids.draw().refunds[0];
            for command in commands(known.as_deref(), told, payment.id, id, draw) {
                let verdict = self.shared.decide(command, self.desk.name(), id)?;
                // A contradiction was reported, and hearing of it again would not solve it.
                ended.has_news |= verdict == Verdict::Done;
                ended.is_noted &=
                    !matches!(verdict, Verdict::Refused(refusal) if !is_final(refusal));
            }
        }
        Ok(ended)
    }
}

/// How it went.
pub(super) struct Disputed {
    /// Everything that the rail says is in the book.
    pub(super) is_noted: bool,
    /// Something of it is new, so that refunds may go on, or not any more.
    pub(super) has_news: bool,
}

/// Whether a refusal stays as it is however often the rail tells the same.
fn is_final(refusal: engine::Refusal) -> bool {
    matches!(refusal, engine::Refusal::Payments(payments::Refusal::Contradiction { .. }))
}
