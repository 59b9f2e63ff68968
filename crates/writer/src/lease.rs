//! How long answers may leave a writer that may lose its book to another process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// No steady clock gets that far.
const FOREVER: u64 = u64::MAX;

/// The lease was ended; nothing extends it any more.
const ENDED: u64 = 0;

/// Until when, by the steady clock of the writer's [`Times`](crate::Times), answers may leave that
/// no commit has proven to be current. Clones share it: the writer asks, whoever renews extends.
///
/// The steady clock must count the time during which the machine slept: the others count it too.
///
/// ```
/// use std::time::Duration;
/// use writer::Lease;
///
/// let lease = Lease::until(Duration::from_secs(4));
/// assert!(lease.is_valid(|| Duration::from_secs(3)));
/// assert!(!lease.is_valid(|| Duration::from_secs(4)));
/// lease.end();
/// lease.extend(Duration::from_secs(9));
/// assert!(!lease.is_valid(|| Duration::ZERO));
/// ```
#[derive(Clone, Debug)]
pub struct Lease {
    /// Microseconds of the steady clock, or [`FOREVER`], or [`ENDED`].
    until: Arc<AtomicU64>,
}

impl Lease {
    /// For a book that no other process can have: it is never extended, and ends never.
    pub fn forever() -> Lease {
        Lease { until: Arc::new(AtomicU64::new(FOREVER)) }
    }

    /// For a book that other processes may take over: valid before `until`.
    pub fn until(until: Duration) -> Lease {
        Lease { until: Arc::new(AtomicU64::new(micros(until))) }
    }

    /// Makes it valid before `until`; never shortens it, and never revives one that was ended.
    pub fn extend(&self, until: Duration) {
        let later = |former| (former != ENDED).then(|| micros(until).max(former));
        let _ = self.until.fetch_update(Ordering::AcqRel, Ordering::Acquire, later);
    }

    /// Ends it for good: nothing leaves any more that no commit has proven.
    pub fn end(&self) {
        self.until.store(ENDED, Ordering::Release);
    }

    /// Whether it is valid now; the clock is read only when that matters.
    pub fn is_valid(&self, now: impl FnOnce() -> Duration) -> bool {
        match self.until.load(Ordering::Acquire) {
            FOREVER => true,
            ENDED => false,
            until => micros(now()) < until,
        }
    }

    /// Whether another process may have the book one day.
    pub fn is_shared(&self) -> bool {
        self.until.load(Ordering::Acquire) != FOREVER
    }
}

/// At least one, so that no time means an ended lease, and below forever.
fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).clamp(1, FOREVER - 1)
}
