//! `POST /v1/gift-cards/{id}/claim`: gives a card that is named to the person who claims it.

use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::claim::ClaimBody;
use crate::scope::Issue;
use crate::views::gift_card::GiftCardView;

/// Claim a gift card by id
///
/// As without the id; the code or link must be that of this card.
#[utoipa::path(post, path = "/v1/gift-cards/{id}/claim", operation_id = "claim_gift_card_by_id",
    tag = "Gift cards",
    params(("id" = String, Path, description = "The card")),
    request_body = ClaimBody,
    responses((status = 200, description = "Claimed", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let card = call.path_id(&catalog::CARD_NOT_FOUND)?;
    let body: ClaimBody = call.json().await?;
    if call.caller.book().ask(Query::Card(card)).await?.is_none() {
        return Err(Problem::new(&catalog::CARD_NOT_FOUND));
    }
    body.decide(call, Some(card)).await
}
