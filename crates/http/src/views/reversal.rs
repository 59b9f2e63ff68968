//! Reversals.

use std::sync::Arc;

use base::Instant;
use engine::ReversalStatus;
use giftcards::Hold;
use ledger::Account;
use serde::Serialize;

use crate::views::Time;
use crate::views::hold::HoldView;

/// What undoing an operation by its key achieved.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Reversal)]
pub(crate) struct ReversalView<'a> {
    /// Always `reversal`.
    object: &'static str,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(inline)]
    status: ReversalStatusName,
    /// The hold that the operation placed, captured, redeemed or refunded.
    hold: Option<HoldView<'a>>,
}

/// `undone`: it had taken place. `barred`: it had not arrived and never will take place.
/// `nothing_to_undo`: it had been refused, or undone before.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum ReversalStatusName {
    Undone,
    Barred,
    NothingToUndo,
}

impl<'a> ReversalView<'a> {
    pub(crate) fn new(
        status: ReversalStatus,
        hold: Option<&'a (Arc<Hold>, Account)>,
        now: Instant,
    ) -> ReversalView<'a> {
        let status = match status {
            ReversalStatus::Undone => ReversalStatusName::Undone,
            ReversalStatus::Barred => ReversalStatusName::Barred,
            ReversalStatus::NothingToUndo => ReversalStatusName::NothingToUndo,
        };
        let hold = hold.map(|(hold, account)| HoldView::new(hold, account, now));
        ReversalView { object: "reversal", created_at: Time(now), status, hold }
    }
}
