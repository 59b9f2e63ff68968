//! When an attempt is repeated, and when an endpoint is switched off.
//!
//! The delays are those of Standard Webhooks 1.0: ten attempts, the last after about 76 hours.

use base::{Instant, Span};
use outside::random::{Randomness, SeededRandomness};

use crate::{Failure, Outcome};

/// How long to wait after the first, second, … failed attempt, before jitter.
pub const DELAYS: [Span; 9] = [
    Span::seconds(5),
    Span::minutes(5),
    Span::minutes(30),
    Span::hours(2),
    Span::hours(5),
    Span::hours(10),
    Span::hours(14),
    Span::hours(20),
    Span::hours(24),
];

/// At most this part of a delay, in per cent, is added to it, so that what failed together does
/// not come back together.
pub const JITTER_PERCENT_MAX: u64 = 20;

/// An endpoint is switched off when nothing has reached it for this long.
pub const FAILING_MAX: Span = Span::days(3);

/// And not before so many attempts of one process have failed: one that was down for days has not
/// tried.
pub const FAILURES_MIN: u32 = 5;

/// How long to wait after an attempt that failed; `None` when it was the last.
///
/// `made` counts the attempts of this delivery up to now; `seed` makes the jitter, and the same
/// seed makes the same one. A receiver that says when to come back is believed when that is later.
pub fn next_attempt(made: u32, failure: &Failure, seed: u64) -> Option<Span> {
    let step = made.max(1) - 1;
    let delay = DELAYS.get(step as usize)?.micros();
    // Parts per million of the largest jitter: whole numbers are enough.
    let share = SeededRandomness::new(seed ^ u64::from(step)).next_u64() % 1_000_001;
    let jitter = delay * JITTER_PERCENT_MAX / 100 / 1_000_000 * share;
    let asked = match failure {
        Failure::Status { retry_after, .. } => retry_after.unwrap_or_default(),
        _ => Span::ZERO,
    };
    Some(Span::from_micros(delay + jitter).max(asked))
}

/// Since when an endpoint fails, over all its deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// The first failure since the last success.
    pub failing_since: Option<Instant>,
    /// Attempts of this process that have failed since then. Not kept.
    pub failures: u32,
}

/// Why an endpoint is switched off. Its owner hears of it, and may switch it on again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disabled {
    /// It said so itself: 410 Gone.
    Gone,
    /// Nothing has reached it for three days.
    Failing,
}

impl Health {
    /// The health after an attempt, and whether the endpoint is to be switched off.
    pub fn after(self, outcome: &Outcome, now: Instant) -> (Health, Option<Disabled>) {
        if *outcome == Outcome::Delivered {
            return (Health::default(), None);
        }
        let since = self.failing_since.unwrap_or(now);
        let failures = self.failures.saturating_add(1);
        let health = Health { failing_since: Some(since), failures };
        let is_long = now.since(since).unwrap_or_default() >= FAILING_MAX;
        let disabled = match outcome {
            Outcome::Gone => Some(Disabled::Gone),
            _ if is_long && failures >= FAILURES_MIN => Some(Disabled::Failing),
            _ => None,
        };
        (health, disabled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BROKEN: Failure = Failure::TimedOut;
    const FAILED: Outcome = Outcome::Failed(BROKEN);

    #[test]
    fn delays_grow_for_three_days_with_jitter_on_top() {
        let mut total = [0_u64; 2];
        for (made, delay) in (1..).zip(DELAYS) {
            for seed in 0..200 {
                let next = next_attempt(made, &BROKEN, seed).unwrap();
                let most = delay.micros() + delay.micros() * JITTER_PERCENT_MAX / 100;
                assert!((delay.micros()..=most).contains(&next.micros()), "{made}, {seed}");
                assert_eq!(next_attempt(made, &BROKEN, seed), Some(next));
            }
            total[0] += delay.micros();
            total[1] += next_attempt(made, &BROKEN, 7).unwrap().micros();
        }
        assert_eq!(total[0], (Span::hours(75).micros()) + Span::minutes(35).micros() + 5_000_000);
        assert!(total[1] > total[0]);
        assert_eq!(next_attempt(10, &BROKEN, 7), None);
        assert_eq!(next_attempt(0, &BROKEN, 7), next_attempt(1, &BROKEN, 7));
        assert_eq!(next_attempt(u32::MAX, &BROKEN, 7), None);
    }

    #[test]
    fn jitter_differs() {
        let seconds = |seed| next_attempt(4, &BROKEN, seed).unwrap().micros() / 1_000_000;
        let mut all: Vec<u64> = (0..100).map(seconds).collect();
        all.sort_unstable();
        all.dedup();
        assert!(all.len() > 80, "{} of 100 differ", all.len());
        let spread = all[all.len() - 1] - all[0];
        assert!(spread > 1200, "over {spread} of 1440 seconds");
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_and_not_for_less() {
        let asks = |seconds| {
            let retry_after = Some(Span::seconds(seconds));
            next_attempt(1, &Failure::Status { status: 429, retry_after }, 7)
        };
        assert_eq!(asks(120), Some(Span::seconds(120)));
        assert_eq!(asks(1), next_attempt(1, &BROKEN, 7));
        let retry_after = Some(Span::seconds(120));
        assert_eq!(next_attempt(10, &Failure::Status { status: 429, retry_after }, 7), None);
    }

    /// Plays outcomes at hours; the endpoint must be switched off at the last, and not before.
    fn check(played: &[(u64, Outcome)], expected: Option<Disabled>) {
        let start = Instant::parse("2026-11-20T10:00:00Z").unwrap();
        let mut health = Health::default();
        for (number, (hour, outcome)) in played.iter().enumerate() {
            let (after, disabled) = health.after(outcome, start.saturating_add(Span::hours(*hour)));
            health = after;
            let is_last = number + 1 == played.len();
            assert_eq!(disabled, expected.filter(|_| is_last), "{number} of {played:?}");
        }
    }

    #[test]
    fn three_days_of_failures_switch_an_endpoint_off() {
        let good = Outcome::Delivered;
        check(&[(0, good)], None);
        check(&[(0, FAILED)], None);
        check(&[(0, FAILED), (71, FAILED)], None);
        let failed = |hours: &[u64]| hours.iter().map(|hour| (*hour, FAILED)).collect::<Vec<_>>();
        check(&failed(&[0, 1, 2, 3, 72]), Some(Disabled::Failing));
        // Nobody has tried meanwhile.
        check(&failed(&[0, 72]), None);
        check(&failed(&[0, 72, 73, 74, 75]), Some(Disabled::Failing));
        check(&[(0, FAILED), (71, good), (72, FAILED), (143, FAILED)], None);
        let again = [&[(0, FAILED), (71, good)], &failed(&[72, 73, 74, 75, 144])[..]].concat();
        check(&again, Some(Disabled::Failing));
        check(&[(0, good), (500, FAILED)], None);
        check(&[(0, Outcome::Gone)], Some(Disabled::Gone));
        check(&[(10, FAILED), (0, FAILED)], None);
    }

    #[test]
    fn a_lone_event_to_a_dead_endpoint_switches_it_off_with_its_last_attempt() {
        let mut hour = 0;
        let mut played = vec![(0, FAILED)];
        for made in 1..=9 {
            hour += next_attempt(made, &BROKEN, 7).unwrap().micros().div_ceil(3_600_000_000);
            played.push((hour, FAILED));
        }
        check(&played, Some(Disabled::Failing));
    }
}
