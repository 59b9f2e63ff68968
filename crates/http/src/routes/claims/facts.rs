//! `GET /v1/claims/{id}/facts`: what a claim is decided on.

use axum::http::StatusCode;

use super::evidence;
use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::claim_fact::FactsView;

/// Read the facts of a claim
///
/// Those that were put together last, as they were then: each with its source and the record it was
/// read from. What is unknown says why.
#[utoipa::path(get, path = "/v1/claims/{id}/facts", operation_id = "read_claim_facts",
    tag = "Claims",
    params(("id" = String, Path, description = "The claim")),
    responses((status = 200, description = "The facts", body = FactsView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::CLAIM_NOT_FOUND)?;
    let evidence = evidence(&call.caller, id).await?;
    let facts = evidence.facts.as_ref().map(|row| &row.facts);
    Ok(Reply::view(StatusCode::OK, &FactsView::new(&evidence.claim, facts)))
}
