use std::fmt;

/// A word for machines: 1 to `MAX` characters out of `a`–`z`, `0`–`9`, `_`, `.`, `:` and `-`.
///
/// For the names of rules, reasons, scopes and the like, which programs compare and people
/// merely read. For words that people write, use [`Text`](crate::Text).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token<const MAX: usize>(Box<str>);

impl<const MAX: usize> Token<MAX> {
    /// The token of this text.
    ///
    /// # Errors
    ///
    /// [`TokenError`]; upper case is an invalid character, it is not lowered silently.
    pub fn new(text: &str) -> Result<Self, TokenError> {
        if text.is_empty() {
            Err(TokenError::Empty)
        } else if text.len() > MAX {
            Err(TokenError::TooLong { max_bytes: MAX })
        } else if !text.bytes().all(is_token_byte) {
            Err(TokenError::InvalidCharacter)
        } else {
            Ok(Token(text.into()))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is not a token; checked in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Nothing was written.
    #[error("the token is empty")]
    Empty,
    /// More bytes than allowed.
    #[error("the token is longer than {max_bytes} characters")]
    TooLong {
        /// The limit, in bytes, which are the characters of a token.
        max_bytes: usize,
    },
    /// Something that a token may not have.
    #[error("the token may have only a-z, 0-9, and the signs _ . : -")]
    InvalidCharacter,
}

impl<const MAX: usize> AsRef<str> for Token<MAX> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Display for Token<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The text in quotes.
impl<const MAX: usize> fmt::Debug for Token<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn is_token_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b':' | b'-')
}
