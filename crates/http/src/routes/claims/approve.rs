//! `POST /v1/claims/{id}/approve`: lets a second person agree to a large sum, or not.

use engine::ClaimCommand;
use serde::{Deserialize, Serialize};

use super::act;
use crate::call::Call;
use crate::fields;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::ReviewClaims;
use crate::views::claim::ClaimView;

/// Who, and whether they agree.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClaimApproval)]
pub(crate) struct ApproveBody {
    /// Who: not whoever has proposed the sum. What rules have proposed anybody may approve.
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    by: String,
    /// `false` sends the proposal back, so that somebody decides anew; it is agreed when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agree: Option<bool>,
}

/// Approve what was proposed on a claim
///
/// A sum above the limit of its currency stands once a second person has agreed.
#[utoipa::path(post, path = "/v1/claims/{id}/approve", operation_id = "approve_claim",
    tag = "Claims",
    params(("id" = String, Path, description = "The claim")),
    request_body = ApproveBody,
    responses((status = 200, description = "Approved, or sent back", body = ClaimView)))]
pub(crate) async fn handle(mut call: Call<ReviewClaims>) -> Result<Reply, Problem> {
    let claim = call.path_id(&catalog::CLAIM_NOT_FOUND)?;
    let body: ApproveBody = call.json().await?;
    let operation = call.operation(&body)?;
    let by = fields::id("/by", &body.by)?;
    let command = match body.agree {
        Some(false) => ClaimCommand::SendBack { claim, by },
        Some(true) | None => ClaimCommand::Approve { claim, by },
    };
    act(&call.caller, command, Some(operation)).await
}
