//! `PATCH /v1/gift-cards/{id}`: replaces what the shop keeps with a card.

use std::collections::BTreeMap;

use engine::{Command, GiftCardCommand};
use giftcards::Update;
use serde::{Deserialize, Deserializer, Serialize};

use crate::call::Call;
use crate::fields::{self, Checked, refuse};
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Issue;
use crate::views::gift_card::GiftCardView;

/// What to replace; at least one of them.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GiftCardChange)]
pub(crate) struct UpdateBody {
    /// Strings of the shop, in place of all that were there; no personal text, for it is stored
    /// readable.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = BTreeMap<String, String>, required = false)]
    metadata: Option<BTreeMap<String, String>>,
    /// The shop's own reference, in place of the one that was there; `null` takes it away. For a
    /// card with the funding `external` it is also the reference of the funding.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 255)]
    reference: Option<Option<String>>,
}

/// Update a gift card
///
/// Replaces its metadata, its reference, or both, in whatever state it is. What is left out stays.
#[utoipa::path(patch, path = "/v1/gift-cards/{id}", operation_id = "update_gift_card",
    tag = "Gift cards",
    params(("id" = String, Path, description = "The card")),
    request_body = UpdateBody,
    responses((status = 200, description = "Updated", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let card = call.path_id(&catalog::CARD_NOT_FOUND)?;
    let body: UpdateBody = call.json().await?;
    let operation = call.operation(&body)?;
    let update = Box::new(update(&body)?);
    let command = GiftCardCommand::Update { card, update };
    Prepared::changing(Command::GiftCards(command), operation).decide(&call.caller).await
}

fn update(body: &UpdateBody) -> Checked<Update> {
    if body.metadata.is_none() && body.reference.is_none() {
        return Err(refuse("/metadata", "give metadata, reference, or both"));
    }
    let metadata = body.metadata.as_ref().map(|pairs| fields::metadata("/metadata", pairs));
    let reference = body.reference.as_ref().map(|reference| {
        reference.as_deref().map(|text| fields::text("/reference", text)).transpose()
    });
    Ok(Update { metadata: metadata.transpose()?, reference: reference.transpose()? })
}

/// A member that is there, so that `null` is told apart from a member that was left out.
fn given<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
