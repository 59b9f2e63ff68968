//! `POST /v1/gift-cards/{id}/replace-code`: gives the card a new code.

use engine::{Command, GiftCardCommand};

use crate::call::Call;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::{ByPersonBody, new_code};
use crate::scope::Issue;
use crate::views::gift_card::GiftCardView;

/// Replace the code of a gift card
///
/// The same card, value and history under a new code; the old one is dead. The answer shows the new
/// code as the issue of a card does.
#[utoipa::path(post, path = "/v1/gift-cards/{id}/replace-code", operation_id = "replace_code",
    tag = "Gift cards",
    params(("id" = String, Path, description = "The card")),
    request_body = ByPersonBody,
    responses((status = 200, description = "Replaced", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let card = call.path_id(&catalog::CARD_NOT_FOUND)?;
    let body: ByPersonBody = call.json().await?;
    let operation = call.operation(&body)?;
    let code = new_code(&call.caller.app, call.caller.book().name(), card)?;
    let command = GiftCardCommand::ReplaceCode { card, code, by: body.person()? };
    Prepared::changing(Command::GiftCards(command), operation).decide(&call.caller).await
}
