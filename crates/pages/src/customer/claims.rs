//! Claims: made from a promotion or a charge, tried before they are sent, and followed to the end.

mod decision;
mod list;
mod lost;
mod names;
mod new;
mod show;

pub(super) use names::standing;

/// Names and pieces that the console shows too.
pub(super) mod desk {
    pub(crate) use super::decision::decision;
    pub(crate) use super::names::{GROUNDS, awaited, ground, standing, step};
}

pub use decision::{BetterView, DecisionView};
pub use list::{ClaimLine, ClaimsView, claims_page};
pub use lost::{LostDoneView, LostTyped, LostView, lost_done_page, lost_page};
pub use new::{ClaimTyped, NewClaimView, SubjectView, TrialView, new_claim_page};
pub use show::{ClaimView, PayoutView, claim_page};
