//! Money from the book and back.

use std::sync::Mutex;

use base::{Instant, Span};
use engine::{Answer, PromotionCommand, Refusal};
use feed::{Lease, Returned, Want};
use promotions::{Refusal as No, Return, Slice};

use super::Books;
use crate::state::State;
use crate::{ServingError, locked};

/// How long a slice serves.
const SLICE_TERM: Span = Span::minutes(10);

/// Time between two looks for money that goes back.
const COLLECTED_EVERY: Span = Span::minutes(1);

/// Commands in one call to the writer.
const COMMANDS_AT_ONCE: usize = 256;

impl Books {
    /// Asks for the money that is needed soon. Returns how many slices came or grew.
    pub(crate) fn lease(
        &mut self,
        state: &Mutex<State>,
        now: Instant,
    ) -> Result<usize, ServingError> {
        let wants = locked(state).chooser.wants(now);
        let (mut leased, mut failed) = (0, None);
        for portion in wants.chunks(COMMANDS_AT_ONCE) {
            let outcomes = match failed {
                None => {
                    self.decide_all(portion.iter().map(|want| self.lease_command(want)).collect())
                }
                // Nobody would ask for them again before they are chosen.
                Some(_) => Ok(Vec::new()),
            };
            let outcomes = outcomes.unwrap_or_else(|error| {
                failed = Some(error);
                Vec::new()
            });
            let mut state = locked(state);
            let mut outcomes = outcomes.into_iter();
            for Want { promotion, .. } in portion {
                match outcomes.next() {
                    Some(Some(Ok(Answer::Slice(slice)))) => {
                        leased += usize::from(state.chooser.lease(*promotion, lease_of(&slice)));
                    }
                    _ => state.chooser.refuse(*promotion),
                }
            }
        }
        failed.map_or(Ok(leased), Err)
    }

    /// What the book is asked for.
    fn lease_command(&self, want: &Want) -> PromotionCommand {
        let holder = self.log.stream().clone();
        let (promotion, held) = (want.promotion, want.slice.map(|slice| slice.0));
        let want = promotions::Lease { holder, amount: want.amount, term: SLICE_TERM };
        PromotionCommand::Lease { promotion, held, want }
    }

    /// Gives back what is not needed, once a minute. Returns of how many slices.
    pub(crate) fn collect(
        &mut self,
        state: &Mutex<State>,
        now: Instant,
    ) -> Result<usize, ServingError> {
        let is_time = |at: Instant| now.since(at).is_none_or(|since| since >= COLLECTED_EVERY);
        if self.collected_at.is_none_or(is_time) {
            self.collected_at = Some(now);
            let mut state = locked(state);
            let backs = state.chooser.collect(now);
            state.rank_candidates();
            let end = state.next_sequence();
            self.backs.extend(backs.into_iter().map(|back| (back, end)));
        }
        let mut returned = 0;
        let backs = std::mem::take(&mut self.backs);
        let mut portions = backs.chunks(COMMANDS_AT_ONCE);
        for portion in portions.by_ref() {
            let outcomes = match self.decide_all(portion.iter().map(return_command).collect()) {
                Ok(outcomes) => outcomes,
                Err(error) => {
                    // Money of an open slice is told of again by the next look: by then it may
                    // have been leased anew, and what was to be kept is too little.
                    let later = portion.iter().chain(portions.flatten());
                    self.backs.extend(later.filter(|(back, _)| back.is_closed));
                    return Err(error);
                }
            };
            for (back, outcome) in portion.iter().zip(outcomes) {
                match outcome {
                    Some(Ok(_)) => returned += 1,
                    // What charges it is not in the log yet.
                    Some(Err(Refusal::Promotions(No::BillsMissing { .. }))) => {
                        self.backs.push(*back);
                    }
                    Some(Err(_)) | None => {}
                }
            }
        }
        Ok(returned)
    }
}

/// What the book is told of money that goes back.
fn return_command((back, end): &(Returned, u64)) -> PromotionCommand {
    PromotionCommand::ReturnSlice {
        promotion: back.promotion,
        slice: back.slice.0,
        back: Return {
            granted_after: back.granted_after,
            closes_after: back.is_closed.then_some(*end),
        },
    }
}

pub(super) fn lease_of(slice: &Slice) -> Lease {
    Lease {
        slice: feed::SliceId(slice.number),
        granted: slice.granted(),
        serves_until: slice.expires_at,
        lapses_at: slice.charges_until(),
    }
}
