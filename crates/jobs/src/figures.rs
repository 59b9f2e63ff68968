//! Figures of what leaves a book by itself.

use std::sync::atomic::{AtomicU64, Ordering};

use base::Instant;

/// What the threads of a book that send webhooks and mails count; anybody may read it.
#[derive(Debug, Default)]
pub struct OutgoingFigures {
    /// Of webhooks.
    pub webhooks: WebhookFigures,
    /// Of mails.
    pub mails: MailFigures,
}

/// A number that one thread writes.
#[derive(Debug, Default)]
pub struct Figure(AtomicU64);

/// Figures of the webhooks of a book.
#[derive(Debug, Default)]
pub struct WebhookFigures {
    /// Attempts that an endpoint took.
    pub delivered: Figure,
    /// Attempts that failed.
    pub failed: Figure,
    /// Deliveries that are tried again.
    pub retrying: Figure,
    /// Since when the endpoint that is furthest behind has not caught up with the journal as it was
    /// then, in microseconds; 0 when none is behind.
    pub behind_since_micros: Figure,
    /// Endpoints that are told nothing, though their owner has not switched them off.
    pub switched_off: Figure,
}

/// Figures of the mails of a book.
#[derive(Debug, Default)]
pub struct MailFigures {
    /// Mails that a server took.
    pub sent: Figure,
    /// Attempts after which a mail waits to be tried again, because nobody took it.
    pub deferred: Figure,
    /// Mails that were refused for good or given up, and gifts that have nobody to go to.
    pub bounced: Figure,
    /// Attempts of which nobody knows how they ended.
    pub unknown: Figure,
    /// Mails that wait.
    pub waiting: Figure,
    /// When the first of those was asked for, in microseconds; 0 when none waits.
    pub waiting_since_micros: Figure,
}

impl Figure {
    /// Its value.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Counts one more.
    pub(crate) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Puts another value.
    pub(crate) fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    /// Puts an instant, or that there is none.
    pub(crate) fn set_instant(&self, at: Option<Instant>) {
        self.set(at.map_or(0, |at| at.micros().unsigned_abs()));
    }
}
