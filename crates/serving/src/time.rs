//! The book's time, by a wall clock that is not believed when it jumps ahead.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base::{Instant, Span};
use outside::clock::Clock;

use crate::locked;

/// The book's time. What the judge has once heard of a time never goes back: a jump of the wall
/// clock would make valid events late until it has caught up, even after a restart, for the log
/// has it. So a wall clock that runs ahead of the steady one by more than a limit is not followed;
/// the book's writer, which has the same limit, stops soon after.
pub(crate) struct BookTime {
    clock: Arc<dyn Clock>,
    jump_max: Duration,
    /// Microseconds that the book's clock is ahead of the wall clock, as of the last run.
    ahead_micros: AtomicI64,
    /// What both clocks showed when the wall clock was believed last.
    believed: Mutex<(Instant, Duration)>,
}

impl BookTime {
    pub(crate) fn new(clock: Arc<dyn Clock>, jump_max: Duration) -> BookTime {
        let believed = Mutex::new((clock.now(), clock.monotonic()));
        BookTime { clock, jump_max, ahead_micros: AtomicI64::new(0), believed }
    }

    pub(crate) fn set_ahead(&self, micros: i64) {
        self.ahead_micros.store(micros, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> Instant {
        let ahead = self.ahead_micros.load(Ordering::Relaxed);
        Instant::from_micros(self.wall().micros().saturating_add(ahead))
    }

    /// The wall clock, or where it would stand had it not jumped.
    fn wall(&self) -> Instant {
        let mut believed = locked(&self.believed);
        let (wall, steady) = (self.clock.now(), self.clock.monotonic());
        let passed = steady.saturating_sub(believed.1).as_micros();
        let passed = Span::from_micros(u64::try_from(passed).unwrap_or(u64::MAX));
        let expected = believed.0.saturating_add(passed);
        match wall.since(expected) {
            Some(jump) if u128::from(jump.micros()) > self.jump_max.as_micros() => expected,
            Some(_) => {
                *believed = (wall, steady);
                wall
            }
            // Where it was set back, it may come back.
            None => wall,
        }
    }
}

#[cfg(test)]
mod tests {
    use outside::clock::ManualClock;

    use super::*;

    #[test]
    fn a_jump_ahead_is_not_followed_and_small_corrections_are() {
        let start = Instant::parse("2026-03-01T00:00:00Z").unwrap();
        let clock = ManualClock::new(start);
        let time = BookTime::new(Arc::new(clock.clone()), Duration::from_secs(300));
        let check = |wall: u64, passed: u64, expected: u64| {
            clock.advance(Span::seconds(passed));
            clock.set(start.saturating_add(Span::seconds(wall)));
            assert_eq!(time.now().since(start), Some(Span::seconds(expected)), "{wall}");
        };
        check(0, 0, 0);
        check(1_000, 1_000, 1_000);
        check(1_300, 0, 1_300);
        // A day and a second ahead, and still a minute later; then it is right again.
        check(87_700, 0, 1_300);
        check(87_760, 60, 1_360);
        check(1_370, 10, 1_370);
        // Set back, and right again.
        check(70, 0, 70);
        check(1_380, 10, 1_380);
    }
}
