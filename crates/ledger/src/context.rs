//! The circumstances of a decision.

use base::Instant;

use crate::Position;

/// What a rule needs to know besides rows: it reads no clock, and ids of transfers follow from
/// where they will stand.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The book's time.
    pub now: Instant,
    /// Where in the journal transfers will stand.
    pub position: Position,
}
