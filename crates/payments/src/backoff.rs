//! When a rail is called or asked again.

use base::{Instant, Span};

use crate::limits;

/// Seconds to wait after so many calls without a final answer: they double from
/// [`limits::BACKOFF_SECONDS_FIRST`] up to [`limits::BACKOFF_SECONDS_MAX`].
pub fn backoff_seconds(calls: u32) -> u64 {
    let doublings = calls.saturating_sub(1).min(62);
    let seconds = limits::BACKOFF_SECONDS_FIRST.saturating_mul(1 << doublings);
    seconds.min(limits::BACKOFF_SECONDS_MAX)
}

/// When the next call is due, `calls` counting the one that was just made.
pub(crate) fn next_call_at(now: Instant, calls: u32) -> Option<Instant> {
    Some(now.saturating_add(Span::seconds(backoff_seconds(calls))))
}
