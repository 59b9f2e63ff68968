//! Rails as a book uses them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use base::Instant;
use outside::clock::Clock;
use rails::Rail;
use rails::sandbox::Sandbox;
use writer::Handle;

use crate::due::book_time;

/// A rail that a book may use.
#[derive(Clone)]
pub struct Connected {
    pub(super) rail: Arc<dyn Rail>,
    /// The clock that the rail goes by: its messages are signed at its time.
    pub(super) clock: Arc<dyn Clock>,
    /// The same rail where it is simulated, so that its messages can be fetched.
    pub(super) sandbox: Option<Sandbox>,
}

impl Connected {
    /// A rail that goes by this clock and sends its messages by itself.
    pub fn new(rail: Arc<dyn Rail>, clock: Arc<dyn Clock>) -> Connected {
        Connected { rail, clock, sandbox: None }
    }

    /// A sandbox, whose messages are fetched. `clock` is the one it was made with.
    pub fn sandbox(sandbox: Sandbox, clock: Arc<dyn Clock>) -> Connected {
        Connected { rail: Arc::new(sandbox.clone()), clock, sandbox: Some(sandbox) }
    }

    /// The same, called through another one that stands before it.
    #[must_use]
    pub fn through(self, rail: Arc<dyn Rail>) -> Connected {
        Connected { rail, ..self }
    }
}

/// The time of a book, for a sandbox: where a test clock is moved, time passes at the rail too.
pub struct BookClock {
    handle: Handle,
    wall: Arc<dyn Clock>,
    /// What was told last, for when the writer has ended.
    last_micros: AtomicI64,
}

impl BookClock {
    /// The clock of this book; `wall` tells the monotonic time, and any before the book has.
    pub fn new(handle: Handle, wall: Arc<dyn Clock>) -> BookClock {
        let last_micros = AtomicI64::new(wall.now().micros());
        BookClock { handle, wall, last_micros }
    }
}

impl Clock for BookClock {
    /// Asks the writer, so never call it from the writer's own thread.
    fn now(&self) -> Instant {
        match book_time(&self.handle) {
            Ok((now, _)) => {
                self.last_micros.store(now.micros(), Ordering::Relaxed);
                now
            }
            Err(_) => Instant::from_micros(self.last_micros.load(Ordering::Relaxed)),
        }
    }

    fn monotonic(&self) -> Duration {
        self.wall.monotonic()
    }
}
