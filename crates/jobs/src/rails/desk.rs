//! The desk of one rail in one book: what waits for it, and the few threads that call it.
//!
//! Threads are started when there is work and end when there has been none for a while, since most
//! books call their rails seldom. One that hangs in a call holds back this rail only.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rails::Rail;

use super::caller::Shared;
use super::connected::Connected;
use super::report::RailReport;
use super::schedule::{Schedule, Task, Wish};
use super::unheard::Unheard;
use super::visit::Visit;

/// Calls of one rail in one book at the same time.
pub(super) const CALLS_MAX: usize = 4;

/// Messages of one rail that are dealt with at the same time, each by a thread that waits.
const MESSAGES_AT_ONCE_MAX: usize = 32;

/// After which time a thread without work ends.
const IDLE_TIME_MAX: Duration = Duration::from_secs(10);

/// How long an object rests that can neither go on nor be put off in the book.
const REST: Duration = Duration::from_secs(60);

/// How often in a row looking at an object may panic before it rests.
const PANICS_MAX: u32 = 3;

/// A rail with what waits for it.
pub(super) struct Desk {
    pub(super) connected: Connected,
    calls: AtomicU64,
    state: Mutex<State>,
    unheard: Mutex<Unheard>,
    bell: Condvar,
}

/// Somebody receives a message of the rail.
pub(super) struct Listening<'a>(&'a Desk);

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        self.0.state().listening -= 1;
    }
}

#[derive(Default)]
struct State {
    schedule: Schedule,
    threads: usize,
    idle: usize,
    listening: usize,
    is_closed: bool,
    /// Until when, by the steady clock.
    resting: BTreeMap<Task, Duration>,
    /// How often in a row looking at it has panicked.
    panics: BTreeMap<Task, u32>,
}

impl Desk {
    pub(super) fn new(connected: Connected) -> Desk {
        Desk {
            connected,
            calls: AtomicU64::new(0),
            state: Mutex::default(),
            unheard: Mutex::default(),
            bell: Condvar::new(),
        }
    }

    /// The name of the rail.
    pub(super) fn name(&self) -> &'static str {
        self.connected.rail.name()
    }

    /// Whether it is an app store, which makes refunds by itself.
    pub(super) fn is_store(&self) -> bool {
        self.connected.rail.capabilities().store_mediated
    }

    /// The rail, about to be called: deeds and questions are counted.
    pub(super) fn called(&self) -> &dyn Rail {
        self.calls.fetch_add(1, Ordering::Relaxed);
        &*self.connected.rail
    }

    /// What the rail does not do, however often it is called.
    pub(super) fn unheard(&self) -> MutexGuard<'_, Unheard> {
        self.unheard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls so far.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Wants something looked at. False when too much waits, or the caller has been stopped.
    pub(super) fn add(self: &Arc<Self>, shared: &Arc<Shared>, task: Task, wish: Wish) -> bool {
        let mut state = self.state();
        if state.is_closed || !state.schedule.add(task, wish) {
            return false;
        }
        self.staff(&mut state, shared);
        self.bell.notify_one();
        true
    }

    /// Sees to it that somebody does what waits.
    fn staff(self: &Arc<Self>, state: &mut State, shared: &Arc<Shared>) {
        if state.idle < state.schedule.waiting() && state.threads < CALLS_MAX {
            let (desk, shared) = (Arc::clone(self), Arc::clone(shared));
            let thread = thread::Builder::new().name(format!("rail-{}", self.name()));
            // Without a thread it waits for one of the others, or for the next run.
            if thread.spawn(move || desk.work(&shared)).is_ok() {
                state.threads += 1;
            }
        }
    }

    /// True while it need not be added: it waits, or is being looked at.
    pub(super) fn is_seen_to(self: &Arc<Self>, shared: &Arc<Shared>, task: &Task) -> bool {
        let mut state = self.state();
        // Once there may have been no thread for it.
        self.staff(&mut state, shared);
        state.schedule.has(task)
    }

    /// True while nothing more can be added.
    pub(super) fn is_full(&self) -> bool {
        self.state().schedule.is_full()
    }

    /// True while it is to be left alone, at this time of the steady clock.
    pub(super) fn rests(&self, task: &Task, now: Duration) -> bool {
        self.state().resting.get(task).is_some_and(|until| now < *until)
    }

    /// A place for somebody who receives a message; `None` when there is none, because the rail
    /// tells faster than it answers.
    pub(super) fn listen(&self) -> Option<Listening<'_>> {
        let mut state = self.state();
        if state.listening >= MESSAGES_AT_ONCE_MAX {
            return None;
        }
        state.listening += 1;
        Some(Listening(self))
    }

    /// Leaves an object alone for a while.
    pub(super) fn rest(&self, task: Task, now: Duration) {
        let mut state = self.state();
        state.resting.retain(|_, until| *until > now);
        state.resting.insert(task, now + REST);
    }

    /// Takes nothing more; forgets what waits. Calls under way end by themselves.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.schedule.clear();
        self.bell.notify_all();
    }

    /// Waits until no thread is left; false when one still is after the time.
    pub(super) fn wait_closed(&self, time_max: Duration) -> bool {
        let state = self.state();
        let waited = self.bell.wait_timeout_while(state, time_max, |state| state.threads > 0);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    fn work(&self, shared: &Arc<Shared>) {
        while let Some((task, wish)) = self.next() {
            let visit = Visit { shared, desk: self };
            let ended = catch_unwind(AssertUnwindSafe(|| visit.run(&task, wish)));
            // First of all, so that whoever hears of it can have it looked at again.
            self.state().schedule.done(&task);
            self.bell.notify_one();
            match ended {
                Ok((receipts, is_noted)) => {
                    self.state().panics.remove(&task);
                    for receipt in receipts {
                        // Whoever has gone away needs no answer.
                        let _ = receipt.send(is_noted);
                    }
                }
                Err(_) => {
                    self.panicked(task, shared.clock.monotonic());
                    shared.report(RailReport::Panicked { rail: self.name().to_owned() });
                }
            }
        }
    }

    /// A defect that comes back is not met each second.
    fn panicked(&self, task: Task, now: Duration) {
        let panics = {
            let mut state = self.state();
            let panics = state.panics.entry(task.clone()).or_default();
            *panics += 1;
            *panics
        };
        if panics > PANICS_MAX {
            self.rest(task, now);
        }
    }

    /// The next task; nothing when it is time for the thread to end.
    fn next(&self) -> Option<(Task, Wish)> {
        let mut state = self.state();
        loop {
            if !state.is_closed
                && let Some(next) = state.schedule.take()
            {
                return Some(next);
            }
            let mut is_over = state.is_closed;
            if !is_over {
                state.idle += 1;
                let waited = self.bell.wait_timeout(state, IDLE_TIME_MAX);
                let (woken, waited) = waited.unwrap_or_else(PoisonError::into_inner);
                state = woken;
                state.idle -= 1;
                is_over = state.is_closed || (waited.timed_out() && state.schedule.waiting() == 0);
            }
            if is_over {
                state.threads -= 1;
                self.bell.notify_all();
                return None;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
