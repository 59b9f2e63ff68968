//! `POST /v1/reverse`: undoes an operation by its key, or makes sure that it never takes place.

use engine::Command;
use serde::{Deserialize, Serialize};
use writer::Operation;

use crate::call::{Call, Caller};
use crate::fields::refuse;
use crate::idempotency::{self, IdempotencyKey};
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::scope::Spend;
use crate::views::reversal::ReversalView;

/// Where it is.
pub(crate) const PATH: &str = "/v1/reverse";

/// Which operation.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReverseInput)]
pub(crate) struct ReverseBody {
    /// The Idempotency-Key of a hold, capture, redemption or refund.
    #[schema(min_length = 1, max_length = 255)]
    key: String,
}

/// Reverse an operation
///
/// For a shop that does not know whether its request arrived: whatever the request with that
/// idempotency key did is undone; if it has not arrived, it never will take place.
#[utoipa::path(post, path = "/v1/reverse", operation_id = "reverse", tag = "Spending",
    request_body = ReverseBody,
    responses((status = 200, description = "Undone or barred", body = ReversalView)))]
pub(crate) async fn handle(mut call: Call<Spend>) -> Result<Reply, Problem> {
    let body = call.json().await?;
    let operation = call.operation(&body)?;
    prepare(&call.caller, &body, operation)?.decide(&call.caller).await
}

/// Checks the body and makes the command.
pub(crate) fn prepare(
    caller: &Caller,
    body: &ReverseBody,
    operation: Operation,
) -> Result<Prepared, Problem> {
    let key = IdempotencyKey::in_field("/key", &body.key)?;
    let reversed = idempotency::operation_key(&caller.app.ring, caller.book().name(), key);
    if reversed == operation.key {
        return Err(refuse("/key", "must be another key than that of this request").into());
    }
    Ok(Prepared::changing(Command::Reverse { operation: reversed }, operation))
}
