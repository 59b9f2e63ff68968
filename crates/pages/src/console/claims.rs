//! Claims for those who decide them: the queue, oldest promise first, and one with its evidence.

mod one;
mod queue;

pub use one::{
    ActView, DecideForm, DecideWrong, DeskClaimView, DeskDelivery, FactRow, desk_claim_page,
};
pub use queue::{AgeBar, ClaimsQueueView, QueueRow, claims_queue_page};
