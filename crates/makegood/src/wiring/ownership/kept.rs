//! What is known about one book of the installation.

use std::sync::Arc;
use std::time::Duration;

use http::ReadSide;
use store::{BookName, BookRecord, Term};
use writer::{Lease, Running};

use super::{Pace, Workers};
use crate::failure::Failure;

/// A book, whoever owns it.
pub(super) struct Kept {
    pub(super) record: BookRecord,
    pub(super) reads: Arc<ReadSide>,
    /// The lease, while it is ours.
    pub(super) held: Option<Held>,
    /// When it may be opened again.
    pub(super) not_before: Duration,
    /// How long the next pause is.
    pause: Duration,
    /// Why it could not be opened the last time.
    trouble: Option<String>,
}

/// A lease of ours.
pub(super) struct Held {
    pub(super) term: Term,
    pub(super) lease: Lease,
    /// When the last renewal that succeeded was sent.
    pub(super) renewed_at: Duration,
    pub(super) stage: Stage,
}

/// What is going on with a book whose lease is ours.
pub(super) enum Stage {
    /// A thread opens it.
    Opening,
    /// It is served.
    Serving(Running, Option<Box<Workers>>),
    /// Its writer has ended; it is opened again after a pause.
    Resting,
    /// It is given up, once its writer has stopped.
    Closing,
}

impl Kept {
    pub(super) fn new(record: BookRecord, reads: Arc<ReadSide>) -> Kept {
        let (not_before, pause) = (Duration::ZERO, Duration::ZERO);
        Kept { record, reads, held: None, not_before, pause, trouble: None }
    }

    /// Something went wrong: the next attempt waits, each time longer.
    pub(super) fn back_off(&mut self, now: Duration, pace: Pace) {
        self.pause = (2 * self.pause).clamp(pace.look_every, pace.pause_max);
        self.not_before = now + self.pause;
    }

    /// It could not be opened; what stays as it is is said once.
    pub(super) fn failed(&mut self, name: &BookName, failure: &Failure) {
        let trouble = failure.to_string();
        if self.trouble.as_ref() == Some(&trouble) {
            tracing::debug!(book = %name, %failure, "the book still cannot be opened here");
        } else {
            tracing::error!(book = %name, %failure, "the book could not be opened here");
            self.trouble = Some(trouble);
        }
    }

    /// It is served well: after a while former trouble is forgotten.
    pub(super) fn served(&mut self, now: Duration, pace: Pace) {
        if now > self.not_before + 2 * pace.pause_max {
            self.pause = Duration::ZERO;
            self.trouble = None;
        }
    }
}
