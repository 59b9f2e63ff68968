//! Signatures by the rules of Standard Webhooks 1.0, symmetric (`v1`).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use outside::random::Randomness;
use sha2::Sha256;

/// Fewest bytes of a secret.
pub const SECRET_BYTES_MIN: usize = 24;

/// Most bytes of a secret.
pub const SECRET_BYTES_MAX: usize = 64;

/// Most bytes of a [`MessageId`].
pub const MESSAGE_ID_BYTES_MAX: usize = 64;

/// Bytes of the secrets we make.
const NEW_SECRET_BYTES: usize = 32;

const BEFORE_SECRET: &str = "whsec_";

/// What an endpoint's requests are signed with, known to its owner and to us.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// A new secret.
    pub fn generate(random: &mut dyn Randomness) -> Self {
        let mut bytes = [0; NEW_SECRET_BYTES];
        random.fill(&mut bytes);
        Self(bytes.into())
    }

    /// Reads `whsec_` and base64, as it was shown or is kept.
    ///
    /// # Errors
    ///
    /// [`SecretError`], which never quotes the text.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let encoded = text.strip_prefix(BEFORE_SECRET).ok_or(SecretError)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| SecretError)?;
        if (SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&bytes.len()) {
            Ok(Self(bytes.into()))
        } else {
            Err(SecretError)
        }
    }

    /// The secret as its owner gets it. Every caller is a place to review.
    pub fn reveal(&self) -> String {
        format!("{BEFORE_SECRET}{}", STANDARD.encode(&self.0))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The text is no secret of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a webhook secret is whsec_ and base64 of {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes, with \
     padding"
)]
pub struct SecretError;

/// The secrets of an endpoint: the newest, and older ones while its owner changes over.
///
/// Requests are signed with all of them, so that a receiver may know either.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// The one shown last.
    pub newest: Secret,
    /// Those that are still good for a while.
    pub older: Vec<Secret>,
}

/// Names one event for one endpoint; a receiver that sees it twice has seen it before.
///
/// 1 to 64 characters out of `a`–`z`, `0`–`9`, `_` and `-`: no dot, because dots separate what is
/// signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageId(Box<str>);

impl MessageId {
    /// Reads an id.
    ///
    /// # Errors
    ///
    /// [`MessageIdError`] for other characters, none, or more than 64.
    pub fn new(text: &str) -> Result<Self, MessageIdError> {
        let is_fit = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-')
        };
        if (1..=MESSAGE_ID_BYTES_MAX).contains(&text.len()) && text.bytes().all(is_fit) {
            Ok(Self(text.into()))
        } else {
            Err(MessageIdError)
        }
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no id of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id of a message has 1 to {MESSAGE_ID_BYTES_MAX} characters out of a-z, 0-9, _ and -")]
pub struct MessageIdError;

/// The value of `webhook-signature`: one `v1,` and base64 for each secret, newest first, with
/// spaces between. `seconds` is the time of the attempt since 1970, as in `webhook-timestamp`.
pub fn sign(secrets: &Secrets, id: &MessageId, seconds: i64, body: &[u8]) -> String {
    let sign_with = |secret: &Secret| {
        let mut mac: Hmac<Sha256> =
            Hmac::new_from_slice(&secret.0).expect("HMAC takes keys of any length");
        mac.update(format!("{}.{seconds}.", id.as_str()).as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    };
    let newest = std::iter::once(&secrets.newest);
    let signatures: Vec<String> = newest.chain(&secrets.older).map(sign_with).collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests {
    use outside::random::SeededRandomness;

    use super::*;

    #[test]
    fn secrets_are_read_back_and_others_refused() {
        let secret = Secret::generate(&mut SeededRandomness::new(1));
        assert_eq!(Secret::parse(&secret.reveal()), Ok(secret.clone()));
        assert_ne!(secret, Secret::generate(&mut SeededRandomness::new(2)));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        let of = |bytes: usize| format!("whsec_{}", STANDARD.encode(vec![7; bytes]));
        assert!(Secret::parse(&of(24)).is_ok() && Secret::parse(&of(64)).is_ok());
        let unpadded = of(25).trim_end_matches('=').to_owned();
        for bad in ["", "whsec_", &of(23), &of(65), &of(32)[6..], &unpadded, "whsec_*"] {
            assert_eq!(Secret::parse(bad), Err(SecretError), "{bad}");
        }
    }

    #[test]
    fn an_id_has_no_dot() {
        for (text, is_good) in [
            ("evt_00000000000000000000000001", true),
            (&"a".repeat(64), true),
            (&"a".repeat(65), false),
            ("", false),
            ("a.1", false),
            ("a b", false),
            ("a\r\nx: y", false),
            ("A", false),
        ] {
            assert_eq!(MessageId::new(text).is_ok(), is_good, "{text:?}");
        }
    }
}
