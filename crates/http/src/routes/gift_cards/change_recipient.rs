//! `POST /v1/gift-cards/{id}/change-recipient`: makes a card one for somebody else.

use engine::{Answer, Command, GiftCardCommand, Query};
use giftcards::Channel;
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fields::refuse;
use crate::personal;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::issue::people::{self, RecipientBody, SealedRecipient};
use crate::routes::gift_cards::new_link;
use crate::scope::Issue;
use crate::views::gift_card::GiftCardView;
use crate::wire;

/// Who the card is for from now on.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeRecipientInput)]
pub(crate) struct ChangeRecipientBody {
    #[serde(deserialize_with = "wire::object")]
    recipient: RecipientBody,
    /// What they are told; the message of the card when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 2000)]
    message: Option<String>,
}

/// Change the recipient of a gift card
///
/// Before the claim only. The card gets a new claim link, and is sent to the new recipient at once
/// or at its date; the old link is dead, while the code lives on. Counts as sending it again.
#[utoipa::path(post, path = "/v1/gift-cards/{id}/change-recipient",
    operation_id = "change_recipient", tag = "Gift cards",
    params(("id" = String, Path, description = "The card")),
    request_body = ChangeRecipientBody,
    responses((status = 200, description = "Changed", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::CARD_NOT_FOUND)?;
    let body: ChangeRecipientBody = call.json().await?;
    let operation = call.operation(&body)?;
    let caller = &call.caller;
    let Some(Answer::Card { card, .. }) = caller.book().ask(Query::Card(id)).await? else {
        return Err(Problem::new(&catalog::CARD_NOT_FOUND));
    };
    let channel = card.gift.as_ref().and_then(|gift| gift.delivery).map(|it| it.channel);
    if channel == Some(Channel::Email) && !body.recipient.has_email() {
        return Err(refuse("/recipient/email", "is required: the card is sent by e-mail").into());
    }
    let mut message = body.message;
    let sealed = card.details.as_ref().and_then(|details| details.recipient.as_ref());
    if let (None, Some(sealed)) = (&message, sealed) {
        let text = personal::open(&caller.app, personal::RECIPIENT, sealed).await?;
        let known = text.and_then(|text| serde_json::from_str::<SealedRecipient>(&text).ok());
        message = known.and_then(|known| known.message);
    }
    let context = (&*caller.app.ring, caller.book().name(), operation.key.0);
    let text = people::recipient(context, Some(&body.recipient), message.as_deref())?;
    let sealed = personal::seal(&caller.app, text.into_iter().collect()).await?.pop();
    let sealed = sealed.ok_or_else(|| Problem::new(&catalog::UNAVAILABLE))?;
    // A card that nobody is sent a link of gets none.
    let has_link = card.gift.as_ref().is_some_and(|gift| gift.link.is_some());
    let link = has_link.then(|| new_link(&caller.app, caller.book().name(), id)).transpose()?;
    let recipient = Box::new(sealed);
    let command = GiftCardCommand::ChangeRecipient { card: id, recipient, link };
    Prepared::changing(Command::GiftCards(command), operation).decide(caller).await
}
