//! `PATCH /v1/holds/{id}`: enlarges, reduces or prolongs an open hold.

use engine::{Command, GiftCardCommand};
use giftcards::ChangeHold;
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fields::refuse;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::spending;
use crate::scope::Spend;
use crate::views::hold::HoldView;
use crate::wire::{self, MoneyBody};

/// What to change; at least one of them.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HoldChange)]
pub(crate) struct ChangeBody {
    /// The amount to be held from now on; captured parts are not counted.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    amount: Option<MoneyBody>,
    /// Seconds from now until it lapses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    expires_in_s: Option<u32>,
}

/// Change a hold
///
/// Enlarges, reduces or prolongs a hold that is open.
#[utoipa::path(patch, path = "/v1/holds/{id}", operation_id = "change_hold", tag = "Spending",
    params(("id" = String, Path, description = "The hold")),
    request_body = ChangeBody,
    responses((status = 200, description = "Changed", body = HoldView)))]
pub(crate) async fn handle(mut call: Call<Spend>) -> Result<Reply, Problem> {
    let hold = call.path_id(&catalog::HOLD_NOT_FOUND)?;
    let body: ChangeBody = call.json().await?;
    let operation = call.operation(&body)?;
    if body.amount.is_none() && body.expires_in_s.is_none() {
        return Err(refuse("/amount", "give amount, expires_in_s, or both").into());
    }
    let amount = spending::part(body.amount.as_ref())?;
    let expires_in_s = spending::seconds(body.expires_in_s)?;
    let change = ChangeHold { amount, expires_in_s };
    let command = GiftCardCommand::ChangeHold { hold, change };
    Prepared::changing(Command::GiftCards(command), operation).decide(&call.caller).await
}
