//! API keys: their text, and what is kept of it.

use base::{Instant, KeyId};
use outside::keyring::KeyRing;
use outside::random::Randomness;
use store::{ApiKey, BookName, KeyKind};

use crate::scope::Scopes;
use crate::version::Version;

/// The text of a key: `mg_live_…` or `mg_test_…` for backends, `mg_pub_…` for apps and pages, where
/// anybody can read it. It is shown once and kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct KeySecret(String);

impl KeySecret {
    /// Fewest characters of a key that an operator chose.
    pub const CHARACTERS_MIN: usize = 24;

    /// Most characters of a key.
    pub const CHARACTERS_MAX: usize = 128;

    /// A fresh key.
    pub fn draw(kind: KeyKind, book_is_test: bool, random: &mut dyn Randomness) -> KeySecret {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        KeySecret::of_bytes(kind, book_is_test, bytes)
    }

    /// The key of these secret bytes.
    pub(crate) fn of_bytes(kind: KeyKind, book_is_test: bool, bytes: [u8; 16]) -> KeySecret {
        let prefix = match kind {
            KeyKind::Publishable => "mg_pub_",
            KeyKind::Secret if book_is_test => "mg_test_",
            KeyKind::Secret => "mg_live_",
        };
        let mut text = String::with_capacity(prefix.len() + 2 * bytes.len());
        text.push_str(prefix);
        for byte in bytes {
            for half in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789abcdef"[usize::from(half)]));
            }
        }
        KeySecret(text)
    }

    /// A key that an operator brings along, such as the one a container starts with.
    /// `None` when it has the wrong prefix, length or characters.
    pub fn chosen(text: &str) -> Option<(KeySecret, KeyKind)> {
        let kind = if text.starts_with("mg_pub_") {
            KeyKind::Publishable
        } else if text.starts_with("mg_live_") || text.starts_with("mg_test_") {
            KeyKind::Secret
        } else {
            return None;
        };
        let fits = (Self::CHARACTERS_MIN..=Self::CHARACTERS_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        fits.then(|| (KeySecret(text.to_owned()), kind))
    }

    /// Last four characters, for people to tell keys apart.
    pub fn last4(&self) -> [u8; 4] {
        *self.0.as_bytes().last_chunk().expect("keys are longer than four characters")
    }

    /// The hash under which the server looks it up.
    pub fn hash(&self, ring: &KeyRing) -> [u8; 16] {
        presented_hash(ring, &self.0)
    }

    /// The text, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Redacted: a key is a bearer secret.
impl std::fmt::Debug for KeySecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("KeySecret(…)")
    }
}

/// The hash under which a presented text is looked up.
pub(crate) fn presented_hash(ring: &KeyRing, text: &str) -> [u8; 16] {
    ring.short_hash("api key", text.as_bytes())
}

/// An API key to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewKey<'a> {
    /// Its text; fresh, or chosen by the operator.
    pub secret: &'a KeySecret,
    /// Its kind.
    pub kind: KeyKind,
    /// What it may do; ignored for publishable keys, which may only look up cards.
    pub scopes: Scopes,
}

impl NewKey<'_> {
    /// The key as the control store keeps it: pinned to the newest version of the API.
    pub fn row(&self, ring: &KeyRing, book: &BookName, id: KeyId, created_at: Instant) -> ApiKey {
        ApiKey {
            id,
            book: book.clone(),
            kind: self.kind,
            hash: self.secret.hash(ring),
            scopes: match self.kind {
                KeyKind::Secret => self.scopes.to_text(),
                KeyKind::Publishable => String::new(),
            },
            version: Version::NEWEST.as_str().to_owned(),
            last4: self.secret.last4(),
            created_at,
            revoked_at: None,
        }
    }
}
