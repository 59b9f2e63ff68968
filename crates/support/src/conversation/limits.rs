//! How much may be written, each bound with its unit.

use base::Span;

/// Messages of a customer within 24 hours.
pub const MESSAGES_A_DAY_MAX: u32 = 50;

/// Conversations of a customer that are not solved.
pub const OPEN_MAX: u32 = 10;

/// Messages of a conversation, notes included: then it goes on in another one.
pub const MESSAGES_MAX: u32 = 500;

/// Bytes of a message.
pub const MESSAGE_BYTES_MAX: usize = 4_000;

/// How long after it was solved a reply opens a conversation again.
pub const REOPENED_WITHIN: Span = Span::days(14);
