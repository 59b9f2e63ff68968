//! `POST /v1/claims/{id}/send-again`: has the order refund what a claim grants, and tells why not.

use base::ClaimId;
use engine::{ClaimCommand, ResolveBy};

use super::{act, to_be_paid};
use crate::call::Call;
use crate::fields;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::account_freezes::lift::ByBody;
use crate::routes::orders::refunds::create::nudge;
use crate::routes::restitutions::send_again::way_back;
use crate::scope::ReviewClaims;
use crate::views::claim::ClaimView;

/// Send the money of a claim again
///
/// For one that is `approved` or `partly_approved` and stays so: the platform tries by itself, and
/// here the order refunds it now, or refuses with a problem that says why.
#[utoipa::path(post, path = "/v1/claims/{id}/send-again", operation_id = "send_claim_again",
    tag = "Claims",
    params(("id" = String, Path, description = "The claim")),
    request_body = ByBody,
    responses((status = 200, description = "On its way", body = ClaimView)))]
pub(crate) async fn handle(mut call: Call<ReviewClaims>) -> Result<Reply, Problem> {
    let id: ClaimId = call.path_id(&catalog::CLAIM_NOT_FOUND)?;
    let body: ByBody = call.json().await?;
    let operation = call.operation(&body)?;
    let by = fields::id("/by", &body.by)?;
    let caller = &call.caller;
    let (promotion, number) = to_be_paid(caller, id).await?;
    let promotion = promotion.ok_or_else(|| Problem::new(&catalog::CLAIM_NOT_APPROVED))?;
    let back = way_back(caller, promotion).await?;
    let ids = back.ids;
    let way = ResolveBy::SendAgain(Box::new(back));
    let command = ClaimCommand::ResolvePayout { claim: id, number, by, way };
    let reply = act(caller, command, Some(operation)).await?;
    nudge(caller, &ids).await;
    Ok(reply)
}
