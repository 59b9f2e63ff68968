//! `POST /v1/gift-cards/{id}/resend`: sends a card again.

use engine::{Command, GiftCardCommand};

use crate::call::Call;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::{EmptyBody, new_link};
use crate::scope::Issue;
use crate::views::gift_card::GiftCardView;

/// Send a gift card again
///
/// With a new claim link; the old one is dead, while the code lives on. Before the claim only, at
/// most five times, and at most once a minute.
#[utoipa::path(post, path = "/v1/gift-cards/{id}/resend", operation_id = "resend_gift_card",
    tag = "Gift cards",
    params(("id" = String, Path, description = "The card")),
    request_body = EmptyBody,
    responses((status = 200, description = "Handed over to be sent", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let card = call.path_id(&catalog::CARD_NOT_FOUND)?;
    let body: EmptyBody = call.json().await?;
    let operation = call.operation(&body)?;
    let link = Some(new_link(&call.caller.app, call.caller.book().name(), card)?);
    let command = GiftCardCommand::Resend { card, link };
    Prepared::changing(Command::GiftCards(command), operation).decide(&call.caller).await
}
