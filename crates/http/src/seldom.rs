//! Things worth saying only so often.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::time::Instant;

/// Lets one pass in a second and holds the others back.
pub(crate) struct OncePerSecond {
    /// Milliseconds of the process's time from which on the next one passes.
    next_ms: AtomicU64,
}

impl OncePerSecond {
    pub(crate) const fn new() -> OncePerSecond {
        OncePerSecond { next_ms: AtomicU64::new(0) }
    }

    /// Whether one passes `now`; of several at the same moment one does.
    pub(crate) fn passes(&self, now: Duration) -> bool {
        let now_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let next_ms = self.next_ms.load(Relaxed);
        let following = now_ms.saturating_add(1_000);
        now_ms >= next_ms
            && self.next_ms.compare_exchange(next_ms, following, Relaxed, Relaxed).is_ok()
    }
}

/// Time since this was first called; it never goes backwards.
pub(crate) fn process_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_passes_in_a_second() {
        let seldom = OncePerSecond::new();
        let passed = [0, 1, 999, 1_000, 1_500, 2_000, 9_000, 9_999]
            .map(|ms| seldom.passes(Duration::from_millis(ms)));
        assert_eq!(passed, [true, false, false, true, false, true, true, false]);
    }
}
