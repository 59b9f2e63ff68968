use base::{Instant, Span};

use crate::Refusal;

/// How often something may be done: so many times at once, and as many again over a span. What was
/// used comes back evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many times at once; not zero.
    pub at_once: u32,
    /// In which time all of them come back.
    pub within: Span,
}

impl Rate {
    /// In which time one comes back.
    fn each(self) -> Span {
        Span::from_micros(self.within.micros() / u64::from(self.at_once.max(1)))
    }
}

/// What was used of a [`Rate`], as the instant at which all of it has come back: one number, so a
/// row of it is small, and one that is over needs no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// From then on it is as if nothing had been used.
    pub full_at: Instant,
}

impl Default for Used {
    fn default() -> Used {
        Used { full_at: Instant::MIN }
    }
}

impl Used {
    /// How many times what a rate allows at once may be overdrawn. What is counted without being
    /// refused must not be remembered for ever.
    const OVERDRAWN_MAX: u64 = 10;

    /// Whether it may be done once more now.
    ///
    /// # Errors
    ///
    /// `Wait` until it may.
    pub fn check(self, rate: Rate, now: Instant) -> Result<(), Refusal> {
        let next = self.full_at.max(now).saturating_add(rate.each());
        let free_at = next.saturating_sub(rate.within);
        if free_at <= now { Ok(()) } else { Err(Refusal::Wait(free_at)) }
    }

    /// After it was done once more, allowed or not.
    #[must_use]
    pub fn once_more(self, rate: Rate, now: Instant) -> Used {
        let last = Span::from_micros(rate.within.micros().saturating_mul(Self::OVERDRAWN_MAX));
        let next = self.full_at.max(now).saturating_add(rate.each());
        Used { full_at: next.min(now.saturating_add(last)) }
    }

    /// Whether nothing of it is worth remembering.
    pub fn is_over(self, now: Instant) -> bool {
        self.full_at <= now
    }
}
