//! A book as the routes see it: its writer, its readers, its guess budgets.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base::Instant;
use engine::{Answer, Query};
use risk::budget::{GuessBudgets, Limits};
use store::{BookName, BookRecord, Reader};
use tokio::sync::{Semaphore, oneshot};
use writer::{Archived, Figures, Handle, Outcome, Removal, Request, Trouble};

use crate::blocking;
use crate::problem::catalog::Entry;
use crate::problem::{Busy, Problem, catalog};

/// Time that a list may take.
const READ_TIME_MAX: Duration = Duration::from_secs(1);

/// Time that a report may take, waiting for its turn included.
const REPORT_TIME_MAX: Duration = Duration::from_secs(30);

/// A served book.
pub struct Book {
    record: BookRecord,
    handle: Handle,
    /// Sequence of the last record when it was opened here.
    opened_at_seq: u64,
    readers: Arc<Readers>,
    /// One report at a time: they read the whole book.
    turn: Arc<Semaphore>,
    budgets: Mutex<GuessBudgets>,
}

impl Book {
    /// A book with its writer and some readers: as many lists can be read at once.
    pub fn new(record: BookRecord, handle: Handle, readers: Vec<Box<dyn Reader>>) -> Book {
        let free = Semaphore::new(readers.len());
        Book {
            record,
            opened_at_seq: handle.figures().seq(),
            handle,
            readers: Arc::new(Readers { free, idle: Mutex::new(readers) }),
            turn: Arc::new(Semaphore::new(1)),
            budgets: Mutex::new(GuessBudgets::new(Limits::default())),
        }
    }

    /// Its name, which is part of every keyed hash.
    pub fn name(&self) -> &str {
        self.record.name.as_str()
    }

    /// Its name, for the control store.
    pub(crate) fn book_name(&self) -> &BookName {
        &self.record.name
    }

    /// True when its clock may be moved.
    pub fn is_test(&self) -> bool {
        self.record.is_test
    }

    /// The number that a restore changes: cursors carry it.
    pub(crate) fn incarnation(&self) -> u64 {
        self.record.incarnation
    }

    /// Its writer.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// What its writer does.
    pub(crate) fn figures(&self) -> &Figures {
        self.handle.figures()
    }

    /// What was written before it was opened here may still be missing in the tables, whoever
    /// wrote it: the last sequence that this is true of.
    pub(crate) fn opened_at_seq(&self) -> u64 {
        self.opened_at_seq
    }

    /// Its guess budgets. Nothing waits while holding them.
    pub(crate) fn budgets(&self) -> MutexGuard<'_, GuessBudgets> {
        self.budgets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has commands decided; one outcome each, in order.
    pub(crate) async fn decide(
        &self,
        requests: Vec<Request>,
        atomic: bool,
    ) -> Result<Vec<Outcome>, Trouble> {
        let (sender, receiver) = oneshot::channel();
        self.handle.submit(requests, atomic, move |outcomes| {
            // Nobody waits when the caller has gone away; the decision stands.
            let _ = sender.send(outcomes);
        })?;
        receiver.await.map_err(|_| ended())
    }

    /// Asks one question of the writer, whose answer is never stale.
    pub(crate) async fn ask(&self, query: Query) -> Result<Option<Answer>, Trouble> {
        let (sender, receiver) = oneshot::channel();
        self.handle.query(vec![query], move |answers| {
            let _ = sender.send(answers);
        })?;
        let mut answers = receiver.await.map_err(|_| ended())??;
        Ok(answers.pop().flatten())
    }

    /// The book's time, which in a test book is not that of the wall.
    ///
    /// # Errors
    ///
    /// `unavailable`, `busy`.
    pub(crate) async fn time(&self) -> Result<Instant, Problem> {
        match self.ask(Query::Book).await? {
            Some(Answer::Book { now, .. }) => Ok(now),
            _ => Err(Problem::new(&catalog::UNAVAILABLE)),
        }
    }

    /// Waits until lists show every change up to `seq`.
    pub(crate) async fn flush(&self, seq: u64) -> Result<(), Trouble> {
        let (sender, receiver) = oneshot::channel();
        self.handle.flush(seq, move |done| {
            let _ = sender.send(done);
        })?;
        receiver.await.map_err(|_| ended())?
    }

    /// Has what is archived removed from the journal.
    pub(crate) async fn remove(&self, archived: Archived) -> Result<Removal, Trouble> {
        let (sender, receiver) = oneshot::channel();
        self.handle.remove(archived, move |removal| {
            let _ = sender.send(removal);
        })?;
        receiver.await.map_err(|_| ended())?
    }

    /// Reads a list, beside the writer and for a short time only.
    ///
    /// # Errors
    ///
    /// `busy` when no reader is free or it takes too long; `unavailable`.
    pub(crate) async fn read<T, E>(
        &self,
        read: impl FnOnce(&mut dyn Reader) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: std::fmt::Display + Send + 'static,
    {
        let lent = Arc::clone(&self.readers).lend(read);
        let in_time = tokio::time::timeout(READ_TIME_MAX, lent).await;
        in_time.map_err(|_| too_slow(&catalog::BUSY))??.map_err(unavailable)
    }

    /// Makes a report, beside the writer and one at a time.
    ///
    /// # Errors
    ///
    /// Those of `make`; `busy` when it takes too long; `unavailable`.
    pub(crate) async fn report<T: Send + 'static>(
        &self,
        make: impl FnOnce(&Handle, &mut dyn Reader) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.in_turn(make, &catalog::BUSY).await
    }

    /// Does work that writes, in turn with reports. It goes on when its caller does not wait.
    ///
    /// # Errors
    ///
    /// Those of `work`; `outcome_unknown` when it takes too long; `unavailable`.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Handle, &mut dyn Reader) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.in_turn(work, &catalog::OUTCOME_UNKNOWN).await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Handle, &mut dyn Reader) -> Result<T, Problem> + Send + 'static,
        late: &'static Entry,
    ) -> Result<T, Problem> {
        let (turn, readers) = (Arc::clone(&self.turn), Arc::clone(&self.readers));
        let handle = self.handle.clone();
        let lent = async move {
            let turn = turn.acquire_owned().await.map_err(unavailable)?;
            let work = move |reader: &mut dyn Reader| {
                // Whoever has left does not let the next one in: the work goes on.
                let _turn = turn;
                work(&handle, reader)
            };
            readers.lend(work).await?
        };
        let in_time = tokio::time::timeout(REPORT_TIME_MAX, lent).await;
        in_time.map_err(|_| too_slow(late))?
    }
}

/// Readers that wait for work.
struct Readers {
    free: Semaphore,
    idle: Mutex<Vec<Box<dyn Reader>>>,
}

impl Readers {
    /// Runs `work` with a reader in a blocking task, once one is free. The reader is taken inside
    /// the task and given back by it: one that outlives its time limit still holds its reader.
    async fn lend<T: Send + 'static>(
        self: Arc<Self>,
        work: impl FnOnce(&mut dyn Reader) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        self.free.acquire().await.map_err(unavailable)?.forget();
        let task = blocking::spawn(move || {
            let taken = self.idle().pop();
            let mut reader = taken.expect("there is an idle reader for every permit");
            let result = work(reader.as_mut());
            self.idle().push(reader);
            self.free.add_permits(1);
            result
        });
        task.await.map_err(unavailable)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Box<dyn Reader>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn too_slow(entry: &'static Entry) -> Problem {
    Problem::new(entry).because(Busy::ReadTooSlow)
}

fn unavailable(why: impl std::fmt::Display) -> Problem {
    tracing::warn!(%why, "a reader failed");
    Problem::new(&catalog::UNAVAILABLE)
}

fn ended() -> Trouble {
    Trouble::Ended("it stopped before it answered".to_owned())
}
