//! `POST /v1/gift-cards/{id}/freeze`: blocks spending.

use base::Token;
use engine::{Command, GiftCardCommand};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::optional_person;
use crate::scope::Issue;
use crate::views::gift_card::GiftCardView;

/// Why.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FreezeInput)]
pub(crate) struct FreezeBody {
    /// A machine word such as `lost` or `fraud_suspected`; `unspecified` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9_.:-]+$", example = "lost")]
    reason: Option<String>,
    /// The person who asks the shop for it: before the claim the sender, afterwards the owner.
    /// Left out when the shop does it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    person: Option<String>,
}

/// Freeze a gift card
///
/// Nothing can be held or redeemed until it is unfrozen; holds placed before can still be captured.
#[utoipa::path(post, path = "/v1/gift-cards/{id}/freeze", operation_id = "freeze_gift_card",
    tag = "Gift cards",
    params(("id" = String, Path, description = "The card")),
    request_body = FreezeBody,
    responses((status = 200, description = "Frozen", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let card = call.path_id(&catalog::CARD_NOT_FOUND)?;
    let body: FreezeBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let reason: Token<40> =
        fields::token("/reason", body.reason.as_deref().unwrap_or("unspecified"))?;
    let by = optional_person(body.person.as_deref())?;
    let command = GiftCardCommand::Freeze { card, reason, by };
    Prepared::changing(Command::GiftCards(command), operation).decide(&call.caller).await
}
