//! `POST /v1/holds/{id}/capture`: takes what is held, or a part of it.

use base::HoldId;
use engine::{Command, GiftCardCommand};
use giftcards::Capture;
use serde::{Deserialize, Serialize};
use writer::Operation;

use crate::call::Call;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::spending;
use crate::scope::Spend;
use crate::views::hold::HoldView;
use crate::wire::{self, MoneyBody};

/// How much to take.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CaptureInput)]
pub(crate) struct CaptureBody {
    /// Everything that is held, when left out.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    amount: Option<MoneyBody>,
    /// Release the rest; true when left out.
    #[serde(default, rename = "final", skip_serializing_if = "Option::is_none")]
    is_final: Option<bool>,
}

/// Capture a hold
///
/// Takes what is held, or a part of it. It works on frozen and expired cards too: the shop has
/// relied on the hold.
#[utoipa::path(post, path = "/v1/holds/{id}/capture", operation_id = "capture_hold",
    tag = "Spending",
    params(("id" = String, Path, description = "The hold")),
    request_body = CaptureBody,
    responses((status = 200, description = "Taken", body = HoldView)))]
pub(crate) async fn handle(mut call: Call<Spend>) -> Result<Reply, Problem> {
    let hold = call.path_id(&catalog::HOLD_NOT_FOUND)?;
    let body = call.json().await?;
    let operation = call.operation(&body)?;
    prepare(hold, &body, operation)?.decide(&call.caller).await
}

/// Checks the body and makes the command.
pub(crate) fn prepare(
    hold: HoldId,
    body: &CaptureBody,
    operation: Operation,
) -> Result<Prepared, Problem> {
    let amount = spending::part(body.amount.as_ref())?;
    let capture = Capture { amount, is_final: body.is_final.unwrap_or(true) };
    let command = GiftCardCommand::Capture { hold, capture };
    Ok(Prepared::changing(Command::GiftCards(command), operation))
}
