//! `POST /v1/gift-cards/{id}/adjust`: corrects the value.

use engine::{Command, GiftCardCommand};
use giftcards::{Adjust, AdjustReason, Direction};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fields::{self, Checked, refuse};
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Issue;
use crate::views::gift_card::GiftCardView;
use crate::wire::{self, MoneyBody};

/// By how much and why.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AdjustInput)]
pub(crate) struct AdjustBody {
    #[serde(deserialize_with = "wire::object")]
    amount: MoneyBody,
    /// `up` or `down`.
    #[schema(pattern = "^(up|down)$")]
    direction: String,
    /// `goodwill`, `correction`, `compensation`, `fraud` or `other`; activities and entries show
    /// it.
    #[schema(pattern = "^(goodwill|correction|compensation|fraud|other)$", example = "goodwill")]
    reason: String,
}

/// Adjust a gift card
///
/// Corrects its value, up or down, with a reason.
#[utoipa::path(post, path = "/v1/gift-cards/{id}/adjust", operation_id = "adjust_gift_card",
    tag = "Gift cards",
    params(("id" = String, Path, description = "The card")),
    request_body = AdjustBody,
    responses((status = 200, description = "Adjusted", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let card = call.path_id(&catalog::CARD_NOT_FOUND)?;
    let body: AdjustBody = call.json().await?;
    let operation = call.operation(&body)?;
    let adjust = adjust(&body)?;
    let command = GiftCardCommand::Adjust { card, adjust };
    Prepared::changing(Command::GiftCards(command), operation).decide(&call.caller).await
}

fn adjust(body: &AdjustBody) -> Checked<Adjust> {
    Ok(Adjust {
        amount: fields::money("/amount", &body.amount)?,
        direction: match body.direction.as_str() {
            "up" => Direction::Up,
            "down" => Direction::Down,
            _ => return Err(refuse("/direction", "must be one of up, down")),
        },
        reason: reason(&body.reason)?,
    })
}

fn reason(word: &str) -> Checked<AdjustReason> {
    AdjustReason::parse(word).ok_or_else(|| {
        let words = AdjustReason::ALL.map(AdjustReason::as_str).join(", ");
        refuse("/reason", format!("must be one of {words}"))
    })
}
