//! Sending mails: gifts to their recipients, and to buyers what became of what they bought.
//!
//! # Vocabulary
//!
//! | word | meaning |
//! | --- | --- |
//! | [`Postman`] | the thread of a book that sends its mails |
//! | cause | why a mail is sent ([`store::MailCause`]); one cause is one mail |
//! | sending | how often a card was handed over to be sent; each is a cause of its own |
//! | matter | what a mail is about, looked up right before each attempt |
//! | giver | who gave a card ([`Giver`]); of a bought card, its buyer |
//! | words | what people wrote and are called, opened for the moment of sending ([`ReadWords`]) |
//! | [`Letterhead`] | what all mails of an installation have in common |
//!
//! # Invariants
//!
//! - A mail is asked for by an event and waits in the control store from then on, until it is over;
//!   of a gift, until the card says what became of it.
//! - An attempt is noted before it is made: what is found begun after a start is of unknown fate,
//!   and is sent once more at most.
//! - Right before each attempt the book is asked: a card that was sent again, claimed, canceled or
//!   has expired gets no mail of an earlier sending, and its buyer none about it.
//! - A buyer is whoever the card says gave it. Erased, or without an address, they get nothing.
//! - Neither words nor links are kept, logged or put into errors.

mod asked;
mod buyer_letter;
mod key;
mod letter;
mod matter;
mod postman;
mod words;

pub use key::{mail_key, read_mail_key};
pub use letter::Letterhead;
pub use postman::{MailNews, MailTrouble, Postman, PostmanParts};
pub use words::{GiftWords, Giver, ReadWords, Words};
