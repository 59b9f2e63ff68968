use std::fmt;

/// Words written by people, of 1 to `MAX_BYTES` bytes of UTF-8, without control characters.
///
/// The text is kept exactly as given: neither trimmed nor normalized. It may be personal, and
/// both [`Display`](fmt::Display) and [`Debug`](fmt::Debug) show it, so keep it out of logs.
/// For words that programs choose, use [`Token`](crate::Token).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX_BYTES: usize>(Box<str>);

impl<const MAX_BYTES: usize> Text<MAX_BYTES> {
    /// A text of one line.
    ///
    /// # Errors
    ///
    /// [`TextError`]; control characters are those of Unicode's category Cc (C0, delete, C1).
    pub fn new(text: &str) -> Result<Self, TextError> {
        Self::checked(text, char::is_control)
    }

    /// A text that may have several lines: newline and tab are allowed as well.
    ///
    /// A carriage return is not, so forms that send one before each newline remove it first.
    ///
    /// # Errors
    ///
    /// As for [`Text::new`].
    pub fn multiline(text: &str) -> Result<Self, TextError> {
        Self::checked(text, |character| character.is_control() && !matches!(character, '\n' | '\t'))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn checked(text: &str, is_forbidden: fn(char) -> bool) -> Result<Self, TextError> {
        if text.is_empty() {
            Err(TextError::Empty)
        } else if text.len() > MAX_BYTES {
            Err(TextError::TooLong { max_bytes: MAX_BYTES })
        } else if text.contains(is_forbidden) {
            Err(TextError::ControlCharacter)
        } else {
            Ok(Text(text.into()))
        }
    }
}

/// Why a text is not accepted; checked in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing was written.
    #[error("the text is empty")]
    Empty,
    /// More bytes than allowed; a character outside ASCII takes two to four.
    #[error("the text is longer than {max_bytes} bytes")]
    TooLong {
        /// The limit, in bytes of UTF-8.
        max_bytes: usize,
    },
    /// A control character that this text may not have.
    #[error("the text contains a control character")]
    ControlCharacter,
}

impl<const MAX_BYTES: usize> AsRef<str> for Text<MAX_BYTES> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<const MAX_BYTES: usize> fmt::Display for Text<MAX_BYTES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The text in quotes, with escapes.
impl<const MAX_BYTES: usize> fmt::Debug for Text<MAX_BYTES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
