//! `POST /v1/rail-refunds/{id}/retry`: sends a refund once more to where it was to go.

use engine::{Command, PaymentCommand};

use crate::call::Call;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::EmptyBody;
use crate::routes::rail_refunds::decide_and_send;
use crate::scope::Refund;
use crate::views::rail_refund::RailRefundView;

/// Retry a refund over a rail
///
/// For one with the status `needs_consent`, when its method works again, or when its app store was
/// asked for it. One that has failed is replaced instead; one that a store has made, and that came
/// back, is given up before.
#[utoipa::path(post, path = "/v1/rail-refunds/{id}/retry", operation_id = "retry_rail_refund",
    tag = "Payments",
    params(("id" = String, Path, description = "The refund over a rail")),
    request_body = EmptyBody,
    responses((status = 200, description = "To be sent", body = RailRefundView)))]
pub(crate) async fn handle(mut call: Call<Refund>) -> Result<Reply, Problem> {
    let rail_refund = call.path_id(&catalog::RAIL_REFUND_NOT_FOUND)?;
    let body: EmptyBody = call.json().await?;
    let operation = call.operation(&body)?;
    let command = PaymentCommand::RetryRefund { rail_refund };
    let prepared = Prepared::changing(Command::Payments(command), operation);
    decide_and_send(prepared, &call.caller, rail_refund).await
}
