//! `POST /v1/gift-cards/{id}/unfreeze`: lifts a freeze.

use engine::{Command, GiftCardCommand};

use crate::call::Call;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::ByPersonBody;
use crate::scope::Issue;
use crate::views::gift_card::GiftCardView;

/// Unfreeze a gift card
#[utoipa::path(post, path = "/v1/gift-cards/{id}/unfreeze", operation_id = "unfreeze_gift_card",
    tag = "Gift cards",
    params(("id" = String, Path, description = "The card")),
    request_body = ByPersonBody,
    responses((status = 200, description = "Unfrozen", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let card = call.path_id(&catalog::CARD_NOT_FOUND)?;
    let body: ByPersonBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let command = GiftCardCommand::Unfreeze { card, by: body.person()? };
    Prepared::changing(Command::GiftCards(command), operation).decide(&call.caller).await
}
