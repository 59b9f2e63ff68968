//! Sending the mails that gift cards wait for.
//!
//! # Vocabulary
//!
//! | word | meaning |
//! | --- | --- |
//! | [`Postman`] | the thread of a book that sends its mails |
//! | sending | how often a card was handed over to be sent; each is a mail of its own |
//! | words | what people wrote and are called, opened for the moment of sending ([`ReadWords`]) |
//! | [`Letterhead`] | what all mails of an installation have in common |
//!
//! # Invariants
//!
//! - A mail is asked for by an event and waits in the control store from then on, until the card
//!   says what became of it.
//! - An attempt is noted before it is made: what is found begun after a start is of unknown fate,
//!   and is sent once more at most.
//! - Right before each attempt the card is asked: one that was sent again, claimed, canceled or
//!   has expired gets no mail of an earlier sending.
//! - Neither words nor links are kept, logged or put into errors.

mod key;
mod letter;
mod postman;

pub use key::{mail_key, read_mail_key};
pub use letter::{GiftWords, Letterhead, ReadWords, Words};
pub use postman::{MailNews, MailTrouble, Postman, PostmanParts};
