//! `POST /v1/redemptions`: takes an amount of a card at once.

use engine::GiftCardCommand;
use serde::{Deserialize, Serialize};
use writer::Operation;

use crate::call::{Call, Caller};
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::routes::spending::{LineBody, Spending};
use crate::scope::Spend;
use crate::views::hold::HoldView;
use crate::wire::{self, ClientBody, MoneyBody};

/// Where it is.
pub(crate) const PATH: &str = "/v1/redemptions";

/// What to take. Give either `code` or `gift_card`.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RedemptionInput)]
pub(crate) struct RedemptionBody {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "23AB-CD45-EFGH-JK67M")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gift_card: Option<String>,
    #[serde(deserialize_with = "wire::object")]
    amount: MoneyBody,
    /// The shop's own reference, usually its order.
    #[schema(min_length = 1, max_length = 255)]
    reference: String,
    /// Take what there is when there is less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    partial: Option<bool>,
    /// Where the buyer is, for cards bound to regions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "US")]
    region: Option<String>,
    /// What is paid for, for cards bound to a scope.
    #[serde(
        default,
        deserialize_with = "wire::object_list",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schema(max_items = 100)]
    lines: Vec<LineBody>,
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "wire::is_not_compared"
    )]
    client: Option<ClientBody>,
}

/// Redeem a gift card
///
/// Takes an amount at once and answers with a hold that is captured already, by which it can be
/// refunded.
#[utoipa::path(post, path = "/v1/redemptions", operation_id = "redeem", tag = "Spending",
    request_body = RedemptionBody,
    responses((status = 201, description = "Taken", body = HoldView)))]
pub(crate) async fn handle(mut call: Call<Spend>) -> Result<Reply, Problem> {
    let body: RedemptionBody = call.json().await?;
    let operation = call.operation(&body)?;
    prepare(&call.caller, &body, operation)?.decide(&call.caller).await
}

/// Checks the body and makes the command.
pub(crate) fn prepare(
    caller: &Caller,
    body: &RedemptionBody,
    operation: Operation,
) -> Result<Prepared, Problem> {
    let spending = Spending {
        code: body.code.as_deref(),
        gift_card: body.gift_card.as_deref(),
        amount: &body.amount,
        reference: &body.reference,
        partial: body.partial,
        region: body.region.as_deref(),
        lines: &body.lines,
        expires_in_s: None,
        client: body.client.as_ref(),
    };
    spending.prepare(caller, operation, |card, place| GiftCardCommand::Redeem { card, place })
}
