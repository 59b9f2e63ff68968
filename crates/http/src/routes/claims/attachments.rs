//! `POST /v1/claims/{id}/attachments`: attaches a file.

use engine::ClaimCommand;

use super::act;
use super::claim_body::AttachmentBody;
use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::MakeClaims;
use crate::views::claim::ClaimView;

/// Attach a file to a claim
///
/// Until it is decided. The file is kept elsewhere: the claim has its hash, type and size.
#[utoipa::path(post, path = "/v1/claims/{id}/attachments", operation_id = "attach_to_claim",
    tag = "Claims",
    params(("id" = String, Path, description = "The claim")),
    request_body = AttachmentBody,
    responses((status = 200, description = "Attached", body = ClaimView)))]
pub(crate) async fn handle(mut call: Call<MakeClaims>) -> Result<Reply, Problem> {
    let claim = call.path_id(&catalog::CLAIM_NOT_FOUND)?;
    let body: AttachmentBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let new = body.check()?;
    act(&call.caller, ClaimCommand::Attach { claim, new }, operation).await
}
