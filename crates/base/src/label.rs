//! Labels: names that other systems gave to their things.

use std::fmt;

/// A seller, creator, category, product or customer as the shop names it: 1 to 64 ASCII letters,
/// digits, `_`, `-`, `.`, `:` or `/`. Narrow on purpose, so that lists of labels can be stored
/// joined and personal text does not fit in by accident.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label(Box<str>);

/// The text is no label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 64 letters, digits, '_', '-', '.', ':' or '/'")]
pub struct LabelError;

impl Label {
    /// Bytes a label may have.
    pub const BYTES_MAX: usize = 64;

    /// Checks and keeps `text`.
    ///
    /// # Errors
    ///
    /// [`LabelError`] when it is empty, too long or has another character.
    pub fn new(text: &str) -> Result<Label, LabelError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
        if text.is_empty() || text.len() > Self::BYTES_MAX || !text.bytes().all(plain) {
            return Err(LabelError);
        }
        Ok(Label(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
