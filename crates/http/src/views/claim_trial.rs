//! Previews of claims.

use claims::{Claim, next};
use engine::{Foreseen, Preview};
use jobs::NotYet;
use serde::Serialize;

use crate::claim_rules::in_force;
use crate::views::Time;
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
    /// What the claim would be led to by that: a large sum waits for a second person, for
    /// example. Nothing while there is no decision.
    leads_to: Option<LeadsToView>,
    /// What the claim would wait for before it is decided: `feed_opening`, `feed_behind`,
    /// `bills_open` or `records_behind`.
    waits_for: Option<&'static str>,
}

/// Where a claim would stand once it was decided on what is known now.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimLeadsTo)]
struct LeadsToView {
    /// As for a claim: `approved`, `in_review` or `denied`, for example.
    status: &'static str,
    /// What it would wait for then, as in `next` of a claim: `payout_start`, `second_person`,
    /// `review`, `dispute_end` or `appeal`, for example.
    awaited: &'static str,
    /// By when, if it was made now.
    #[schema(value_type = Option<String>, format = DateTime)]
    by: Option<Time>,
}

impl LeadsToView {
    fn new(after: &Claim) -> LeadsToView {
        let next = next(after, after.filed_at);
        LeadsToView {
            status: after.status.as_str(),
            awaited: next.awaited.as_str(),
            by: next.by.map(Time),
        }
    }
}

impl<'a> ClaimTrialView<'a> {
    /// A preview of a claim, at the time at which it would be made; `delivery` as its statement
    /// would tell it.
    pub(crate) fn new(
        preview: &'a Preview,
        not_yet: Option<NotYet>,
        delivery: Vec<String>,
    ) -> ClaimTrialView<'a> {
        let claim = &preview.claim;
        let decided = preview.decided.as_ref().filter(|_| not_yet.is_none());
        ClaimTrialView {
            object: "claim_trial",
            claim: ClaimView::new(claim, claim.filed_at),
            facts: FactView::all(&preview.facts, claim.currency),
            decision: decided.map(|Foreseen { decision, .. }| {
                let (rules, told) = (&in_force().rules, (&preview.facts, decision));
                StatementView::foreseen(rules, claim, told, claim.filed_at).with_delivery(delivery)
            }),
            leads_to: decided.map(|Foreseen { after, .. }| LeadsToView::new(after)),
            waits_for: not_yet.map(NotYet::as_str),
        }
    }
}
