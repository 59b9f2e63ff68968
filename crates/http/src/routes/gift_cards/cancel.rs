//! `POST /v1/gift-cards/{id}/cancel`: takes the card back.

use engine::{Command, GiftCardCommand};

use crate::call::Call;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::EmptyBody;
use crate::scope::Issue;
use crate::views::gift_card::GiftCardView;

/// Cancel a gift card
///
/// What is left returns to where the value came from: to the account of its funding, and goodwill
/// to `giftcard/incentives`. On a bought card or store credit it becomes income
/// (`giftcard/breakage`): to give a bought card's back, refund its line instead. Cards with open
/// holds cannot be canceled.
#[utoipa::path(post, path = "/v1/gift-cards/{id}/cancel", operation_id = "cancel_gift_card",
    tag = "Gift cards",
    params(("id" = String, Path, description = "The card")),
    request_body = EmptyBody,
    responses((status = 200, description = "Canceled", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let card = call.path_id(&catalog::CARD_NOT_FOUND)?;
    let body: EmptyBody = call.json().await?;
    let operation = call.operation(&body)?;
    let command = GiftCardCommand::Cancel { card };
    Prepared::changing(Command::GiftCards(command), operation).decide(&call.caller).await
}
