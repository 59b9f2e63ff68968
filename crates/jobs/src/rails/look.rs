//! The regular runs: messages of sandboxes are fetched, and what is due is handed to the desks.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use base::{CheckoutId, Instant, RailRefundId};
use writer::Trouble;

use super::caller::{OpenRail, Shared};
use super::find::Freshness;
use super::report::RailReport;
use super::rows::payments_of;
use super::schedule::Wish;
use crate::JobError;

/// A hint that something wants a rail.
#[derive(Clone, Copy, Debug)]
pub(super) enum Nudge {
    /// A payment of this checkout.
    Checkout(CheckoutId),
    /// This refund.
    Refund(RailRefundId),
}

/// The thread of the runs.
pub(super) struct Looks {
    shared: Arc<Shared>,
    nudges: Receiver<Nudge>,
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
    pub(super) fn new(
        shared: Arc<Shared>,
        nudges: Receiver<Nudge>,
        interval: Duration,
        late: Vec<OpenRail>,
    ) -> Looks {
        Looks { shared, nudges, interval, late, quiet: None }
    }

    pub(super) fn run(mut self) {
        let clock = Arc::clone(&self.shared.clock);
        let mut next_run = clock.monotonic();
        loop {
            if next_run <= clock.monotonic() {
                let ended = self.look();
                if self.is_over(ended) {
                    return;
                }
                next_run = clock.monotonic() + self.interval;
            }
            let patience = next_run.saturating_sub(clock.monotonic());
            match self.nudges.recv_timeout(patience) {
                Ok(nudge) => {
                    let ended = self.follow(nudge);
                    if self.is_over(ended) {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// True when the writer has ended. Any other failure is reported, and the next run tries again.
    fn is_over(&self, ended: Result<(), JobError>) -> bool {
        match ended {
            Ok(()) => false,
            Err(JobError::Writer(Trouble::Ended(_) | Trouble::Moved)) => true,
            Err(error) => {
                self.shared.report(RailReport::Failed(error));
                false
            }
        }
    }

    fn look(&mut self) -> Result<(), JobError> {
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
            if !desk.is_seen_to(&self.shared, &task) {
                desk.add(&self.shared, task, Wish::default());
            }
        }
        if found.is_quiet {
            self.quiet = Some(Quiet { seq, until: found.next });
        }
        Ok(())
    }

    fn follow(&self, nudge: Nudge) -> Result<(), JobError> {
        let shared = &self.shared;
        match nudge {
            Nudge::Checkout(id) => {
                let Some(checkout) = shared.checkout(id)? else { return Ok(()) };
                for payment in payments_of(&checkout) {
                    if let Some(payment) = shared.payment(payment)? {
                        shared.want_payment(&payment)?;
                    }
                }
            }
            Nudge::Refund(id) => {
                if let Some(refund) = shared.refund(id)? {
                    shared.want_refund(&refund)?;
                }
            }
        }
        Ok(())
    }
}
