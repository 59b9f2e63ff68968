//! The regular runs: messages of sandboxes are fetched, and what is due is handed to the desks.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use base::Instant;

use super::caller::{OpenRail, Shared};
use super::find::Freshness;
use super::report::RailReport;
use super::schedule::Wish;
use crate::JobError;
use crate::worker::Work;

/// The thread of the runs.
pub(super) struct Looks {
    shared: Arc<Shared>,
    interval: Duration,
    /// Rails that could not be opened yet.
    late: Vec<OpenRail>,
    /// What the last run has seen, when it found nothing to do.
    quiet: Option<Quiet>,
}

/// Nothing is due until then, unless something is written.
struct Quiet {
    seq: u64,
    until: Option<Instant>,
}

impl Looks {
    pub(super) fn new(shared: Arc<Shared>, interval: Duration, late: Vec<OpenRail>) -> Looks {
        Looks { shared, interval, late, quiet: None }
    }

    fn look(&mut self) -> Result<(), JobError> {
        self.look_for_due()?;
        self.shared.go_rounds(self.shared.now()?)
    }

    fn look_for_due(&mut self) -> Result<(), JobError> {
        let waiting = self.late.len();
        self.late.retain_mut(|open| !self.shared.opens(open));
        if self.late.len() < waiting {
            self.quiet = None;
        }
        self.shared.fetch_messages();
        let (seq, now) = (self.shared.handle.figures().seq(), self.shared.now()?);
        let is_quiet = |quiet: &Quiet| quiet.seq == seq && quiet.until.is_none_or(|at| now < at);
        if self.quiet.as_ref().is_some_and(is_quiet) {
            return Ok(());
        }
        self.quiet = None;
        let found = self.shared.find_due(now, Freshness::WhenCheap)?;
        for (desk, task) in found.tasks {
            desk.add(&self.shared, task, Wish::default());
        }
        if found.is_quiet {
            self.quiet = Some(Quiet { seq, until: found.next });
        }
        Ok(())
    }
}

impl Work for Looks {
    /// The inbox is closed when the caller stops.
    type Message = Infallible;

    fn run(&mut self, stop: &Receiver<Infallible>) {
        self.quiet = None;
        let clock = Arc::clone(&self.shared.clock);
        loop {
            let next_run = clock.monotonic() + self.interval;
            let ended = self.look();
            if self.shared.is_over(ended) {
                return;
            }
            let patience = next_run.saturating_sub(clock.monotonic());
            match stop.recv_timeout(patience) {
                Ok(never) => match never {},
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn panicked(&mut self) {
        self.shared.report(RailReport::WorkerPanicked);
    }
}
