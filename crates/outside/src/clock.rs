//! Clocks: the machine's in production, one moved by hand in tests and simulations.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base::{Instant, Span};

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// The wall clock: the time of day, which operators and time servers may set back or forward.
    fn now(&self) -> Instant;

    /// Time since some fixed moment; it never jumps or runs backwards. Leases and time-outs are
    /// measured with it, so on Linux it counts the time during which the machine slept.
    fn monotonic(&self) -> Duration;
}

/// The machine's clocks.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    steady: Steady,
}

impl SystemClock {
    /// A clock whose monotonic time starts now.
    pub fn new() -> Self {
        Self { steady: Steady::new() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock everybody else asks")]
    fn now(&self) -> Instant {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Instant::from_micros(i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        self.steady.elapsed()
    }
}

/// The steady clock of Linux that goes on while the machine sleeps.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug)]
struct Steady {
    origin: Duration,
}

#[cfg(target_os = "linux")]
impl Steady {
    fn new() -> Self {
        Self { origin: since_boot() }
    }

    fn elapsed(self) -> Duration {
        since_boot().saturating_sub(self.origin)
    }
}

#[cfg(target_os = "linux")]
fn since_boot() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    // Neither is ever negative.
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// The standard steady clock, which may stand still while the machine sleeps.
#[cfg(not(target_os = "linux"))]
#[derive(Clone, Copy, Debug)]
struct Steady {
    origin: std::time::Instant,
}

#[cfg(not(target_os = "linux"))]
impl Steady {
    #[expect(clippy::disallowed_methods, reason = "this is the clock everybody else asks")]
    fn new() -> Self {
        Self { origin: std::time::Instant::now() }
    }

    fn elapsed(self) -> Duration {
        self.origin.elapsed()
    }
}

/// A clock that stands still until it is moved. Clones show and move the same time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    times: Arc<Mutex<Times>>,
}

impl ManualClock {
    /// A clock that shows `start`; its monotonic time is zero.
    pub fn new(start: Instant) -> Self {
        Self { times: Arc::new(Mutex::new(Times { now: start, monotonic: Duration::ZERO })) }
    }

    /// Lets time pass: both clocks go forward alike.
    pub fn advance(&self, span: Span) {
        let mut times = self.times();
        times.now = times.now.saturating_add(span);
        times.monotonic += Duration::from_micros(span.micros());
    }

    /// Sets the wall clock alone, also backwards, as an operator or a time server would.
    pub fn set(&self, now: Instant) {
        self.times().now = now;
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        self.times().now
    }

    fn monotonic(&self) -> Duration {
        self.times().monotonic
    }
}

#[derive(Debug)]
struct Times {
    now: Instant,
    monotonic: Duration,
}
