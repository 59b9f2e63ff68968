//! Who agreed to pay, and how that is known.

use base::{Instant, Region, Token};

/// By what a person proved to be who they are. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Factor {
    /// A passkey.
    Passkey = 1,
    /// A password and a code that changes with time (RFC 6238).
    Totp = 2,
    /// A password alone.
    Password = 3,
    /// By nothing that is known.
    None = 4,
    /// A code that was sent by mail: whoever reads the mailbox has it.
    MailCode = 5,
    /// The shop around says who they are; how it knows, nobody here can tell.
    HandOver = 6,
}

impl Factor {
    /// Every factor.
    pub const ALL: [Factor; 6] = [
        Factor::Passkey,
        Factor::Totp,
        Factor::Password,
        Factor::None,
        Factor::MailCode,
        Factor::HandOver,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Factor::Passkey => "passkey",
            Factor::Totp => "totp",
            Factor::Password => "password",
            Factor::None => "none",
            Factor::MailCode => "mail_code",
            Factor::HandOver => "hand_over",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Factor> {
        Factor::ALL.into_iter().find(|factor| *factor as u8 == number)
    }

    /// True for factors that a stolen password does not give.
    pub fn is_strong(self) -> bool {
        matches!(self, Factor::Passkey | Factor::Totp)
    }
}

/// A keyed hash of a device, session or address: equal ones can be told, none can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; 16]);

/// The record that somebody agreed to pay for the terms: evidence when they say they did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// By what they proved to be who they are.
    pub factor: Factor,
    /// The device.
    pub device: Option<Fingerprint>,
    /// The session.
    pub session: Option<Fingerprint>,
    /// The network address.
    pub address: Option<Fingerprint>,
    /// Where the address is.
    pub region: Option<Region>,
    /// The act that their passkey has signed for this very payment: the name of the record that
    /// proves it, with whoever keeps accounts.
    pub act: Option<[u8; 16]>,
    /// Which version of the terms of use they were shown.
    pub terms_version: Option<Token<40>>,
    /// When.
    pub at: Instant,
}
