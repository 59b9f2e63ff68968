//! Messages, and what customers say of the help they got.

use base::{PersonId, Text};

use super::limits;

/// What somebody writes: may have several lines. It is personal, whoever has written it.
pub type MessageText = Text<{ limits::MESSAGE_BYTES_MAX }>;

/// Who has written a message, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Author {
    /// The customer whose request it is.
    Customer,
    /// Somebody of staff, for the customer.
    Staff(PersonId),
    /// Somebody of staff, for staff only.
    Note(PersonId),
}

impl Author {
    /// The number that is stored; it never changes.
    pub fn number(self) -> u8 {
        match self {
            Author::Customer => 1,
            Author::Staff(_) => 2,
            Author::Note(_) => 3,
        }
    }

    /// Who of staff has written it.
    pub fn staff(self) -> Option<PersonId> {
        match self {
            Author::Customer => None,
            Author::Staff(by) | Author::Note(by) => Some(by),
        }
    }

    /// Reads what was stored back.
    pub fn from_stored(number: u8, staff: Option<PersonId>) -> Option<Author> {
        match (number, staff) {
            (1, None) => Some(Author::Customer),
            (2, Some(by)) => Some(Author::Staff(by)),
            (3, Some(by)) => Some(Author::Note(by)),
            _ => None,
        }
    }

    /// Whether the customer may read it.
    pub fn is_for_customer(self) -> bool {
        !matches!(self, Author::Note(_))
    }
}

/// The answer to the one question after the end: did it help? The numbers are stored and never
/// change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Rating {
    /// Yes.
    Helped = 1,
    /// In part.
    HelpedInPart = 2,
    /// No.
    DidNotHelp = 3,
}

impl Rating {
    /// Every answer.
    pub const ALL: [Rating; 3] = [Rating::Helped, Rating::HelpedInPart, Rating::DidNotHelp];

    /// Stable lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Rating::Helped => "helped",
            Rating::HelpedInPart => "helped_in_part",
            Rating::DidNotHelp => "did_not_help",
        }
    }

    /// The answer of this name.
    pub fn parse(name: &str) -> Option<Rating> {
        Rating::ALL.into_iter().find(|rating| rating.name() == name)
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Rating> {
        Rating::ALL.into_iter().find(|rating| *rating as u8 == number)
    }
}
