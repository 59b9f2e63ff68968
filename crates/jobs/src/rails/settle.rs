//! Calling rails at once and waiting for it, for whoever moves a test clock.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use base::Instant;

use super::caller::{RailCaller, Shared};
use super::find::Freshness;
use super::schedule::Wish;
use crate::JobError;

/// How long rails may take during one move of the clock. What they have not answered by then is
/// left to the regular runs.
const SETTLE_TIME_MAX: Duration = Duration::from_secs(20);

/// Rounds of calls at one instant; each does all that is due, so a payment takes a few.
const ROUNDS_MAX: u32 = 64;

/// Rails that are being waited for.
pub(crate) struct Settling {
    shared: Arc<Shared>,
    until: Duration,
}

impl RailCaller {
    /// From now on the caller is waited for, for a while.
    pub(crate) fn settling(&self) -> Settling {
        let shared = Arc::clone(self.shared());
        let until = shared.clock.monotonic() + SETTLE_TIME_MAX;
        Settling { shared, until }
    }
}

impl Settling {
    /// Does everything that rails are to be asked by now, and whatever follows from it. What rests,
    /// or is put off by what a rail says, is left.
    pub(crate) fn settle(&self) -> Result<(), JobError> {
        let shared = &self.shared;
        for _ in 0..ROUNDS_MAX {
            if self.until <= shared.clock.monotonic() {
                break;
            }
            let received = shared.fetch_messages();
            let now = shared.now()?;
            let found = shared.find_due(now, Freshness::UpToDate)?;
            let is_quiet = received == 0 && found.tasks.is_empty();
            let mut receipts = Vec::new();
            for (desk, task) in found.tasks {
                let (sender, receipt) = mpsc::channel();
                let wish = Wish { receipts: vec![sender], ..Wish::default() };
                if desk.add(shared, task, wish) {
                    receipts.push(receipt);
                }
            }
            for receipt in &receipts {
                let patience = self.until.saturating_sub(shared.clock.monotonic());
                // Done or not: the next round sees what is left.
                let _ = receipt.recv_timeout(patience);
            }
            let asked = shared.go_rounds_until(now, self.until)?;
            if is_quiet && asked == 0 {
                break;
            }
        }
        Ok(())
    }

    /// When something happens at a simulated rail by itself, or a message of one arrives.
    pub(crate) fn next_change(&self) -> Option<Instant> {
        let desks = self.shared.desks();
        let next = |desk: &Arc<super::desk::Desk>| desk.connected.sandbox.as_ref()?.next_change();
        desks.iter().filter_map(next).min()
    }
}
