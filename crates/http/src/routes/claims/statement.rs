//! `GET /v1/claims/{id}/statement`: a decision with everything that explains it.

use axum::http::StatusCode;

use super::evidence;
use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::claim_statement::StatementView;

/// Read the statement of a claim
///
/// Of the decision that stands, or before of what waits for a second person: reasons, facts, the
/// rule with its arithmetic, what would have changed it, and how to appeal.
#[utoipa::path(get, path = "/v1/claims/{id}/statement", operation_id = "read_claim_statement",
    tag = "Claims",
    params(("id" = String, Path, description = "The claim")),
    responses((status = 200, description = "The statement", body = StatementView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::CLAIM_NOT_FOUND)?;
    let evidence = evidence(&call.caller, id).await?;
    let claim = &evidence.claim;
    let facts = evidence.decided_on.as_ref().map(|row| &row.facts);
    let view = StatementView::of(
        claim,
        facts,
        evidence.statement.as_ref().and_then(|kept| kept.decision.as_ref()),
    );
    let view = view.ok_or_else(|| Problem::new(&catalog::CLAIM_STATEMENT_NOT_FOUND))?;
    Ok(Reply::view(StatusCode::OK, &view))
}
