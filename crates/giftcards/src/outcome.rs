//! What a decision leaves behind.

use ledger::{Posted, Subject};

use crate::{Card, CodeRow, Contact, EventKind, Hold, Program, Purchase, Refund, Sender};

/// Rows after a decision, what was posted, and what happened in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Cards after the decision.
    pub cards: Vec<Card>,
    /// Code rows after the decision.
    pub codes: Vec<CodeRow>,
    /// Holds after the decision.
    pub holds: Vec<Hold>,
    /// Refunds after the decision.
    pub refunds: Vec<Refund>,
    /// Programs after the decision.
    pub programs: Vec<Program>,
    /// Purchases after the decision.
    pub purchases: Vec<Purchase>,
    /// Senders after the decision.
    pub senders: Vec<Sender>,
    /// Contacts after the decision.
    pub contacts: Vec<Contact>,
    /// Accounts, transfers and entries.
    pub posted: Posted,
    /// Events, each with the object it is about.
    pub events: Vec<(EventKind, Subject)>,
}
