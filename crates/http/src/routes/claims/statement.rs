//! `GET /v1/claims/{id}/statement`: a decision with everything that explains it.

use base::Instant;
use claims::{Claim, Ground, StepName};
use engine::ClaimEvidence;

use super::evidence;
use super::ways::{settled_to, ways_of_claim};
use crate::call::{Call, Caller};
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::promotions::report::sentences_of;
use crate::scope::Read;
use crate::views::claim_statement::{Stated, StatementView, Way};

/// Read the statement of a claim
///
/// Of the decision that stands, or before of what waits for a second person: reasons, facts, the
/// rule with its arithmetic, what would have changed it, and how to appeal. With
/// `Accept: text/plain` as text.
#[utoipa::path(get, path = "/v1/claims/{id}/statement", operation_id = "read_claim_statement",
    tag = "Claims",
    params(("id" = String, Path, description = "The claim")),
    responses((status = 200, description = "The statement", body = StatementView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::CLAIM_NOT_FOUND)?;
    let evidence = evidence(&call.caller, id).await?;
    let claim = &evidence.claim;
    let ways = ways_of_claim(&call.caller, claim).await?;
    let beside = beside(&call.caller, claim).await?;
    let stated = stated(&evidence, ways);
    let stated = stated.map(|stated| stated.with_beside(claim, beside, paid_by(claim)));
    let stated = stated.ok_or_else(|| Problem::new(&catalog::CLAIM_STATEMENT_NOT_FOUND))?;
    let delivery = delivery(&call.caller, &evidence.claim).await?;
    Ok(stated.with_delivery(delivery).reply(call.wants_text()))
}

/// To what goes what comes back beside the claim: by the settlement of its promotion, which returns
/// it with all that was not spent. By name once it has.
async fn beside(caller: &Caller, claim: &Claim) -> Result<String, Problem> {
    let has_left = claim.payouts.iter().any(|it| it.paid_at.is_some() && !it.elsewhere.is_zero());
    let promotion = claim.promotion.filter(|_| has_left && claim.is_by_owner());
    let to = match promotion {
        Some(promotion) => settled_to(caller, promotion).await?.join(" and "),
        None => String::new(),
    };
    let to = if to.is_empty() { "what it was paid with".to_owned() } else { to };
    Ok(format!("{to}, by the settlement of the promotion, with its tax"))
}

/// Where everything went that was planned, when that is what the claim is about.
pub(super) async fn delivery(caller: &Caller, claim: &Claim) -> Result<Vec<String>, Problem> {
    match (claim.ground, claim.promotion) {
        (Ground::PoorOutcome | Ground::FailureToDeliver, Some(promotion)) => {
            sentences_of(caller, promotion).await
        }
        _ => Ok(Vec::new()),
    }
}

/// The statement of a claim, and to what its money has set out; `None` before there is one.
pub(super) fn stated(evidence: &ClaimEvidence, ways: Vec<Way>) -> Option<Stated> {
    let claim = &evidence.claim;
    let facts = evidence.decided_on.as_ref().map(|row| &row.facts);
    let decision = evidence.statement.as_ref().and_then(|kept| kept.decision.as_ref());
    Stated::of_claim(claim, facts, decision, ways, paid_by(claim))
}

/// By when the money of a claim should have arrived.
pub(super) fn paid_by(claim: &Claim) -> Option<Instant> {
    let steps = claim.steps.all().iter().filter(|step| step.name == StepName::Paid);
    steps.map(|step| step.done_at.unwrap_or(step.due_at)).next_back()
}
