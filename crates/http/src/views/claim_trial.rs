//! Previews of claims.

use engine::Preview;
use jobs::NotYet;
use serde::Serialize;

use crate::claim_rules::in_force;
use crate::views::claim::ClaimView;
use crate::views::claim_fact::FactView;
use crate::views::claim_statement::StatementView;

/// What a claim would be, and what would be decided on it now. Nothing is kept of it.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimTrial)]
pub(crate) struct ClaimTrialView<'a> {
    /// Always `claim_trial`.
    #[schema(pattern = "^claim_trial$")]
    object: &'static str,
    /// The claim; nobody keeps its id.
    claim: ClaimView<'a>,
    /// What is known now.
    facts: Vec<FactView>,
    /// What would be decided; nothing while somebody has to find what it is about, or while
    /// `waits_for` says what is still to come.
    decision: Option<StatementView>,
    /// What the claim would wait for before it is decided: `feed_opening`, `bills_open` or
    /// `records_behind`.
    waits_for: Option<&'static str>,
}

impl<'a> ClaimTrialView<'a> {
    /// A preview of a claim, at the time at which it would be made.
    pub(crate) fn new(preview: &'a Preview, not_yet: Option<NotYet>) -> ClaimTrialView<'a> {
        let claim = &preview.claim;
        let is_found = preview.decision.is_some() && not_yet.is_none();
        ClaimTrialView {
            object: "claim_trial",
            claim: ClaimView::new(claim, claim.filed_at),
            facts: FactView::all(&preview.facts, claim.currency),
            decision: is_found.then(|| {
                let rules = &in_force().rules;
                StatementView::tried(rules, claim, &preview.facts, claim.filed_at)
            }),
            waits_for: not_yet.map(NotYet::as_str),
        }
    }
}
