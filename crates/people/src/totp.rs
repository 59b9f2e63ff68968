//! Codes that change with time: RFC 6238 over HMAC-SHA-1 with 30 seconds and six digits, which is
//! what every authenticator program reads.

use std::fmt;

use base::{Instant, Span};
use ring::hmac;
use subtle::ConstantTimeEq;

use crate::{Refusal, Tried, Tries, base32};

/// Bytes of a secret: 160 bits, as RFC 4226, section 4, recommends.
pub const SECRET_BYTES: usize = 20;

/// Digits of a code.
pub const DIGITS: usize = 6;

/// Seconds of a step (RFC 6238, section 5.2).
pub const STEP_SECONDS: i64 = 30;

/// How many steps a clock may be ahead or behind (the same section recommends one).
pub const DRIFT_STEPS: i64 = 1;

/// The secret that an account shares with an authenticator program. Whoever keeps it seals it.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret(pub [u8; SECRET_BYTES]);

impl TotpSecret {
    /// Reads those letters back.
    pub fn read_letters(letters: &str) -> Option<TotpSecret> {
        base32::decode(letters).map(TotpSecret)
    }

    /// The letters that people type when they cannot scan.
    pub fn reveal_letters(&self) -> String {
        base32::encode(&self.0)
    }

    /// What stands in the QR code. `issuer` and `account` are shown by the program.
    ///
    /// Source: *Key Uri Format* of Google Authenticator, which all programs read.
    pub fn reveal_uri(&self, issuer: &str, account: &str) -> String {
        let (issuer, account) = (percent_encode(issuer), percent_encode(account));
        let secret = self.reveal_letters();
        format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}")
    }

    /// The code of a step, which is the time in units of [`STEP_SECONDS`] since 1970.
    pub fn code_at(&self, step: i64) -> u32 {
        self.truncated(step) % 10_u32.pow(DIGITS as u32)
    }

    /// RFC 4226, section 5.3: 31 bits from the place that the last four bits name.
    fn truncated(&self, step: i64) -> u32 {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let bytes = tag.as_ref();
        let offset = usize::from(bytes[bytes.len() - 1] & 15);
        let four = bytes[offset..].first_chunk().expect("twenty bytes reach from every offset");
        u32::from_be_bytes(*four) & 0x7fff_ffff
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// The step of an instant.
pub fn step_of(now: Instant) -> i64 {
    now.micros().div_euclid(1_000_000).div_euclid(STEP_SECONDS)
}

/// What is kept of an authenticator program beside the sealed secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totp {
    /// When a first code was shown; until then it is only offered and opens nothing.
    pub confirmed_at: Option<Instant>,
    /// When it was offered.
    pub offered_at: Instant,
    /// The newest step whose code was used: none up to it works again (RFC 6238, section 5.2).
    pub last_step: Option<i64>,
    /// Wrong codes since the last right one.
    pub tries: Tries,
}

impl Totp {
    /// How long an offer waits for its first code.
    pub const OFFER: Span = Span::minutes(30);

    /// A program that is offered the secret now.
    pub fn offered(now: Instant) -> Totp {
        Totp { confirmed_at: None, offered_at: now, last_step: None, tries: Tries::default() }
    }

    /// Tries a code as typed; the first right one confirms an offer.
    ///
    /// # Errors
    ///
    /// In this order: `WayClosed`, `Wait`; `WrongCode`, also for a code that was used before and
    /// for an offer that is too old.
    pub fn enter(&self, secret: &TotpSecret, typed: &str, now: Instant) -> Tried<Totp> {
        if let Err(refusal) = self.tries.check(now) {
            return Tried::refused(*self, refusal);
        }
        let is_old = now >= self.offered_at.saturating_add(Self::OFFER);
        if self.confirmed_at.is_none() && is_old {
            return Tried::refused(*self, Refusal::WrongCode);
        }
        match parse(typed).and_then(|typed| self.find_step(secret, typed, now)) {
            Some(step) => Tried::ok(Totp {
                confirmed_at: self.confirmed_at.or(Some(now)),
                last_step: Some(step),
                tries: Tries::cleared(),
                ..*self
            }),
            None => {
                let tries = self.tries.failed(now);
                Tried::refused(Totp { tries, ..*self }, Refusal::WrongCode)
            }
        }
    }

    /// All steps of the window are compared, whichever fits.
    fn find_step(&self, secret: &TotpSecret, typed: u32, now: Instant) -> Option<i64> {
        let current = step_of(now);
        let mut found = None;
        for step in current - DRIFT_STEPS..=current + DRIFT_STEPS {
            let is_new = self.last_step.is_none_or(|last| step > last);
            let is_equal: bool = secret.code_at(step).ct_eq(&typed).into();
            if is_equal && is_new {
                found = Some(step);
            }
        }
        found
    }
}

/// Six digits; blanks do not count.
fn parse(typed: &str) -> Option<u32> {
    let digits: String = typed.chars().filter(|c| *c != ' ').collect();
    let is_code = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_code)
}

/// RFC 3986, section 2.1: all but unreserved characters.
fn percent_encode(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the rows of SHA-1, whose codes have eight digits.
    #[test]
    fn the_vectors_of_the_rfc() {
        let secret = TotpSecret(*b"12345678901234567890");
        let rows = [
            (59, 94287082),
            (1111111109, 7081804),
            (1111111111, 14050471),
            (1234567890, 89005924),
            (2000000000, 69279037),
            (20000000000, 65353130),
        ];
        for (seconds, code) in rows {
            let step = step_of(Instant::from_micros(seconds * 1_000_000));
            assert_eq!(secret.truncated(step) % 100_000_000, code, "{seconds}");
            assert_eq!(secret.code_at(step), code % 1_000_000);
        }
    }

    /// RFC 4226, appendix D: the values before and after they are cut to six digits.
    #[test]
    fn the_vectors_of_counters() {
        let secret = TotpSecret(*b"12345678901234567890");
        let values: [u32; 10] = [
            1284755224, 1094287082, 137359152, 1726969429, 1640338314, 868254676, 1918287922,
            82162583, 673399871, 645520489,
        ];
        for (step, value) in (0..).zip(values) {
            assert_eq!(secret.truncated(step), value);
        }
    }
}
