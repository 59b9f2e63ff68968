//! The day on which an authenticator is lost: codes on paper, and the slow way by mail.

use std::fmt;

use base::{Instant, Span};

use crate::{Refusal, SecretHash, Tried, Tries, base32};

const CODE_BYTES: usize = 15;

/// A code for the day on which the authenticator is lost: 120 random bits as 24 letters.
///
/// Above 112 bits a look-up secret may be kept under a plain hash (NIST SP 800-63B-4, section
/// 3.1.2.2; ASVS 5.0, 6.5.2), and ours is keyed besides.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode([u8; CODE_BYTES]);

impl RecoveryCode {
    /// The code of these random bytes.
    pub fn of_random(random: [u8; CODE_BYTES]) -> RecoveryCode {
        RecoveryCode(random)
    }

    /// Reads what somebody typed; case, blanks and hyphens do not count.
    pub fn parse(text: &str) -> Option<RecoveryCode> {
        base32::decode(text).map(RecoveryCode)
    }

    /// The bytes, to be hashed.
    pub fn reveal(&self) -> &[u8; CODE_BYTES] {
        &self.0
    }

    /// Six groups of four letters, to be shown once.
    pub fn reveal_grouped(&self) -> String {
        let letters = base32::encode(&self.0);
        let groups = letters.as_bytes().chunks(4).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join("-")
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

/// The recovery codes of a person that were not used yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecoveryCodes {
    /// Their keyed hashes.
    pub left: Vec<SecretHash>,
    /// Wrong codes since the last right one.
    pub tries: Tries,
}

impl RecoveryCodes {
    /// How many are made at once; new ones replace the former.
    pub const COUNT: usize = 10;

    /// Tries a code: `None` when what was typed was none, which counts too. A right one is gone.
    ///
    /// # Errors
    ///
    /// In this order: `WayClosed`, `Wait`; `WrongCode`.
    pub fn enter(&self, typed: Option<SecretHash>, now: Instant) -> Tried<RecoveryCodes> {
        if let Err(refusal) = self.tries.check(now) {
            return Tried::refused(self.clone(), refusal);
        }
        let is_other = |hash: &SecretHash| typed.is_none_or(|typed| typed != *hash);
        let left: Vec<_> = self.left.iter().copied().filter(is_other).collect();
        match left.len() < self.left.len() {
            true => Tried::ok(RecoveryCodes { left, tries: Tries::cleared() }),
            false => {
                let codes = RecoveryCodes { left, tries: self.tries.failed(now) };
                Tried::refused(codes, Refusal::WrongCode)
            }
        }
    }
}

/// The slow way in for somebody who has lost every second factor: it is asked for by mail, waits
/// for three days in which each mail and each page of theirs says so, and any sign-in with a
/// former factor ends it. Then a fresh mail code takes the lost factors away.
///
/// It is not open to staff: an administrator opens their account for a new passkey instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// When it was asked for.
    pub asked_at: Instant,
}

impl Recovery {
    /// The time in which the owner of the account can object.
    pub const WAIT: Span = Span::days(3);

    /// How long it can be used after that.
    pub const OPEN: Span = Span::days(4);

    /// When the waiting is over.
    pub fn ripe_at(&self) -> Instant {
        self.asked_at.saturating_add(Self::WAIT)
    }

    /// Whether the lost factors may be taken away now.
    ///
    /// # Errors
    ///
    /// `RecoveryNotRipe`; `RecoveryGone` when it was not used in time.
    pub fn check(&self, now: Instant) -> Result<(), Refusal> {
        if now < self.ripe_at() {
            Err(Refusal::RecoveryNotRipe)
        } else if now >= self.ripe_at().saturating_add(Self::OPEN) {
            Err(Refusal::RecoveryGone)
        } else {
            Ok(())
        }
    }
}
