//! Idempotency keys: what callers choose, and the keyed hashes that the writer compares.

use axum::http::HeaderMap;
use engine::OperationKey;
use outside::keyring::KeyRing;
use serde::Serialize;
use writer::Operation;

use crate::fields::{Checked, refuse};
use crate::problem::{Problem, catalog};

/// The header that carries a key.
pub(crate) const HEADER: &str = "idempotency-key";

/// The header that marks a repeated answer.
pub(crate) const REPLAYED_HEADER: &str = "idempotent-replayed";

/// Characters of a key at most.
const CHARACTERS_MAX: usize = 255;

/// A key as a caller chose it: 1 to 255 visible ASCII characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IdempotencyKey<'a>(&'a str);

impl<'a> IdempotencyKey<'a> {
    /// The key of a request, if it has one.
    ///
    /// # Errors
    ///
    /// `invalid_idempotency_key`, also when there are two.
    pub(crate) fn of(headers: &'a HeaderMap) -> Result<Option<Self>, Problem> {
        let invalid = || Problem::new(&catalog::INVALID_IDEMPOTENCY_KEY).param("Idempotency-Key");
        let mut values = headers.get_all(HEADER).iter();
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(invalid());
        }
        let text = value.to_str().map_err(|_| invalid())?;
        IdempotencyKey::checked(text).map(Some).ok_or_else(invalid)
    }

    /// A key in a field of a body.
    pub(crate) fn in_field(pointer: &str, text: &'a str) -> Checked<Self> {
        IdempotencyKey::checked(text)
            .ok_or_else(|| refuse(pointer, "must be 1 to 255 visible ASCII characters"))
    }

    fn checked(text: &'a str) -> Option<Self> {
        let length_fits = (1..=CHARACTERS_MAX).contains(&text.len());
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        (length_fits && visible).then_some(IdempotencyKey(text))
    }
}

/// The hash under which an operation is remembered, within one book.
pub(crate) fn operation_key(ring: &KeyRing, book: &str, key: IdempotencyKey<'_>) -> OperationKey {
    // A book's name has no line break, so the boundary cannot be moved.
    let mut text = Vec::with_capacity(book.len() + 1 + key.0.len());
    text.extend_from_slice(book.as_bytes());
    text.push(b'\n');
    text.extend_from_slice(key.0.as_bytes());
    OperationKey(ring.short_hash("operation", &text))
}

/// The operation of a request: its key, and a fingerprint of what is asked under it. The body
/// is written out anew, so that white space and the order of members do not matter; members that
/// describe the caller's client leave themselves out.
pub(crate) fn operation(
    ring: &KeyRing,
    book: &str,
    key: IdempotencyKey<'_>,
    (method, path): (&str, &str),
    body: &impl Serialize,
) -> Operation {
    let mut asked = Vec::with_capacity(256);
    for part in [method, " ", path, "\n"] {
        asked.extend_from_slice(part.as_bytes());
    }
    serde_json::to_writer(&mut asked, body).expect("bodies were read from JSON and fit memory");
    Operation {
        key: operation_key(ring, book, key),
        fingerprint: ring.short_hash("fingerprint", &asked),
    }
}
