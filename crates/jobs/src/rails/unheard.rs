//! Calls that a rail fails again and again without having done anything.
//!
//! Some rails keep the answer of the first call under an operation's key, also when it was an
//! error of theirs, and repeat it for a day. So "call again by the same key" leads nowhere there.
//! Once such a rail has said twice, minutes apart, that it knows nothing of a call, it will not
//! come to know of it either.
//!
//! This is kept in memory only: after a restart it takes the same minutes again.

use std::collections::BTreeMap;

use base::{Instant, PaymentId, Span};
use payments::Step;

/// Time between two answers that are believed together. Longer than a request can take.
const BETWEEN_ANSWERS: Span = Span::minutes(2);

/// What was not asked about for so long is forgotten.
const KEPT_FOR: Span = Span::days(1);

/// Steps of which the rail says that nothing was done.
#[derive(Debug, Default)]
pub(super) struct Unheard(BTreeMap<(PaymentId, u8), Silence>);

#[derive(Clone, Copy, Debug)]
struct Silence {
    since: Instant,
    /// Which key the step is called by, counted from 1.
    key: u32,
}

impl Unheard {
    /// The rail says at `now`, by its clock, that nothing was done. True when it has said so
    /// before, minutes ago: from then on the step has another key.
    pub(super) fn said(&mut self, payment: PaymentId, step: Step, now: Instant) -> bool {
        self.0.retain(|_, silence| now < silence.since.saturating_add(KEPT_FOR));
        let new = Silence { since: now, key: 1 };
        let silence = self.0.entry((payment, step as u8)).or_insert(new);
        let is_twice = silence.since.saturating_add(BETWEEN_ANSWERS) <= now;
        if is_twice {
            *silence = Silence { since: now, key: silence.key.saturating_add(1) };
        }
        is_twice
    }

    /// Which key the step is called by, counted from 1.
    pub(super) fn key(&self, payment: PaymentId, step: Step) -> u32 {
        self.0.get(&(payment, step as u8)).map_or(1, |silence| silence.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rail_is_believed_that_says_nothing_twice_minutes_apart() {
        let (mut unheard, payment) = (Unheard::default(), PaymentId::from_bits(1));
        let at = |seconds: i64| Instant::from_micros(seconds * 1_000_000);
        let mut said = |step, seconds: i64| {
            let is_twice = unheard.said(payment, step, at(seconds));
            (is_twice, unheard.key(payment, step))
        };
        assert_eq!(said(Step::Capture, 2), (false, 1));
        assert_eq!(said(Step::Capture, 121), (false, 1));
        assert_eq!(said(Step::Void, 122), (false, 1));
        assert_eq!(said(Step::Capture, 122), (true, 2));
        assert_eq!(said(Step::Capture, 200), (false, 2));
        assert_eq!(said(Step::Capture, 242), (true, 3));
        // A day later it is another matter.
        assert_eq!(said(Step::Capture, 200_000), (false, 1));
    }
}
