//! Mails about accounts on their way to the mail server: so many wait, and so many are handed over
//! at once, whoever asks for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base::Span;
use mail::{Message, Outcome};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::blocking;
use crate::problem::{Problem, catalog};

/// Mails that wait at once; more would come too late anyway.
const WAITING_MAX: usize = 500;

/// Mails that are handed over at once, each by a thread of its own.
const AT_ONCE_MAX: usize = 8;

/// What waits.
pub(crate) struct Outbox {
    waiting: AtomicUsize,
    hands: Semaphore,
}

impl Default for Outbox {
    fn default() -> Outbox {
        Outbox { waiting: AtomicUsize::new(0), hands: Semaphore::new(AT_ONCE_MAX) }
    }
}

/// A place for one mail.
pub(crate) struct Place(Arc<App>);

impl Place {
    /// Takes a place, before anything is written down about the mail.
    ///
    /// # Errors
    ///
    /// `busy` when too many mails wait.
    pub(crate) fn take(app: &Arc<App>) -> Result<Place, Problem> {
        let before = app.outbox.waiting.fetch_add(1, Ordering::Relaxed);
        let place = Place(Arc::clone(app));
        match before < WAITING_MAX {
            true => Ok(place),
            false => Err(Problem::new(&catalog::BUSY)),
        }
    }

    /// The server that sends it.
    pub(crate) fn app(&self) -> Arc<App> {
        Arc::clone(&self.0)
    }

    /// Sends the mail, without anybody waiting for it, so that nothing is told of the mail server.
    /// One that the server puts off is tried again after each of these times.
    pub(crate) fn send(self, message: Message, again_after: &'static [Span]) {
        tokio::spawn(async move { self.deliver(message, again_after).await });
    }

    async fn deliver(self, message: Message, again_after: &'static [Span]) {
        let Place(app) = &self;
        let message = Arc::new(message);
        let mut again_after = again_after.iter();
        loop {
            // The semaphore is never closed; if it were, the mail would go all the same.
            let hand = app.outbox.hands.acquire().await;
            let handed = blocking::spawn({
                let (app, message) = (Arc::clone(app), Arc::clone(&message));
                move || hand_over(&app, &message)
            });
            let outcome = handed.await.ok().flatten();
            drop(hand);
            let wait = match outcome {
                Some(Outcome::Sent) => return,
                Some(Outcome::Deferred(_)) => again_after.next(),
                _ => None,
            };
            let Some(wait) = wait else {
                tracing::warn!(?outcome, "a mail about an account was not sent");
                return;
            };
            tokio::time::sleep(Duration::from_micros(wait.micros())).await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.outbox.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hand_over(app: &App, message: &Message) -> Option<Outcome> {
    let post = app.site()?.post.as_ref()?;
    Some(post.mailer.send(message))
}
