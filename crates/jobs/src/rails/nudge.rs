//! What somebody who waits has just asked for is handed to the desks at once.
//!
//! It has a thread of its own: the regular runs may be waiting for a rail.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use base::{CheckoutId, RailRefundId};

use super::caller::Shared;
use super::report::RailReport;
use super::rows::payments_of;
use crate::JobError;
use crate::worker::Work;

/// A hint that something wants a rail.
#[derive(Clone, Copy, Debug)]
pub(super) enum Nudge {
    /// A payment of this checkout.
    Checkout(CheckoutId),
    /// This refund.
    Refund(RailRefundId),
}

/// The thread that follows nudges.
pub(super) struct Follower(pub(super) Arc<Shared>);

impl Work for Follower {
    type Message = Nudge;

    fn run(&mut self, nudges: &Receiver<Nudge>) {
        self.0.follow_all(nudges);
    }

    fn panicked(&mut self) {
        self.0.report(RailReport::WorkerPanicked);
    }
}

impl Shared {
    /// Follows nudges until the caller stops or the writer has ended.
    pub(super) fn follow_all(self: &Arc<Self>, nudges: &Receiver<Nudge>) {
        for nudge in nudges {
            let ended = self.follow(nudge);
            if self.is_over(ended) {
                return;
            }
        }
    }

    fn follow(self: &Arc<Self>, nudge: Nudge) -> Result<(), JobError> {
        match nudge {
            Nudge::Checkout(id) => {
                let Some(checkout) = self.checkout(id)? else { return Ok(()) };
                for payment in payments_of(&checkout) {
                    if let Some(payment) = self.payment(payment)? {
                        self.want_payment(&payment)?;
                    }
                }
            }
            Nudge::Refund(id) => {
                if let Some(refund) = self.refund(id)? {
                    self.want_refund(&refund)?;
                }
            }
        }
        Ok(())
    }
}
