//! Hand-over: the embedding shop says who somebody is, whom it has signed in.
//!
//! The text is `mgh1.`, the fields, `.`, and a seal, both in base64url without padding. The fields
//! are lines: book, the shop's own name for the person, seconds since 1970 at which it was made,
//! nonce in hexadecimal digits. The seal is HMAC-SHA-256 over `mgh1.` and the fields as sent, under
//! a secret that shop and book share. Any language makes it in three lines.

use std::fmt;

use base::{Instant, Span, Text, Token};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Refusal;

/// Bytes of a nonce.
pub const NONCE_BYTES: usize = 16;

const PREFIX: &str = "mgh1";

/// Bytes of a whole token; longer ones are not looked at.
const TOKEN_BYTES_MAX: usize = 1_000;

/// The secret that a shop shares with a book.
#[derive(Clone)]
pub struct HandOverKey(pub [u8; 32]);

impl fmt::Debug for HandOverKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandOverKey(…)")
    }
}

/// What a shop says of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// The book it is for.
    pub book: Token<64>,
    /// What the shop calls the person; the same for ever.
    pub subject: Text<200>,
    /// When it was made.
    pub made_at: Instant,
    /// What makes it different from all others; remembered until it is too old, so that it works
    /// once.
    pub nonce: [u8; NONCE_BYTES],
}

impl HandOver {
    /// How long it works: as long as a browser takes to follow a redirect.
    pub const LIFETIME: Span = Span::minutes(1);

    /// How far the clock of the shop may be ahead.
    pub const AHEAD: Span = Span::seconds(30);

    /// The token as the shop sends it, for tests and for shops in Rust.
    pub fn seal(&self, key: &HandOverKey) -> String {
        let seconds = self.made_at.micros().div_euclid(1_000_000);
        let nonce: String = self.nonce.iter().map(|byte| format!("{byte:02x}")).collect();
        let subject = self.subject.as_str();
        let fields = format!("{}\n{subject}\n{seconds}\n{nonce}", self.book);
        let signed = format!("{PREFIX}.{}", URL_SAFE_NO_PAD.encode(fields));
        let seal = mac(key, &signed).finalize().into_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(seal))
    }

    /// Reads a token. Whoever admits it remembers the nonce until [`HandOver::forget_at`], and
    /// refuses one that is remembered.
    ///
    /// # Errors
    ///
    /// `HandOverRefused`, without saying why.
    pub fn open(
        text: &str,
        key: &HandOverKey,
        book: &str,
        now: Instant,
    ) -> Result<HandOver, Refusal> {
        let hand_over = HandOver::read(text, key).ok_or(Refusal::HandOverRefused)?;
        let is_early = hand_over.made_at > now.saturating_add(Self::AHEAD);
        let is_late = now >= hand_over.made_at.saturating_add(Self::LIFETIME);
        match hand_over.book.as_str() == book && !is_early && !is_late {
            true => Ok(hand_over),
            false => Err(Refusal::HandOverRefused),
        }
    }

    /// From then on the nonce need not be remembered.
    pub fn forget_at(&self) -> Instant {
        self.made_at.saturating_add(Self::LIFETIME)
    }

    fn read(text: &str, key: &HandOverKey) -> Option<HandOver> {
        if text.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let (signed, seal) = text.rsplit_once('.')?;
        let seal = URL_SAFE_NO_PAD.decode(seal).ok()?;
        // Compares in constant time, before anything is read of what may be a stranger's.
        mac(key, signed).verify_slice(&seal).ok()?;
        let fields =
            URL_SAFE_NO_PAD.decode(signed.strip_prefix(PREFIX)?.strip_prefix('.')?).ok()?;
        let fields = String::from_utf8(fields).ok()?;
        let mut lines = fields.split('\n');
        let hand_over = HandOver {
            book: Token::new(lines.next()?).ok()?,
            subject: Text::new(lines.next()?).ok()?,
            made_at: instant(lines.next()?)?,
            nonce: nonce(lines.next()?)?,
        };
        lines.next().is_none().then_some(hand_over)
    }
}

fn mac(key: &HandOverKey, signed: &str) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(&key.0).expect("HMAC takes keys of every length");
    mac.chain_update(signed.as_bytes())
}

fn instant(seconds: &str) -> Option<Instant> {
    let seconds: i64 = seconds.parse().ok()?;
    Instant::try_from_micros(seconds.checked_mul(1_000_000)?)
}

fn nonce(text: &str) -> Option<[u8; NONCE_BYTES]> {
    let digits = text.as_bytes();
    let is_hex = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    if digits.len() != 2 * NONCE_BYTES || !digits.iter().all(is_hex) {
        return None;
    }
    let mut nonce = [0; NONCE_BYTES];
    for (byte, pair) in nonce.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(nonce)
}
