//! `POST /v1/payouts/{id}/failed`: notes that a payout has not arrived.

use engine::{Command, ShopCommand};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Payout;
use crate::views::payout::PayoutView;

/// Why.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PayoutFailureInput)]
pub(crate) struct FailureBody {
    /// A machine word.
    #[schema(min_length = 1, max_length = 40, example = "account_closed")]
    reason: String,
}

/// Note that a payout has not arrived
///
/// The money is owed again, and the next run pays it.
#[utoipa::path(post, path = "/v1/payouts/{id}/failed", operation_id = "note_payout_failed",
    tag = "Payouts",
    params(("id" = String, Path, description = "The payout")),
    request_body = FailureBody,
    responses((status = 200, description = "Owed again", body = PayoutView)))]
pub(crate) async fn handle(mut call: Call<Payout>) -> Result<Reply, Problem> {
    let payout = call.path_id(&catalog::PAYOUT_NOT_FOUND)?;
    let body: FailureBody = call.json().await?;
    let operation = call.operation(&body)?;
    let reason = fields::token("/reason", &body.reason)?;
    let command = ShopCommand::PayoutFailed { payout, reason };
    Prepared::changing(Command::Shop(command), operation).decide(&call.caller).await
}
