//! `GET /v1/gift-cards/{id}`.

use axum::http::StatusCode;
use base::Instant;
use engine::{Answer, Query};
use giftcards::Card;
use ledger::Account;

use crate::call::{Call, Caller};
use crate::personal;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::issue::people::SealedRecipient;
use crate::scope::Read;
use crate::views::gift_card::{GiftCardView, PersonText, PersonView};

/// Read a gift card
///
/// Never stale: it shows every answer that anybody was given before. The only call that shows
/// names, addresses and the message.
#[utoipa::path(get, path = "/v1/gift-cards/{id}", operation_id = "read_gift_card",
    tag = "Gift cards",
    params(("id" = String, Path, description = "The card")),
    responses((status = 200, description = "The card", body = GiftCardView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::CARD_NOT_FOUND)?;
    match call.caller.book().ask(Query::Card(id)).await? {
        Some(Answer::Card { card, account, now, .. }) => {
            with_people(&call.caller, &card, &account, now).await
        }
        _ => Err(Problem::new(&catalog::CARD_NOT_FOUND)),
    }
}

/// The card with the personal text about it, as far as it was not erased.
async fn with_people(
    caller: &Caller,
    card: &Card,
    account: &Account,
    now: Instant,
) -> Result<Reply, Problem> {
    let mut view = GiftCardView::new(card, account, now);
    let details = card.details.as_deref();
    if let Some(sealed) = details.and_then(|details| details.recipient.as_ref()) {
        let text = personal::open(&caller.app, personal::RECIPIENT, sealed).await?;
        let SealedRecipient { person, message } = understood(text.as_deref());
        view.message = message;
        view.recipient = Some(PersonView::opened(sealed, text.map(|_| person)));
    }
    if let Some(sealed) = details.and_then(|details| details.sender.as_ref()) {
        let text = personal::open(&caller.app, personal::SENDER, sealed).await?;
        let person: PersonText = understood(text.as_deref());
        view.sender = Some(PersonView::opened(sealed, text.map(|_| person)));
    }
    Ok(Reply::view(StatusCode::OK, &view))
}

/// Text of a form that is not known is shown as if nothing had been said.
fn understood<T: Default + serde::de::DeserializeOwned>(text: Option<&str>) -> T {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}
