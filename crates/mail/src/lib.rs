//! Mail: what we write to people, how it reaches a server, and what comes back.
//!
//! # Vocabulary
//!
//! | word | meaning |
//! | --- | --- |
//! | [`MessageKey`] | names one mail for ever; its `Message-ID` and return path are made of it |
//! | [`Content`] | subject, text and HTML, from one of the [`templates`] |
//! | [`Message`] | a content with its addresses: what is sent, the same bytes every time |
//! | [`Mailer`] | who takes a message: a server ([`SmtpMailer`]) or a folder ([`FolderMailer`]) |
//! | [`Outcome`] | sent, refused for good, deferred, or unknown |
//! | step | how far the talk with the server went before it ended |
//! | return path | where a failure is reported to, one address a message: [`bounce::ReturnPaths`] |
//! | bounce | a refusal for good, at once or by a report that comes later |
//!
//! # Invariants
//!
//! - A message sent again is the same message, byte for byte, under the same `Message-ID`, so that
//!   whoever gets it twice can tell.
//! - What we do not know we do not guess: a connection lost after the text was handed over is
//!   *unknown*, neither sent nor failed. [`schedule`] says what happens then.
//! - Trouble of our own (wrong password, sender not allowed) never makes a recipient *bounced*.
//! - No text of a person can become a header, a second recipient, markup or a link.
//! - A claim link opens a gift, so it is in no `Debug` form, error or log. Neither is an address.
//! - A mail has no code of a card, no remote picture, no tracking.
//!
//! `docs/mail.md` is the page for operators.

mod address;
pub mod bounce;
mod folder;
mod link;
mod mailer;
mod message;
mod mime;
pub mod schedule;
mod smtp;
pub mod templates;

pub use address::{Address, AddressError, DOMAIN_BYTES_MAX, Domain, LOCAL_BYTES_MAX};
pub use folder::FolderMailer;
pub use link::{LINK_BYTES_MAX, LinkError, SecretLink};
pub use mailer::{Deferral, Mailer, Outcome, Refusal, Reply, Step, Trouble};
pub use message::{
    Content, KEY_BYTES_MAX, KeyError, Mailbox, Message, MessageKey, NAME_BYTES_MAX, Name, Picture,
    SUBJECT_BYTES_MAX, Subject,
};
pub use smtp::{Login, Security, SmtpMailer, SmtpSettings, SmtpSettingsError};
