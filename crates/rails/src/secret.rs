//! Texts that nobody may read in a log.

use std::fmt;

/// A key of ours at a rail, or the secret that its messages are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<str>);

impl Secret {
    /// Keeps the text.
    pub fn new(text: &str) -> Self {
        Secret(text.into())
    }

    /// The text itself, for the request or signature it is meant for.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Nothing of the text.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Names a payer's card or account at a rail: `tok_ok`, `pm_…`. Whoever has it and our key can
/// charge the payer, so it is sealed where it is stored and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct MethodToken(Box<str>);

impl MethodToken {
    /// Most bytes of a token.
    pub const BYTES_MAX: usize = 255;

    /// Takes a text as a token; only the rail can say whether it is one of its own.
    ///
    /// # Errors
    ///
    /// [`MethodTokenError`] unless it is 1 to 255 letters, digits, `_` or `-`, so that it can
    /// stand in any request without changing its meaning.
    pub fn new(text: &str) -> Result<Self, MethodTokenError> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if text.is_empty() || text.len() > Self::BYTES_MAX || !text.bytes().all(fits) {
            return Err(MethodTokenError);
        }
        Ok(MethodToken(text.into()))
    }

    /// The text itself, for the request to the rail.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Nothing of the text.
impl fmt::Debug for MethodToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MethodToken(…)")
    }
}

/// The text cannot be the token of a payment method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token is 1 to 255 letters, digits, _ or -")]
pub struct MethodTokenError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_show() {
        let shown = format!("{:?}", (Secret::new("sk_live_1"), MethodToken::new("pm_9").unwrap()));
        assert_eq!(shown, "(Secret(…), MethodToken(…))");
    }

    #[test]
    fn tokens_are_words() {
        let long = "a".repeat(256);
        for (text, fits) in [("tok_ok", true), ("", false), ("a/../b", false), (&long, false)] {
            assert_eq!(MethodToken::new(text).is_ok(), fits, "{text}");
        }
    }
}
