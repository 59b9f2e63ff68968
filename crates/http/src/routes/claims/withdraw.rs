//! `POST /v1/claims/{id}/withdraw`: takes a claim back, or its appeal.

use engine::ClaimCommand;

use super::act;
use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::EmptyBody;
use crate::scope::MakeClaims;
use crate::views::claim::ClaimView;

/// Withdraw a claim
///
/// Until its money sets out. Of an appeal, what was decided before stays.
#[utoipa::path(post, path = "/v1/claims/{id}/withdraw", operation_id = "withdraw_claim",
    tag = "Claims",
    params(("id" = String, Path, description = "The claim")),
    request_body = EmptyBody,
    responses((status = 200, description = "Withdrawn", body = ClaimView)))]
pub(crate) async fn handle(mut call: Call<MakeClaims>) -> Result<Reply, Problem> {
    let claim = call.path_id(&catalog::CLAIM_NOT_FOUND)?;
    let body: EmptyBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    act(&call.caller, ClaimCommand::Withdraw { claim }, operation).await
}
