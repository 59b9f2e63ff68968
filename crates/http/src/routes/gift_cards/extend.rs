//! `POST /v1/gift-cards/{id}/extend`: moves the expiry date.

use engine::{Command, GiftCardCommand};
use giftcards::Extend;
use serde::{Deserialize, Deserializer, Serialize};

use crate::call::Call;
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Issue;
use crate::views::gift_card::GiftCardView;

/// The new date.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExtendInput)]
pub(crate) struct ExtendBody {
    /// From then on it cannot be spent; `null` never expires.
    #[serde(deserialize_with = "present")]
    #[schema(required = true, format = DateTime)]
    expires_at: Option<String>,
}

/// Extend a gift card
///
/// A later date, or none. A card that had expired gets back what was taken off it.
#[utoipa::path(post, path = "/v1/gift-cards/{id}/extend", operation_id = "extend_gift_card",
    tag = "Gift cards",
    params(("id" = String, Path, description = "The card")),
    request_body = ExtendBody,
    responses((status = 200, description = "Extended", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let card = call.path_id(&catalog::CARD_NOT_FOUND)?;
    let body: ExtendBody = call.json().await?;
    let operation = call.operation(&body)?;
    let expires_at = body.expires_at.as_deref();
    let expires_at = expires_at.map(|text| fields::instant("/expires_at", text)).transpose()?;
    let command = GiftCardCommand::Extend { card, extend: Extend { expires_at } };
    Prepared::changing(Command::GiftCards(command), operation).decide(&call.caller).await
}

/// A member that may be `null` but not absent: forgetting it must not make a card immortal.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}
