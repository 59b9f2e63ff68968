//! A book as the routes see it: its writer, its readers, its guess budgets.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engine::{Answer, Query};
use risk::budget::{GuessBudgets, Limits};
use store::{BookName, Reader, StoreError};
use tokio::sync::{Semaphore, oneshot};
use writer::{Handle, Outcome, Request, Trouble};

use crate::problem::{Problem, catalog};

/// Time that a list or report may take.
const READ_TIME_MAX: Duration = Duration::from_secs(1);

/// A served book.
pub struct Book {
    name: BookName,
    is_test: bool,
    handle: Handle,
    readers: Arc<Readers>,
    budgets: Mutex<GuessBudgets>,
}

impl Book {
    /// A book with its writer and some readers: as many lists can be read at once.
    pub fn new(
        name: BookName,
        is_test: bool,
        handle: Handle,
        readers: Vec<Box<dyn Reader>>,
    ) -> Book {
        let free = Semaphore::new(readers.len());
        Book {
            name,
            is_test,
            handle,
            readers: Arc::new(Readers { free, idle: Mutex::new(readers) }),
            budgets: Mutex::new(GuessBudgets::new(Limits::default())),
        }
    }

    /// Its name, which is part of every keyed hash.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Its name, for the control store.
    pub(crate) fn book_name(&self) -> &BookName {
        &self.name
    }

    /// True when its clock may be moved.
    pub fn is_test(&self) -> bool {
        self.is_test
    }

    /// Its writer.
    pub fn handle(&self) -> &Handle {
        &self.handle
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

    /// Waits until lists show every change up to `seq`.
    pub(crate) async fn flush(&self, seq: u64) -> Result<(), Trouble> {
        let (sender, receiver) = oneshot::channel();
        self.handle.flush(seq, move |done| {
            let _ = sender.send(done);
        })?;
        receiver.await.map_err(|_| ended())?
    }

    /// Reads lists or reports, beside the writer and for a short time only.
    ///
    /// # Errors
    ///
    /// `busy` when no reader is free or it takes too long; `unavailable`.
    #[expect(dead_code, reason = "lists read this way")]
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut dyn Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let readers = Arc::clone(&self.readers);
        let work = async move {
            let permit = readers.free.acquire().await.map_err(|_| unavailable("closed"))?;
            // The reader itself is taken inside the blocking task, and its permit given back by
            // it: a task that outlives the time limit still holds both.
            permit.forget();
            let task = tokio::task::spawn_blocking(move || readers.run(read)).await;
            task.map_err(unavailable)?.map_err(unavailable)
        };
        let in_time = tokio::time::timeout(READ_TIME_MAX, work).await;
        in_time.map_err(|_| Problem::new(&catalog::BUSY))?
    }
}

/// Readers that wait for work.
struct Readers {
    free: Semaphore,
    idle: Mutex<Vec<Box<dyn Reader>>>,
}

impl Readers {
    fn run<T>(
        &self,
        read: impl FnOnce(&mut dyn Reader) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let taken = self.idle().pop();
        let mut reader = taken.expect("there is an idle reader for every permit");
        let result = read(reader.as_mut());
        self.idle().push(reader);
        self.free.add_permits(1);
        result
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Box<dyn Reader>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unavailable(why: impl std::fmt::Display) -> Problem {
    tracing::warn!(%why, "a reader failed");
    Problem::new(&catalog::UNAVAILABLE)
}

fn ended() -> Trouble {
    Trouble::Ended("it stopped before it answered".to_owned())
}
