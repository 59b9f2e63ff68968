//! What a decision needs to know besides rows, and what it leaves behind.

use base::{CardId, HoldId, Instant, ProgramId, RefundId};
use ledger::{Position, Posted, Subject};

use crate::{Card, CodeRow, EventKind, Hold, Program, Refund};

/// The circumstances of a decision.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The book's time.
    pub now: Instant,
    /// Where in the journal transfers will stand.
    pub position: Position,
}

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
    /// Accounts, transfers and entries.
    pub posted: Posted,
    /// Events, each with the object it is about.
    pub events: Vec<(EventKind, Subject)>,
}

pub(crate) fn about_card(id: CardId) -> Subject {
    Subject(id.to_bytes())
}

pub(crate) fn about_hold(id: HoldId) -> Subject {
    Subject(id.to_bytes())
}

pub(crate) fn about_refund(id: RefundId) -> Subject {
    Subject(id.to_bytes())
}

pub(crate) fn about_program(id: ProgramId) -> Subject {
    Subject(id.to_bytes())
}
