//! A way in that a browser has begun: which proofs are there, and which is asked for next.

use base::{Instant, PersonId, SignInId, Span};

use crate::{CodeSent, Refusal, SecretHash, Strength, Way, Ways};

/// What a person could show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// An authenticator program that was confirmed.
    pub totp: bool,
    /// Recovery codes that were not used.
    pub recovery_codes: bool,
    /// A passkey.
    pub passkey: bool,
}

impl Factors {
    /// Whether something besides the mailbox is asked for. Recovery codes alone are no factor:
    /// they stand in for one.
    pub fn has_second(self) -> bool {
        self.totp || self.passkey
    }
}

/// What comes next in a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Something that says who it is.
    Begin,
    /// A second factor, one of those that the person has.
    SecondFactor(Factors),
    /// Nothing: a session opens.
    Open,
}

/// A sign-in that a browser has begun. It is bound to that browser by a token in a cookie, so that
/// a code that somebody was talked into reading out is worth nothing elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Which sign-in.
    pub id: SignInId,
    /// The hash of the browser's token.
    pub browser: SecretHash,
    /// When it was begun.
    pub begun_at: Instant,
    /// The code that was sent, if one was.
    pub code: Option<CodeSent>,
    /// Who it is, once that was shown.
    pub person: Option<PersonId>,
    /// What was shown so far.
    pub ways: Ways,
    /// A challenge for a passkey that waits for its answer.
    pub challenge: Option<[u8; 32]>,
}

impl SignIn {
    /// How long a sign-in may take.
    pub const LIFETIME: Span = Span::minutes(15);

    /// A sign-in that is begun now.
    pub fn begin(id: SignInId, browser: SecretHash, now: Instant) -> SignIn {
        SignIn {
            id,
            browser,
            begun_at: now,
            code: None,
            person: None,
            ways: Ways::default(),
            challenge: None,
        }
    }

    /// Whether this browser may go on with it.
    ///
    /// # Errors
    ///
    /// `SignInGone`.
    pub fn check(&self, browser: SecretHash, now: Instant) -> Result<(), Refusal> {
        let is_over = now >= self.begun_at.saturating_add(Self::LIFETIME);
        match is_over || browser != self.browser {
            true => Err(Refusal::SignInGone),
            false => Ok(()),
        }
    }

    /// The same after one more thing was shown. The challenge is used up.
    ///
    /// # Errors
    ///
    /// `SignInGone` when it shows somebody else than before.
    pub fn shown(&self, way: Way, person: PersonId) -> Result<SignIn, Refusal> {
        if self.person.is_some_and(|known| known != person) {
            return Err(Refusal::SignInGone);
        }
        let ways = self.ways.with(way);
        Ok(SignIn { person: Some(person), ways, challenge: None, ..self.clone() })
    }

    /// What comes next, for a person who could show these factors. Whoever has a second factor
    /// must show one; that somebody has one is told only after the first was shown.
    pub fn next_step(&self, factors: Factors) -> NextStep {
        match self.ways.strength() {
            Strength::Nothing => NextStep::Begin,
            Strength::OneFactor if factors.has_second() => NextStep::SecondFactor(factors),
            Strength::OneFactor | Strength::TwoFactors | Strength::PhishingResistant => {
                NextStep::Open
            }
        }
    }
}
