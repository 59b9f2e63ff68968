//! The bounded queue in front of the writer's thread.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::handle::{Job, Trouble};

/// How often the writer steps back while the queue is still growing.
const YIELDS_MAX: usize = 8;

/// Jobs in order of arrival. Its size is counted in commands and queries, not in jobs, so that
/// a thousand operations in one call weigh as much as a thousand calls.
pub(crate) struct Queue {
    capacity: usize,
    inner: Mutex<Inner>,
    arrived: Condvar,
}

#[derive(Default)]
struct Inner {
    /// Each with the time of its arrival.
    jobs: VecDeque<(Instant, Job)>,
    waiting: usize,
    closed: Option<String>,
    /// True when the book's next owner sweeps what this one has not.
    is_leaving: bool,
    /// True when other processes may own the book: whoever is turned away may go there.
    is_leased: bool,
    writer_sleeps: bool,
}

/// What the writer gets from the queue.
pub(crate) enum Taken {
    /// Jobs to do.
    Jobs(Vec<Job>),
    /// Nothing arrived in time.
    Idle,
    /// The queue is closed and empty; everything is to be swept.
    Closed,
    /// The queue is closed and empty; the next owner of the book waits.
    Left,
}

impl Queue {
    pub(crate) fn new(capacity: usize) -> Queue {
        Queue { capacity, inner: Mutex::default(), arrived: Condvar::new() }
    }

    pub(crate) fn push(&self, job: Job) -> Result<(), Trouble> {
        let (weight, arrived) = (job.weight(), now());
        let mut inner = self.lock();
        if let Some(reason) = &inner.closed {
            return Err(match inner.is_leased {
                true => Trouble::Moved,
                false => Trouble::Ended(reason.clone()),
            });
        }
        // A job that is larger than the whole queue is taken when nothing else waits.
        if inner.waiting > 0 && inner.waiting + weight > self.capacity {
            return Err(Trouble::Busy);
        }
        inner.waiting += weight;
        inner.jobs.push_back((arrived, job));
        let wake = std::mem::take(&mut inner.writer_sleeps);
        drop(inner);
        if wake {
            self.arrived.notify_one();
        }
        Ok(())
    }

    /// Whatever waits, up to `weight_max`, without waiting for more; blocks for the first job
    /// until `patience` is over.
    pub(crate) fn take(&self, weight_max: usize, patience: Duration) -> Taken {
        let mut inner = self.lock();
        if inner.jobs.is_empty() && inner.closed.is_none() && !patience.is_zero() {
            inner.writer_sleeps = true;
            let waited = self.arrived.wait_timeout(inner, patience);
            inner = waited.unwrap_or_else(PoisonError::into_inner).0;
            inner.writer_sleeps = false;
        }
        if inner.jobs.is_empty() {
            return match (&inner.closed, inner.is_leaving) {
                (None, _) => Taken::Idle,
                (Some(_), false) => Taken::Closed,
                (Some(_), true) => Taken::Left,
            };
        }
        let mut inner = self.let_others_push(inner);
        let mut jobs = Vec::with_capacity(inner.jobs.len().min(weight_max));
        let mut weight = 0;
        while let Some((_, job)) = inner.jobs.front() {
            let next = job.weight();
            if weight > 0 && weight + next > weight_max {
                break;
            }
            weight += next;
            jobs.extend(inner.jobs.pop_front().map(|(_, job)| job));
        }
        inner.waiting -= weight;
        Taken::Jobs(jobs)
    }

    /// Lets threads that are about to push do so: no waiting, only not being first. On few cores a
    /// writer that never yields commits a handful at a time, and every commit is a sync.
    fn let_others_push<'a>(&'a self, mut inner: MutexGuard<'a, Inner>) -> MutexGuard<'a, Inner> {
        for _ in 0..YIELDS_MAX {
            let waiting = inner.waiting;
            drop(inner);
            std::thread::yield_now();
            inner = self.lock();
            if inner.waiting == waiting {
                break;
            }
        }
        inner
    }

    /// From now on whoever is turned away is sent to the next owner.
    pub(crate) fn lease(&self) {
        self.lock().is_leased = true;
    }

    /// Takes nothing new from now on; what waits is still done, and the tables wait.
    pub(crate) fn leave(&self) {
        self.lock().is_leaving = true;
        self.close_because("the book is handed over");
    }

    /// Why it takes nothing new, if that is so.
    pub(crate) fn closed(&self) -> Option<String> {
        self.lock().closed.clone()
    }

    /// Takes nothing new from now on and says why; what waits is still done.
    pub(crate) fn close_because(&self, reason: &str) {
        let mut inner = self.lock();
        if inner.closed.is_none() {
            inner.closed = Some(reason.to_owned());
        }
        drop(inner);
        self.arrived.notify_all();
    }

    /// Drops what waits unanswered; the callers notice that their answer can no longer come.
    pub(crate) fn drop_all(&self) {
        let jobs = std::mem::take(&mut self.lock().jobs);
        drop(jobs);
    }

    /// Commands and queries that wait.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().waiting
    }

    /// How long the one that came first has waited.
    pub(crate) fn oldest(&self) -> Duration {
        let arrived = self.lock().jobs.front().map(|(arrived, _)| *arrived);
        arrived.map_or(Duration::ZERO, |arrived| now().saturating_duration_since(arrived))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A caller that panicked while it pushed left the queue as it was.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Measures how long jobs wait, for the figures; nothing is decided by it.
#[expect(clippy::disallowed_methods, reason = "measures only")]
fn now() -> Instant {
    Instant::now()
}

impl Job {
    fn weight(&self) -> usize {
        match self {
            Job::Commands { requests, .. } => requests.len().max(1),
            Job::Queries { queries, .. } => queries.len().max(1),
            Job::Flush { .. } | Job::Remove { .. } => 1,
        }
    }
}
