//! `POST /v1/claims/{id}/replay`: what the facts of a claim would lead to by the rules of today.

use axum::http::StatusCode;

use super::evidence;
use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::EmptyBody;
use crate::scope::ReviewClaims;
use crate::views::claim_statement::StatementView;

/// Replay a claim
///
/// The decision that its frozen facts get by the tables that are in force now. Nothing is stored,
/// and the claim stays as it is.
#[utoipa::path(post, path = "/v1/claims/{id}/replay", operation_id = "replay_claim",
    tag = "Claims",
    params(("id" = String, Path, description = "The claim")),
    request_body = EmptyBody,
    responses((status = 200, description = "What would be decided", body = StatementView)))]
pub(crate) async fn handle(mut call: Call<ReviewClaims>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::CLAIM_NOT_FOUND)?;
    call.idempotency_key()?;
    let _: EmptyBody = call.json().await?;
    let evidence = evidence(&call.caller, id).await?;
    let facts = evidence.facts.as_ref().ok_or_else(|| Problem::new(&catalog::FACTS_MISSING))?;
    let view = StatementView::tried(&evidence.claim, &facts.facts, evidence.now);
    Ok(Reply::view(StatusCode::OK, &view))
}
