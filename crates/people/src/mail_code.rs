//! Codes that come by mail: eight digits or twelve, ten minutes, five tries, once.

use std::fmt;

use base::{Instant, Span};

use crate::{Asker, Refusal, SecretHash, Tried};

/// Digits of the longest code.
const DIGITS_MAX: usize = 12;

/// How long a code is. Six digits would do for NIST SP 800-63B-4, section 3.1.3.1; what follows
/// from these is reckoned at [`Asker`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeLength {
    /// Eight digits.
    Usual,
    /// Twelve, for an address at which strangers have guessed.
    Long,
}

impl CodeLength {
    /// How many digits.
    pub const fn digits(self) -> usize {
        match self {
            CodeLength::Usual => 8,
            CodeLength::Long => DIGITS_MAX,
        }
    }
}

/// A code as it stands in the mail.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MailCode {
    digits: [u8; DIGITS_MAX],
    length: CodeLength,
}

impl MailCode {
    /// The code of 128 random bits: each code is as likely as another to one part in 10^26.
    pub fn of_random(random: [u8; 16], length: CodeLength) -> MailCode {
        let mut number = u128::from_be_bytes(random);
        let mut digits = [b'0'; DIGITS_MAX];
        for digit in digits[..length.digits()].iter_mut().rev() {
            *digit += u8::try_from(number % 10).unwrap_or_default();
            number /= 10;
        }
        MailCode { digits, length }
    }

    /// Reads what somebody typed or pasted; blanks and hyphens do not count.
    pub fn parse(text: &str) -> Option<MailCode> {
        let typed = text.bytes().filter(|byte| !matches!(byte, b' ' | b'-' | b'\t'));
        let (mut digits, mut count) = ([b'0'; DIGITS_MAX], 0);
        for digit in typed {
            *digits.get_mut(count).filter(|_| digit.is_ascii_digit())? = digit;
            count += 1;
        }
        let known = [CodeLength::Usual, CodeLength::Long];
        let length = known.into_iter().find(|length| length.digits() == count)?;
        Some(MailCode { digits, length })
    }

    /// The digits, to be hashed.
    pub fn reveal(&self) -> &[u8] {
        &self.digits[..self.length.digits()]
    }

    /// The digits in groups of four, to be read.
    pub fn reveal_grouped(&self) -> String {
        let groups = self.reveal().chunks(4).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Debug for MailCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailCode(…)")
    }
}

/// A code that was sent. Only the browser that asked for it can use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeSent {
    /// The hash of the code, keyed and bound to its sign-in.
    pub hash: SecretHash,
    /// From then on it is worthless.
    pub expires_at: Instant,
    /// How often it may still be tried; at zero it is worthless.
    pub tries_left: u8,
}

impl CodeSent {
    /// How long a code works (NIST SP 800-63B-4, section 3.1.3.1: at most ten minutes).
    pub const LIFETIME: Span = Span::minutes(10);

    /// How often a code may be tried.
    pub const TRIES: u8 = 5;

    /// A code that is sent now.
    pub fn new(hash: SecretHash, now: Instant) -> CodeSent {
        CodeSent { hash, expires_at: now.saturating_add(Self::LIFETIME), tries_left: Self::TRIES }
    }

    /// Tries what somebody typed: `None` when it was no code at all, which counts too.
    ///
    /// # Errors
    ///
    /// In this order: those of [`Asker::check`]; `WrongCode`.
    pub fn enter(
        &self,
        asker: &Asker,
        typed: Option<SecretHash>,
        now: Instant,
    ) -> Tried<(CodeSent, Asker)> {
        let unchanged = || (self.clone(), asker.clone());
        if let Err(refusal) = asker.check(now) {
            return Tried::refused(unchanged(), refusal);
        }
        if self.tries_left == 0 || now >= self.expires_at {
            // Nothing can be learned from a dead code, so nobody pays for it.
            return Tried::refused(unchanged(), Refusal::WrongCode);
        }
        if typed.is_some_and(|typed| typed == self.hash) {
            let used = CodeSent { tries_left: 0, ..self.clone() };
            return Tried::ok((used, asker.succeeded()));
        }
        let left = CodeSent { tries_left: self.tries_left - 1, ..self.clone() };
        Tried::refused((left, asker.failed(now)), Refusal::WrongCode)
    }
}
