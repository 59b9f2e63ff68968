//! `POST /v1/holds/{id}/refund`: returns captured money to its card.

use base::HoldId;
use engine::{Command, GiftCardCommand};
use giftcards::RefundHold;
use serde::{Deserialize, Serialize};
use writer::Operation;

use crate::call::{Call, Caller};
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Spend;
use crate::views::refund::RefundView;
use crate::wire::{self, MoneyBody};

/// How much to return.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RefundInput)]
pub(crate) struct RefundBody {
    #[serde(deserialize_with = "wire::object")]
    amount: MoneyBody,
}

/// Refund a hold
///
/// Returns captured money to the card it came from, at most what was captured. A card that has
/// expired is prolonged, so that the money can be spent.
#[utoipa::path(post, path = "/v1/holds/{id}/refund", operation_id = "refund_hold",
    tag = "Spending",
    params(("id" = String, Path, description = "The hold")),
    request_body = RefundBody,
    responses((status = 201, description = "Returned", body = RefundView)))]
pub(crate) async fn handle(mut call: Call<Spend>) -> Result<Reply, Problem> {
    let hold = call.path_id(&catalog::HOLD_NOT_FOUND)?;
    let body = call.json().await?;
    let operation = call.operation(&body)?;
    prepare(&call.caller, hold, &body, operation)?.decide(&call.caller).await
}

/// Checks the body and makes the command.
pub(crate) fn prepare(
    caller: &Caller,
    hold: HoldId,
    body: &RefundBody,
    operation: Operation,
) -> Result<Prepared, Problem> {
    let amount = fields::money("/amount", &body.amount)?;
    let refund = RefundHold { id: caller.app.new_id(), amount };
    let command = GiftCardCommand::Refund { hold, refund };
    Ok(Prepared::creating(Command::GiftCards(command), operation))
}
