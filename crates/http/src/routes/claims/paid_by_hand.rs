//! `POST /v1/claims/{id}/paid-by-hand`: notes that what a claim pays was paid outside.

use base::ClaimId;
use engine::ClaimCommand;

use super::{act, to_be_paid};
use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::restitutions::paid_by_hand::PaidByHandBody;
use crate::scope::ReviewClaims;
use crate::views::claim::ClaimView;

/// Note that a claim was paid by hand
///
/// For one that is `approved` or `partly_approved` for a day and that its order does not send
/// (`send-again` says why): what is owed, tax included, is paid another way, and is never sent
/// again. Note it before the payment is made: until then the platform goes on trying.
#[utoipa::path(post, path = "/v1/claims/{id}/paid-by-hand",
    operation_id = "note_claim_paid_by_hand", tag = "Claims",
    params(("id" = String, Path, description = "The claim")),
    request_body = PaidByHandBody,
    responses((status = 200, description = "Paid", body = ClaimView)))]
pub(crate) async fn handle(mut call: Call<ReviewClaims>) -> Result<Reply, Problem> {
    let id: ClaimId = call.path_id(&catalog::CLAIM_NOT_FOUND)?;
    let body: PaidByHandBody = call.json().await?;
    let operation = call.operation(&body)?;
    let (by, way) = body.way()?;
    let (_, number) = to_be_paid(&call.caller, id).await?;
    let command = ClaimCommand::ResolvePayout { claim: id, number, by, way };
    act(&call.caller, command, Some(operation)).await
}
