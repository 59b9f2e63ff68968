//! Codes that come by mail: eight digits, ten minutes, five tries, once.

use std::fmt;

use base::{Instant, Span};

use crate::{Refusal, SecretHash, Tried, Tries};

/// Digits of a code. Six would do for NIST SP 800-63B-4, section 3.1.3.1. With eight, a year of
/// 25 guesses an hour, the most that the limits let through even when the owner of the address
/// signs in each hour, finds a code with a chance of 1 in 450; and in a row 100 are the end.
pub const CODE_DIGITS: usize = 8;

/// Codes sent to one address within an hour.
pub const CODES_PER_HOUR_MAX: usize = 5;

const CODES: u128 = 100_000_000;

/// A code as it stands in the mail.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MailCode([u8; CODE_DIGITS]);

impl MailCode {
    /// The code of 128 random bits: each code is as likely as another to one part in 10^30.
    pub fn of_random(random: [u8; 16]) -> MailCode {
        let mut number = u128::from_be_bytes(random) % CODES;
        let mut digits = [b'0'; CODE_DIGITS];
        for digit in digits.iter_mut().rev() {
            *digit += u8::try_from(number % 10).unwrap_or_default();
            number /= 10;
        }
        MailCode(digits)
    }

    /// Reads what somebody typed or pasted; blanks and hyphens do not count.
    pub fn parse(text: &str) -> Option<MailCode> {
        let mut digits = text.bytes().filter(|byte| !matches!(byte, b' ' | b'-' | b'\t'));
        let mut code = [0; CODE_DIGITS];
        for place in &mut code {
            *place = digits.next().filter(u8::is_ascii_digit)?;
        }
        digits.next().is_none().then_some(MailCode(code))
    }

    /// The digits, to be hashed.
    pub fn reveal(&self) -> &[u8; CODE_DIGITS] {
        &self.0
    }

    /// The digits in two groups, to be read.
    pub fn reveal_grouped(&self) -> String {
        let digits: String = self.0.iter().copied().map(char::from).collect();
        let (first, second) = digits.split_at(CODE_DIGITS / 2);
        format!("{first} {second}")
    }
}

impl fmt::Debug for MailCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailCode(…)")
    }
}

/// What is remembered of an address, whether it has an account or not: how many codes went there,
/// and how many wrong ones came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressLog {
    /// When the codes of the last hour were sent, oldest first.
    pub sent: Vec<Instant>,
    /// Wrong codes since the last right one.
    pub tries: Tries,
}

impl AddressLog {
    /// The log after one more code was sent.
    ///
    /// # Errors
    ///
    /// In this order: `WayClosed` and `Wait` as [`Tries::check`]; `Wait` when
    /// [`CODES_PER_HOUR_MAX`] were sent within an hour, so that nobody floods a mailbox.
    pub fn ask(&self, now: Instant) -> Result<AddressLog, Refusal> {
        self.tries.check(now)?;
        let hour_ago = now.saturating_sub(Span::hours(1));
        let mut sent: Vec<_> = self.sent.iter().copied().filter(|at| *at > hour_ago).collect();
        if let Some(oldest) = sent.first().filter(|_| sent.len() >= CODES_PER_HOUR_MAX) {
            return Err(Refusal::Wait(oldest.saturating_add(Span::hours(1))));
        }
        sent.push(now);
        Ok(AddressLog { sent, tries: self.tries })
    }

    /// True when nothing is worth remembering: the row can go.
    pub fn is_idle(&self, now: Instant) -> bool {
        let hour_ago = now.saturating_sub(Span::hours(1));
        self.tries.failures == 0 && self.sent.iter().all(|at| *at <= hour_ago)
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
    /// In this order: `WayClosed`, `Wait`; `WrongCode`.
    pub fn enter(
        &self,
        log: &AddressLog,
        typed: Option<SecretHash>,
        now: Instant,
    ) -> Tried<(CodeSent, AddressLog)> {
        let unchanged = || (self.clone(), log.clone());
        if let Err(refusal) = log.tries.check(now) {
            return Tried::refused(unchanged(), refusal);
        }
        if self.tries_left == 0 || now >= self.expires_at {
            // Nothing can be learned from a dead code, so the address does not pay for it.
            return Tried::refused(unchanged(), Refusal::WrongCode);
        }
        let is_right = typed.is_some_and(|typed| typed == self.hash);
        let tries_left = if is_right { 0 } else { self.tries_left - 1 };
        let tries = if is_right { Tries::cleared() } else { log.tries.failed(now) };
        let sent = CodeSent { tries_left, ..self.clone() };
        let log = AddressLog { sent: log.sent.clone(), tries };
        match is_right {
            true => Tried::ok((sent, log)),
            false => Tried::refused((sent, log), Refusal::WrongCode),
        }
    }
}
