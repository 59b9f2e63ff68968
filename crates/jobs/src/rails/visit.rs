//! One look at one object: what it wants is done until it wants nothing more now.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use base::{Instant, PaymentId, Span};
use engine::Row;
use payments::{Payment, RailRefund};
use rails::{Outcome, PaymentQuery, Reference, Unknown};
use writer::Trouble;

use super::caller::Shared;
use super::desk::Desk;
use super::operation::{DoneFor, done_for, of_nobody};
use super::report::RailReport;
use super::rows::payments_of;
use super::schedule::{Task, Wish};
use crate::JobError;

/// Calls that one look makes at most; there are never more than authorize, capture and a few
/// questions. What is left is due, and found again.
pub(super) const CALLS_A_VISIT_MAX: usize = 8;

/// Whose payment a rail means.
enum Told {
    /// Ours.
    Ours(PaymentId),
    /// Somebody else's, or nobody's.
    NotOurs,
    /// It did not say.
    Nothing,
}

/// A look at an object by one of the desk's threads.
pub(super) struct Visit<'a> {
    pub(super) shared: &'a Arc<Shared>,
    pub(super) desk: &'a Desk,
}

impl Visit<'_> {
    /// Looks at it. Returns who is to be told that it is done, and whether everything that was
    /// heard is noted in the book.
    pub(super) fn run(&self, task: &Task, mut wish: Wish) -> (Vec<Sender<bool>>, bool) {
        let receipts = std::mem::take(&mut wish.receipts);
        let is_noted = match task {
            Task::Payment(id) => self.payment(*id, &wish),
            Task::Refund(id) => self.refund(*id, &wish),
            Task::TakenBack(reference) => match self.payer_of(reference) {
                Ok(Told::Ours(payment)) => {
                    let wish = Wish { asks: true, taken_back: true, receipts, ..Wish::default() };
                    if let Some(desk) = self.shared.desk(self.desk.name()) {
                        // What finds no room drops its receipts, and is told again.
                        desk.add(self.shared, Task::Payment(payment), wish);
                    }
                    return (Vec::new(), true);
                }
                Ok(Told::NotOurs) => Ok(true),
                Ok(Told::Nothing) => Ok(false),
                Err(error) => Err(error),
            },
        };
        (receipts, self.is_noted(is_noted))
    }

    /// Finds the payment that the rail calls so: by our operation, and where somebody has taken
    /// that away at the rail, by the name.
    fn payer_of(&self, reference: &Reference) -> Result<Told, JobError> {
        let query = PaymentQuery {
            operation: &of_nobody(),
            reference: Some(reference),
            since: Instant::MIN,
        };
        let state = match self.desk.called().payment(&query) {
            Outcome::Succeeded(Some(state)) => state,
            // A payment that nobody knows, so none of ours.
            Outcome::Succeeded(None) => return Ok(Told::NotOurs),
            other => {
                self.notice(&other, reference.as_str());
                return Ok(Told::Nothing);
            }
        };
        if let Some(DoneFor::Payment(payment)) = state.operation.as_ref().and_then(done_for) {
            return Ok(Told::Ours(payment));
        }
        let rows = self.shared.reader()?.named_by_rail(std::slice::from_ref(reference))?;
        let found = rows.iter().find_map(|row| match row {
            Row::Payment(row) if row.rail.as_str() == self.desk.name() => Some(row.id),
            _ => None,
        });
        // Payments that were not made from here are nobody's business here.
        Ok(found.map_or(Told::NotOurs, Told::Ours))
    }

    fn is_noted(&self, ended: Result<bool, JobError>) -> bool {
        match ended {
            Ok(is_noted) => is_noted,
            // The writer's end is told by whoever watches it; everything else is tried again.
            Err(JobError::Writer(trouble)) if !matches!(trouble, Trouble::Unkept(_)) => false,
            Err(error) => {
                self.shared.report(RailReport::Failed(error));
                false
            }
        }
    }

    /// Whether it is time to call the rail.
    pub(super) fn is_due(&self, due_at: Option<Instant>) -> Result<bool, JobError> {
        match due_at {
            Some(at) => Ok(at <= self.shared.now()?),
            None => Ok(false),
        }
    }

    /// Whether a deed that was first asked for at `first` may be forgotten by the rail, so that it
    /// would be done a second time.
    pub(super) fn is_forgotten(&self, first: Instant) -> Result<bool, JobError> {
        let lasts = self.desk.connected.rail.capabilities().operations_last;
        Ok(first.saturating_add(lasts) <= self.shared.now()?)
    }

    /// A time of the book as the rail's clock shows it. The clock of a test book may be ahead.
    pub(super) fn at_the_rail(&self, at: Instant) -> Result<Instant, JobError> {
        let ahead = self.shared.now()?.since(self.desk.connected.clock.now());
        Ok(at.saturating_sub(ahead.unwrap_or(Span::ZERO)))
    }

    /// Reports what an outcome says beside what is noted of it.
    pub(super) fn notice<T>(&self, outcome: &Outcome<T>, about: &str) {
        let rail = || self.desk.name().to_owned();
        match outcome {
            Outcome::Unknown(Unknown::OperationReused) => {
                let about = about.to_owned();
                self.shared.report(RailReport::OperationReused { rail: rail(), about });
            }
            Outcome::Failed(rails::FailureCode::NotPermitted) => {
                self.shared.report(RailReport::NotPermitted { rail: rail() });
            }
            _ => {}
        }
    }

    /// Leaves an object alone that cannot go on, and cannot be put off in the book.
    pub(super) fn rest(&self, task: Task) {
        self.desk.rest(task, self.shared.clock.monotonic());
    }

    /// Has looked at what news of a payment may have led to: the other payments of its checkout,
    /// and refunds.
    pub(super) fn follow(&self, payment: &Payment) -> Result<(), JobError> {
        let id = payment.purpose.checkout();
        self.shared.want_refunds_of(payment)?;
        let Some(checkout) = self.shared.checkout(id)? else { return Ok(()) };
        for other in payments_of(&checkout).filter(|other| *other != payment.id) {
            if let Some(other) = self.shared.payment(other)? {
                self.shared.want_payment(&other)?;
                self.shared.want_refunds_of(&other)?;
            }
        }
        Ok(())
    }
}

impl Shared {
    /// Has a payment looked at, when it is due.
    pub(super) fn want_payment(self: &Arc<Self>, payment: &Payment) -> Result<(), JobError> {
        self.want(Task::Payment(payment.id), payment.rail.as_str(), payment.due_at)
    }

    /// Has a refund looked at, when it is due.
    pub(super) fn want_refund(self: &Arc<Self>, refund: &RailRefund) -> Result<(), JobError> {
        self.want(Task::Refund(refund.id), refund.rail.as_str(), refund.due_at)
    }

    /// Has the open refunds of a payment looked at that are due.
    pub(super) fn want_refunds_of(self: &Arc<Self>, payment: &Payment) -> Result<(), JobError> {
        for refund in &payment.open_refunds {
            if let Some(refund) = self.refund(*refund)? {
                self.want_refund(&refund)?;
            }
        }
        Ok(())
    }

    fn want(
        self: &Arc<Self>,
        task: Task,
        rail: &str,
        due_at: Option<Instant>,
    ) -> Result<(), JobError> {
        let Some(due_at) = due_at else { return Ok(()) };
        let Some(desk) = self.desk(rail) else { return Ok(()) };
        if due_at <= self.now()? {
            // What finds no room is found by the next run.
            desk.add(self, task, Wish::default());
        }
        Ok(())
    }
}
