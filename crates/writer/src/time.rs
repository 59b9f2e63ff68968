//! The book's time: it never runs backwards, and it does not trust a clock that jumps.

use std::time::Duration;

use base::Instant;

/// Reads the wall clock and a clock that never jumps.
pub type Times = Box<dyn Fn() -> (Instant, Duration) + Send>;

/// The time of a book.
pub(crate) struct BookTime {
    times: Times,
    last: Option<(Instant, Duration)>,
    /// The latest time that was told, in microseconds.
    told: i64,
    jump_max: Duration,
}

/// What time it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// The book's time.
    pub(crate) now: Instant,
    /// The wall clock.
    pub(crate) wall: Instant,
}

/// The wall clock jumped by more than is believed.
#[derive(Debug, thiserror::Error)]
#[error(
    "the wall clock jumped by {seconds} s against the machine's steady clock; check the time \
     service, then start again: nothing is expired on the word of a clock that jumps"
)]
pub(crate) struct ClockJumped {
    seconds: i64,
}

impl BookTime {
    pub(crate) fn new(times: Times, jump_max: Duration) -> BookTime {
        BookTime { times, last: None, told: 0, jump_max }
    }

    /// The wall clock alone.
    pub(crate) fn wall(&self) -> Instant {
        (self.times)().0
    }

    /// The steady clock alone, for measuring.
    pub(crate) fn monotonic(&self) -> Duration {
        (self.times)().1
    }

    /// The book's time: the wall clock moved ahead by `ahead_micros`, but never before `floor`,
    /// the time of the journal's last block, nor before what was told already.
    pub(crate) fn now(&mut self, ahead_micros: i64, floor: i64) -> Result<Moment, ClockJumped> {
        let (wall, steady) = (self.times)();
        if let Some((last_wall, last_steady)) = self.last {
            let by_wall = wall.micros() - last_wall.micros();
            let by_steady = steady.saturating_sub(last_steady).as_micros();
            let jump = by_wall - i64::try_from(by_steady).unwrap_or(i64::MAX);
            if u128::from(jump.unsigned_abs()) > self.jump_max.as_micros() {
                return Err(ClockJumped { seconds: jump / 1_000_000 });
            }
        }
        self.last = Some((wall, steady));
        let ahead = wall.micros().saturating_add(ahead_micros);
        self.told = ahead.max(floor).max(self.told);
        Ok(Moment { now: Instant::from_micros(self.told), wall })
    }
}
