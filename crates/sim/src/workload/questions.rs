//! Questions.

use base::{Instant, ProgramId, RefundId};
use engine::{CardRef, Query};

use super::Workload;
use crate::Sight;

impl Workload {
    /// A question about something that is there, or is not.
    pub fn query(&mut self, oracle: &dyn Sight, now: Instant) -> Query {
        match self.random.below(10) {
            0 => Query::Book,
            1 => {
                let garbage = ProgramId::from_parts(now, self.random.bytes10());
                Query::Program(self.random.pick_recent(&self.programs).copied().unwrap_or(garbage))
            }
            2..5 => Query::Card(self.known_card(oracle, now)),
            5 => {
                let codes: Vec<_> =
                    self.random.pick_recent(&self.codes).copied().into_iter().collect();
                Query::Lookup(CardRef::Code(codes.into()))
            }
            6..8 => Query::Hold(self.known_hold(oracle, now)),
            8 => {
                let garbage = RefundId::from_parts(now, self.random.bytes10());
                Query::Refund(self.random.pick_recent(&self.refunds).copied().unwrap_or(garbage))
            }
            _ => {
                let accounts = oracle.some_accounts(200);
                match self.random.pick(&accounts) {
                    Some(id) => Query::Account(*id),
                    None => Query::Book,
                }
            }
        }
    }
}
