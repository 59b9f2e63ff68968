//! `POST /v1/claims/{id}/store-credit`: gives a gift card instead of what the order does not send.

use base::ClaimId;
use engine::{ClaimCommand, Command, credit_for_payout};

use super::to_be_paid;
use crate::call::Call;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::restitutions::store_credit::{CreditBody, new_credit};
use crate::scope::ReviewClaims;
use crate::views::gift_card::GiftCardView;

/// Give store credit instead of what a claim pays
///
/// For one that is `approved` or `partly_approved` for a day and that its order does not send
/// (`send-again` says why), when the payer agrees to a gift card worth what is owed, tax included;
/// that they have is for the shop to see to. The card is that of whoever has bought the promotion,
/// and can be spent at once.
#[utoipa::path(post, path = "/v1/claims/{id}/store-credit", operation_id = "credit_claim",
    tag = "Claims",
    params(("id" = String, Path, description = "The claim")),
    request_body = CreditBody,
    responses((status = 201, description = "The gift card", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<ReviewClaims>) -> Result<Reply, Problem> {
    let id: ClaimId = call.path_id(&catalog::CLAIM_NOT_FOUND)?;
    let body: CreditBody = call.json().await?;
    let operation = call.operation(&body)?;
    let caller = &call.caller;
    let (by, program) = body.checked()?;
    let (_, number) = to_be_paid(caller, id).await?;
    let way = new_credit(caller, credit_for_payout(id, number), program)?;
    let command = ClaimCommand::ResolvePayout { claim: id, number, by, way };
    let prepared = Prepared::creating(Command::Claims(Box::new(command)), operation);
    let reply = prepared.decide(caller).await?;
    caller.book().nudge_claims(Some(id));
    Ok(reply)
}
