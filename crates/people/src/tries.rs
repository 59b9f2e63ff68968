use base::{Instant, Span};

use crate::Refusal;

/// What is to be kept after a try, whatever came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a wrong try has to be counted"]
pub struct Tried<T> {
    /// The rows as they are to be kept.
    pub after: T,
    /// What came of the try.
    pub outcome: Result<(), Refusal>,
}

impl<T> Tried<T> {
    pub(crate) fn ok(after: T) -> Tried<T> {
        Tried { after, outcome: Ok(()) }
    }

    pub(crate) fn refused(after: T, refusal: Refusal) -> Tried<T> {
        Tried { after, outcome: Err(refusal) }
    }
}

/// Wrong tries in a row of one way in of one account, or of one browser that is known.
///
/// The first five cost nothing; then each makes the next one wait, 30 seconds first and twice as
/// long each time, an hour at most. After a hundred the way is closed until the person has come in
/// by another one, or an administrator has opened it (NIST SP 800-63B-4, section 3.2.2: at most
/// 100 in a row, with waits from 30 seconds to an hour; PSD2's technical standards, article 4: five
/// without consequence). Only whoever has shown something else before can try.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// Wrong ones since the last right one.
    pub failures: u32,
    /// No further try before.
    pub wait_until: Option<Instant>,
}

impl Tries {
    /// Wrong tries without consequence.
    pub const FREE: u32 = 5;
    /// Wrong tries in a row after which the way is closed.
    pub const MAX: u32 = 100;
    /// The first wait.
    pub const FIRST_WAIT: Span = Span::seconds(30);
    /// The longest wait.
    pub const LONGEST_WAIT: Span = Span::hours(1);

    /// Whether a try is allowed now.
    ///
    /// # Errors
    ///
    /// In this order: `WayClosed`, `Wait`.
    pub fn check(&self, now: Instant) -> Result<(), Refusal> {
        if self.failures >= Self::MAX {
            return Err(Refusal::WayClosed);
        }
        match self.wait_until {
            Some(until) if now < until => Err(Refusal::Wait(until)),
            _ => Ok(()),
        }
    }

    /// After one more wrong try.
    #[must_use]
    pub fn failed(&self, now: Instant) -> Tries {
        let failures = self.failures.saturating_add(1);
        let doublings = failures.checked_sub(Self::FREE).map(|over| over.min(16));
        let wait = doublings.map(|doublings| {
            let micros = Self::FIRST_WAIT.micros() << doublings;
            Span::from_micros(micros.min(Self::LONGEST_WAIT.micros()))
        });
        Tries { failures, wait_until: wait.map(|wait| now.saturating_add(wait)) }
    }

    /// After a right one, or after the person has come in another way.
    #[must_use]
    pub fn cleared() -> Tries {
        Tries::default()
    }
}
