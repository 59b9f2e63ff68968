//! What is due at rails, by the tables.

use std::sync::Arc;

use base::Instant;
use engine::{Answer, Query};
use store::DueObject;

use super::caller::Shared;
use super::desk::Desk;
use super::schedule::Task;
use crate::JobError;
use crate::due::ROWS_FLUSHED_GLADLY;

/// Rows that are read at first; more when there is nothing to do among them.
const ROWS_FIRST: u32 = 256;

/// Rows that are read at most. When so many are due and nothing can be done about any of them,
/// those behind them wait for a nudge.
const ROWS_MAX: u32 = 16_384;

/// How far the tables must have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    /// Up to date where that costs little. A busy book's tables lag by a round of the sweep.
    WhenCheap,
    /// Everything that is in the journal now.
    UpToDate,
}

/// What was found.
pub(super) struct Found {
    /// What may be done now, in due order; not what rests, nor what is of rails that are not
    /// set up. Of a regular run also not what is seen to, or finds no room: a rail that does not
    /// answer would hide everybody else's.
    pub(super) tasks: Vec<(Arc<Desk>, Task)>,
    /// True when nothing at all is due at rails, as far as the journal goes.
    pub(super) is_quiet: bool,
    /// When something else falls due, whatever it is; told of a quiet book.
    pub(super) next: Option<Instant>,
}

impl Shared {
    /// Finds what is due by `now`, the book's time.
    pub(super) fn find_due(
        self: &Arc<Self>,
        now: Instant,
        fresh: Freshness,
    ) -> Result<Found, JobError> {
        let mut reader = self.reader()?;
        let is_cheap = self.handle.figures().rows_unswept() <= ROWS_FLUSHED_GLADLY;
        let is_fresh = fresh == Freshness::UpToDate || is_cheap;
        if is_fresh {
            let seq = reader.head()?.seq;
            self.handle.flush_and_wait(seq)?;
        }
        let mut rows_max = ROWS_FIRST;
        loop {
            let due = reader.due(now, rows_max)?;
            let is_all = due.len() < rows_max as usize;
            let tasks: Vec<Task> = due.iter().filter_map(|due| task_of(due.what)).collect();
            let is_quiet = is_fresh && is_all && tasks.is_empty();
            let mut tasks = self.with_desks(tasks, now)?;
            if fresh == Freshness::WhenCheap {
                tasks.retain(|(desk, task)| !desk.is_seen_to(self, task) && !desk.is_full());
            }
            if !tasks.is_empty() || is_all || rows_max >= ROWS_MAX {
                let next = if is_quiet { reader.next_due(now)?.map(|due| due.at) } else { None };
                return Ok(Found { tasks, is_quiet, next });
            }
            rows_max *= 4;
        }
    }

    /// Those that are due still, by the rows of now, with the desks of their rails.
    fn with_desks(
        &self,
        tasks: Vec<Task>,
        now: Instant,
    ) -> Result<Vec<(Arc<Desk>, Task)>, JobError> {
        let queries = tasks.iter().filter_map(query_of).collect();
        let answers = self.ask_all(queries)?;
        let steady = self.clock.monotonic();
        let mut found = Vec::new();
        for (task, answer) in tasks.into_iter().zip(answers) {
            let (rail, due_at) = match &answer {
                Some(Answer::Payment(payment)) => (payment.rail.as_str(), payment.due_at),
                Some(Answer::RailRefund(refund)) => (refund.rail.as_str(), refund.due_at),
                _ => continue,
            };
            if due_at.is_none_or(|at| now < at) {
                continue;
            }
            match self.desk(rail) {
                Some(desk) if !desk.rests(&task, steady) => found.push((desk, task)),
                Some(_) => {}
                None => self.miss(rail),
            }
        }
        Ok(found)
    }
}

fn task_of(what: DueObject) -> Option<Task> {
    match what {
        DueObject::Payment(id) => Some(Task::Payment(id)),
        DueObject::RailRefund(id) => Some(Task::Refund(id)),
        DueObject::Hold(_)
        | DueObject::Card(_)
        | DueObject::Delivery(_)
        | DueObject::Unclaimed(_)
        | DueObject::Checkout(_)
        | DueObject::Promotion(_)
        | DueObject::Slice(_)
        | DueObject::Claim(_)
        | DueObject::Restitution(_)
        | DueObject::Search(_) => None,
    }
}

fn query_of(task: &Task) -> Option<Query> {
    match task {
        Task::Payment(id) => Some(Query::Payment(*id)),
        Task::Refund(id) => Some(Query::RailRefund(*id)),
        Task::TakenBack(_) => None,
    }
}
