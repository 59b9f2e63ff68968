//! `POST /v1/holds/{id}/release`: gives back what is held, or a part of it.

use base::HoldId;
use engine::{Command, GiftCardCommand};
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

/// How much to give back.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReleaseInput)]
pub(crate) struct ReleaseBody {
    /// Everything that is held, when left out.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    amount: Option<MoneyBody>,
}

/// Release a hold
///
/// Gives back what is held, or a part of it, to the card.
#[utoipa::path(post, path = "/v1/holds/{id}/release", operation_id = "release_hold",
    tag = "Spending",
    params(("id" = String, Path, description = "The hold")),
    request_body = ReleaseBody,
    responses((status = 200, description = "Given back", body = HoldView)))]
pub(crate) async fn handle(mut call: Call<Spend>) -> Result<Reply, Problem> {
    let hold = call.path_id(&catalog::HOLD_NOT_FOUND)?;
    let body = call.json().await?;
    let operation = call.operation(&body)?;
    prepare(hold, &body, operation)?.decide(&call.caller).await
}

/// Checks the body and makes the command.
pub(crate) fn prepare(
    hold: HoldId,
    body: &ReleaseBody,
    operation: Operation,
) -> Result<Prepared, Problem> {
    let amount = spending::part(body.amount.as_ref())?;
    let command = GiftCardCommand::Release { hold, amount };
    Ok(Prepared::changing(Command::GiftCards(command), operation))
}
