//! What was decided on a claim, as far as its life needs to know.

use base::{Amount, Token};

/// A reason in the words of machines; its text stands in a message file.
pub type Code = Token<40>;

/// What a decision comes to. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Outcome {
    /// All of the loss is paid.
    Approve = 1,
    /// A part of it is paid.
    PartlyApprove = 2,
    /// Nothing is paid.
    Deny = 3,
    /// A person has to decide.
    Review = 4,
    /// It waits for the end of a dispute.
    Hold = 5,
    /// It was decided before: see the first claim.
    Link = 6,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Outcome; 6] = [
        Outcome::Approve,
        Outcome::PartlyApprove,
        Outcome::Deny,
        Outcome::Review,
        Outcome::Hold,
        Outcome::Link,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Approve => "approve",
            Outcome::PartlyApprove => "partly_approve",
            Outcome::Deny => "deny",
            Outcome::Review => "review",
            Outcome::Hold => "hold",
            Outcome::Link => "link",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| *outcome as u8 == number)
    }
}

/// What the rules have decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What it comes to.
    pub outcome: Outcome,
    /// How much the claim pays, in minor units of its currency, tax not counted.
    pub amount: Amount,
    /// Why, the main reason first.
    pub codes: Vec<Code>,
    /// False when a person has decided.
    pub automated: bool,
}
