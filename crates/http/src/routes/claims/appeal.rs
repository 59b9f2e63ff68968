//! `POST /v1/claims/{id}/appeal`: has somebody else decide.

use engine::ClaimCommand;
use serde::{Deserialize, Serialize};

use super::act;
use super::claim_body::{AttachmentBody, attachments};
use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::MakeClaims;
use crate::views::claim::ClaimView;
use crate::wire;

/// What is new.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClaimAppeal)]
pub(crate) struct AppealBody {
    /// Files beside those that are there.
    #[serde(
        default,
        deserialize_with = "wire::object_list",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schema(max_items = 10)]
    attachments: Vec<AttachmentBody>,
}

/// Appeal against the decision on a claim
///
/// Once, until `appeal_until` of the decision, which stands meanwhile. Somebody decides who had no
/// part in it, and it does not end with less.
#[utoipa::path(post, path = "/v1/claims/{id}/appeal", operation_id = "appeal_claim",
    tag = "Claims",
    params(("id" = String, Path, description = "The claim")),
    request_body = AppealBody,
    responses((status = 200, description = "Appealed", body = ClaimView)))]
pub(crate) async fn handle(mut call: Call<MakeClaims>) -> Result<Reply, Problem> {
    let claim = call.path_id(&catalog::CLAIM_NOT_FOUND)?;
    let body: AppealBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let attachments = attachments(&body.attachments)?;
    act(&call.caller, ClaimCommand::Appeal { claim, attachments }, operation).await
}
