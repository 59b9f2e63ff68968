//! When a mail is tried again, and when no more.
//!
//! The server we speak to has a queue of its own and tries the recipient's server for days. This
//! schedule is for reaching *our* server, and for recipients it puts off itself.

use base::Span;

use crate::Outcome;

/// How long to wait after the first, second, … failed attempt. In all about three days: a gift
/// that comes later than that should be looked at by a person.
pub const DELAYS: [Span; 11] = [
    Span::minutes(1),
    Span::minutes(5),
    Span::minutes(15),
    Span::minutes(30),
    Span::hours(1),
    Span::hours(2),
    Span::hours(4),
    Span::hours(8),
    Span::hours(12),
    Span::hours(24),
    Span::hours(24),
];

/// How long to wait before a mail of unknown fate is sent again: time enough for a server that
/// was slow to have delivered it, so that its `Message-ID` is known where it arrives twice.
pub const AFTER_UNKNOWN: Span = Span::minutes(15);

/// How often the fate of a mail may be unknown: it is sent again once, and no more.
pub const UNKNOWN_MAX: u32 = 2;

/// What has been tried for one message; kept by whoever sends it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Attempts that ended, whatever the outcome.
    pub made: u32,
    /// Those of them whose outcome was unknown.
    pub unknown: u32,
}

/// What follows from an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The server has it; only a report can still change that.
    Sent,
    /// The same message again, after this time.
    Again(Span),
    /// Refused for good. Whoever sent the gift hears of it.
    Bounced,
    /// Nobody took it in three days.
    GaveUp,
    /// Its fate was unknown twice. A person decides; sending once more is `resend`, a new mail.
    Uncertain,
}

impl Attempts {
    /// Counts one more attempt, and says what follows from it.
    pub fn after(self, outcome: &Outcome) -> (Attempts, Next) {
        let unknown = self.unknown + u32::from(*outcome == Outcome::Unknown);
        let attempts = Attempts { made: self.made.saturating_add(1), unknown };
        let next = match outcome {
            Outcome::Sent => Next::Sent,
            Outcome::Refused(_) => Next::Bounced,
            Outcome::Unknown if unknown >= UNKNOWN_MAX => Next::Uncertain,
            Outcome::Unknown => Next::Again(AFTER_UNKNOWN),
            Outcome::Deferred(_) => match DELAYS.get(self.made as usize) {
                Some(delay) => Next::Again(*delay),
                // Once its fate was unknown, saying that nobody took it would be a guess.
                None if unknown > 0 => Next::Uncertain,
                None => Next::GaveUp,
            },
        };
        (attempts, next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Deferral, Refusal, Reply, Step, Trouble};

    const SENT: Outcome = Outcome::Sent;
    const UNKNOWN: Outcome = Outcome::Unknown;
    const LATER: Outcome =
        Outcome::Deferred(Deferral { step: Step::Connect, trouble: Trouble::Broken });
    const GONE: Outcome = Outcome::Refused(Refusal {
        step: Step::Recipient,
        reply: Reply { code: 550, status: None },
    });

    /// Plays the outcomes in order; the last one leads to `expected`, the others to another try.
    fn check(outcomes: &[Outcome], expected: Next) {
        let mut attempts = Attempts::default();
        for (number, outcome) in outcomes.iter().enumerate() {
            let (after, next) = attempts.after(outcome);
            attempts = after;
            if number + 1 == outcomes.len() {
                assert_eq!(next, expected, "{outcomes:?}");
            } else {
                assert!(matches!(next, Next::Again(_)), "{number} of {outcomes:?}: {next:?}");
            }
        }
        assert_eq!(attempts.made as usize, outcomes.len());
    }

    #[test]
    fn what_follows_from_an_outcome() {
        check(&[SENT], Next::Sent);
        check(&[GONE], Next::Bounced);
        check(&[LATER], Next::Again(Span::minutes(1)));
        check(&[LATER, LATER, LATER], Next::Again(Span::minutes(15)));
        check(&[LATER, GONE], Next::Bounced);
        check(&[UNKNOWN], Next::Again(AFTER_UNKNOWN));
        check(&[UNKNOWN, SENT], Next::Sent);
        check(&[UNKNOWN, UNKNOWN], Next::Uncertain);
        check(&[UNKNOWN, LATER, UNKNOWN], Next::Uncertain);
        check(&[UNKNOWN, LATER], Next::Again(Span::minutes(5)));
    }

    #[test]
    fn it_ends() {
        let mut outcomes = vec![LATER; DELAYS.len()];
        check(&outcomes, Next::Again(Span::hours(24)));
        outcomes.push(LATER);
        check(&outcomes, Next::GaveUp);
        outcomes[3] = UNKNOWN;
        check(&outcomes, Next::Uncertain);
    }

    #[test]
    fn the_delays_grow_and_take_three_days() {
        assert!(DELAYS.is_sorted());
        let total: u64 = DELAYS.iter().map(|delay| delay.micros()).sum();
        let total = Span::from_micros(total);
        assert!(Span::days(3) <= total && total <= Span::days(4), "{total:?}");
    }
}
