//! A wall clock and a steady clock that move only when they are told to.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base::{Instant, Span};

/// Both clocks of a simulated machine. Clones show the same time.
#[derive(Clone, Debug)]
pub struct VirtualClock(Arc<Mutex<(Instant, Duration)>>);

impl VirtualClock {
    /// Clocks that show `wall`.
    pub fn at(wall: Instant) -> VirtualClock {
        VirtualClock(Arc::new(Mutex::new((wall, Duration::ZERO))))
    }

    /// The wall clock.
    pub fn wall(&self) -> Instant {
        self.read().0
    }

    /// Time passes on both clocks.
    pub fn pass(&self, micros: u64) {
        self.change(|(wall, steady)| {
            *wall = wall.saturating_add(Span::from_micros(micros));
            *steady += Duration::from_micros(micros);
        });
    }

    /// Somebody sets the wall clock; the steady clock does not notice.
    pub fn set_wall(&self, wall: Instant) {
        self.change(|(shown, _)| *shown = wall);
    }

    /// As the writer wants them.
    pub fn times(&self) -> writer::Times {
        let clock = self.clone();
        Box::new(move || clock.read())
    }

    fn read(&self) -> (Instant, Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut (Instant, Duration))) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
