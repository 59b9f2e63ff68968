use std::fmt;

use base::{Instant, Text};

use crate::{Address, mime};

/// Most bytes of a [`MessageKey`]: a return path made of it still fits 64 bytes before its `@`.
pub const KEY_BYTES_MAX: usize = 40;

/// Most bytes of a name of a person, a shop or a design.
pub const NAME_BYTES_MAX: usize = 120;

/// Most bytes of a subject. Mail programs show far less.
pub const SUBJECT_BYTES_MAX: usize = 400;

/// A name of a person, a shop or a design: one line.
pub type Name = Text<NAME_BYTES_MAX>;

/// The subject of a mail: one line.
pub type Subject = Text<SUBJECT_BYTES_MAX>;

/// Names one mail for ever: the operation that wants it, and which of its mails it is.
///
/// 1 to 40 characters out of `a`–`z`, `0`–`9`, `_` and `-`, such as an id of ours with a short
/// ending: whatever is sent again under the same key is the same mail. It is seen by whoever gets
/// the mail.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessageKey(Box<str>);

impl MessageKey {
    /// Reads a key.
    ///
    /// # Errors
    ///
    /// [`KeyError`] for other characters, none, or more than 40.
    pub fn new(text: &str) -> Result<Self, KeyError> {
        let is_fit = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-')
        };
        if (1..=KEY_BYTES_MAX).contains(&text.len()) && text.bytes().all(is_fit) {
            Ok(Self(text.into()))
        } else {
            Err(KeyError)
        }
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no key of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key of a message has 1 to {KEY_BYTES_MAX} characters out of a-z, 0-9, _ and -")]
pub struct KeyError;

/// A picture that a mail brings along: nothing is fetched when the mail is read, so nobody learns
/// that it was.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its `Content-ID`, without angle brackets, in the form of an address: `name@domain`. No other
    /// part of any mail has it.
    pub id: String,
    /// A PNG, `WIDTH` by `HEIGHT`.
    pub png: &'static [u8],
}

impl Picture {
    /// Pixels across.
    pub const WIDTH: u32 = 1200;

    /// Pixels down.
    pub const HEIGHT: u32 = 630;
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a mail says, twice: as text and as HTML. Made by the [`templates`](crate::templates).
///
/// `Debug` shows nothing of it: it holds names, words and links of people.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// One line.
    pub subject: Subject,
    /// For programs and people who prefer plain text; says all that the HTML says.
    pub text: String,
    /// A whole HTML document.
    pub html: String,
    /// What the HTML shows, beside words.
    pub picture: Option<Picture>,
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content").finish_non_exhaustive()
    }
}

/// An address with the name that mail programs show.
#[derive(Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Shown in place of the address.
    pub name: Option<Name>,
    /// Where the mail goes, or comes from.
    pub address: Address,
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.address, f)
    }
}

/// A mail to one recipient, ready to be sent. The same fields give the same bytes.
#[derive(Clone, Debug)]
pub struct Message {
    /// Which mail it is.
    pub key: MessageKey,
    /// The shop.
    pub from: Mailbox,
    /// The one recipient.
    pub to: Mailbox,
    /// Where failures are reported to: [`bounce::ReturnPaths`](crate::bounce::ReturnPaths).
    pub return_path: Address,
    /// When the mail was first meant to be sent; sending it again does not change it.
    pub written_at: Instant,
    /// What it says.
    pub content: Content,
}

impl Message {
    /// Its `Message-ID`, with angle brackets: the key at the domain of the sender.
    pub fn message_id(&self) -> String {
        format!("<{}@{}>", self.key.as_str(), self.from.address.domain())
    }

    /// The mail as it goes over the wire: seven-bit text with CRLF at the end of lines.
    ///
    /// It holds everything the content holds, secret links included.
    pub fn reveal_bytes(&self) -> Vec<u8> {
        mime::bytes(self)
    }
}
