//! The writer as its callers see it: a bounded queue with answers.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use base::{Instant, KeyId};
use engine::{Answer, Command, OperationKey, Query, Refusal};
use store::Head;

use crate::figures::Figures;
use crate::queue::Queue;
use crate::removal::{Archived, Removal};

/// One command with who gave it and, if it must be exactly-once, its operation.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is to be decided.
    pub command: Command,
    /// The API key that gave it.
    pub actor: KeyId,
    /// Its operation, when it came with an idempotency key.
    pub operation: Option<Operation>,
}

/// An idempotency key and what was asked under it, both as keyed hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Hash of the key.
    pub key: OperationKey,
    /// Hash of path and body; another one under the same key is a mismatch.
    pub fingerprint: [u8; 16],
}

/// A decision that may be told: it is on disk, or it needed no disk.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The answer or the refusal.
    pub result: Result<Answer, Refusal>,
    /// True when an earlier decision is repeated.
    pub replayed: bool,
    /// Sequence of the record; zero for refusals that are not recorded.
    pub seq: u64,
    /// The book's time of the decision; of the first one when it is repeated.
    pub at: Instant,
}

/// Why there is no decision.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The queue is full: nothing was done, try again soon.
    #[error("too much is waiting; try again in a moment")]
    Busy,
    /// The key was used before for something else: nothing was done.
    #[error("the idempotency key was used for another request")]
    Mismatch,
    /// The store cannot write now: nothing was done, try again.
    #[error("the store cannot write now: {0}")]
    Unavailable(String),
    /// What was decided cannot be kept, for it could not be read again: a rule is wrong. Nothing
    /// was done, and asking again brings the same; a person must look.
    #[error("a rule is wrong, nothing was done: {0}")]
    Unkept(String),
    /// Another process owns this book, or soon will: nothing was done, and the same call may be
    /// made of the new owner.
    #[error("this book is moving to another process")]
    Moved,
    /// The writer has ended; what was asked may or may not have happened, its key will tell.
    #[error("the writer of this book has ended: {0}")]
    Ended(String),
}

/// What a caller gets for one request.
pub type Outcome = Result<Decided, Trouble>;

/// Called once with one outcome a request.
pub(crate) type OutcomesReply = Box<dyn FnOnce(Vec<Outcome>) + Send>;

/// Called once with one answer a query; `None` where there is no such object.
pub(crate) type AnswersReply = Box<dyn FnOnce(Result<Vec<Option<Answer>>, Trouble>) + Send>;

/// Called once with the head when the tables have caught up.
pub(crate) type FlushReply = Box<dyn FnOnce(Result<Head, Trouble>) + Send>;

/// Called once when a removal is done, or as far as one request goes.
pub(crate) type RemovalReply = Box<dyn FnOnce(Result<Removal, Trouble>) + Send>;

/// What waits in the queue.
pub(crate) enum Job {
    /// Commands, in order.
    Commands {
        requests: Vec<Request>,
        /// True when all must succeed for any to happen.
        atomic: bool,
        reply: OutcomesReply,
    },
    /// Queries, answered from committed rows.
    Queries { queries: Vec<Query>, reply: AnswersReply },
    /// Brings the tables up to a sequence.
    Flush { seq: u64, reply: FlushReply },
    /// Removes from the journal what is archived.
    Remove { archived: Archived, reply: RemovalReply },
}

/// A way to the writer of one book; cheap to clone.
#[derive(Clone)]
pub struct Handle {
    pub(crate) queue: Arc<Queue>,
    pub(crate) figures: Arc<Figures>,
}

impl Handle {
    /// Queues commands; `reply` is called once, from the writer's thread, with one outcome a
    /// request. Commands of one call are decided in order; when `atomic`, all or none happen.
    ///
    /// # Errors
    ///
    /// [`Trouble::Busy`] or [`Trouble::Ended`]; `reply` is not called then.
    pub fn submit(
        &self,
        requests: Vec<Request>,
        atomic: bool,
        reply: impl FnOnce(Vec<Outcome>) + Send + 'static,
    ) -> Result<(), Trouble> {
        self.queue.push(Job::Commands { requests, atomic, reply: Box::new(reply) })
    }

    /// Queues questions; answers show committed rows only and are never stale.
    ///
    /// # Errors
    ///
    /// As [`Handle::submit`].
    pub fn query(
        &self,
        queries: Vec<Query>,
        reply: impl FnOnce(Result<Vec<Option<Answer>>, Trouble>) + Send + 'static,
    ) -> Result<(), Trouble> {
        self.queue.push(Job::Queries { queries, reply: Box::new(reply) })
    }

    /// Asks for every change up to `seq` to be in the tables, so that a list shows it; up to all
    /// there is when `seq` does not exist yet. The answer is the head row as it is then: a reader
    /// that shows another epoch, or less, reads something else.
    ///
    /// # Errors
    ///
    /// As [`Handle::submit`].
    pub fn flush(
        &self,
        seq: u64,
        reply: impl FnOnce(Result<Head, Trouble>) + Send + 'static,
    ) -> Result<(), Trouble> {
        self.queue.push(Job::Flush { seq, reply: Box::new(reply) })
    }

    /// Asks for the beginning of the journal to be removed: blocks that are in the archive which
    /// ends there, older than the retention, in the tables, and not the record of an idempotency
    /// key that is still known. Some 16 MB at a time: [`Removal::Removed`] says whether to ask
    /// again.
    ///
    /// # Errors
    ///
    /// As [`Handle::submit`].
    pub fn remove(
        &self,
        archived: Archived,
        reply: impl FnOnce(Result<Removal, Trouble>) + Send + 'static,
    ) -> Result<(), Trouble> {
        self.queue.push(Job::Remove { archived, reply: Box::new(reply) })
    }

    /// [`Handle::submit`] for callers that may block: command line, import, jobs.
    ///
    /// # Errors
    ///
    /// As [`Handle::submit`], and [`Trouble::Ended`] when the writer ended before it answered.
    pub fn decide(&self, requests: Vec<Request>, atomic: bool) -> Result<Vec<Outcome>, Trouble> {
        let (sender, receiver) = mpsc::channel();
        self.submit(requests, atomic, move |outcomes| {
            let _ = sender.send(outcomes);
        })?;
        receiver.recv().map_err(|_| ended())
    }

    /// [`Handle::query`] for callers that may block.
    ///
    /// # Errors
    ///
    /// As [`Handle::decide`].
    pub fn ask(&self, query: Query) -> Result<Option<Answer>, Trouble> {
        let (sender, receiver) = mpsc::channel();
        self.query(vec![query], move |answers| {
            let _ = sender.send(answers);
        })?;
        let mut answers = receiver.recv().map_err(|_| ended())??;
        Ok(answers.pop().flatten())
    }

    /// [`Handle::flush`] for callers that may block.
    ///
    /// # Errors
    ///
    /// As [`Handle::decide`].
    pub fn flush_and_wait(&self, seq: u64) -> Result<Head, Trouble> {
        let (sender, receiver) = mpsc::channel();
        self.flush(seq, move |done| {
            let _ = sender.send(done);
        })?;
        receiver.recv().map_err(|_| ended())?
    }

    /// [`Handle::remove`] for callers that may block.
    ///
    /// # Errors
    ///
    /// As [`Handle::decide`], and [`Trouble::Busy`] while another removal is under way.
    pub fn remove_and_wait(&self, archived: Archived) -> Result<Removal, Trouble> {
        let (sender, receiver) = mpsc::channel();
        self.remove(archived, move |removal| {
            let _ = sender.send(removal);
        })?;
        receiver.recv().map_err(|_| ended())?
    }

    /// What the writer is doing, for metrics and progress.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// Commands and queries that wait now.
    pub fn waiting(&self) -> usize {
        self.queue.waiting()
    }

    /// How long the one of them that came first has waited.
    pub fn oldest_waiting(&self) -> Duration {
        self.queue.oldest()
    }

    /// Asks the writer to end: it takes nothing new, answers what waits, sweeps, and stops.
    pub fn stop(&self) {
        self.queue.close_because("the service is stopping");
    }

    /// Asks the writer to end soon, for another process to take over: it takes nothing new,
    /// answers what waits, and leaves to the journal what is not in the tables yet.
    pub fn leave(&self) {
        self.queue.leave();
    }

    /// Why the writer takes nothing new any more, if that is so.
    pub fn ended(&self) -> Option<String> {
        self.queue.closed()
    }
}

fn ended() -> Trouble {
    Trouble::Ended("it stopped before it answered".to_owned())
}
