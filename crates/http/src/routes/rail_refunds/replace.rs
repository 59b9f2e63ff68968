//! `POST /v1/rail-refunds/{id}/replace`: opens another refund in the place of one that has failed.

use engine::{Command, PaymentCommand};

use crate::call::Call;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::EmptyBody;
use crate::routes::rail_refunds::decide_and_send;
use crate::scope::Refund;
use crate::views::rail_refund::RailRefundView;

/// Replace a failed refund over a rail
///
/// The money is owed still. Another refund of the same amount takes the place of the failed one,
/// once; it is another operation for the rail.
#[utoipa::path(post, path = "/v1/rail-refunds/{id}/replace", operation_id = "replace_rail_refund",
    tag = "Payments",
    params(("id" = String, Path, description = "The refund that has failed")),
    request_body = EmptyBody,
    responses((status = 201, description = "The other refund", body = RailRefundView)))]
pub(crate) async fn handle(mut call: Call<Refund>) -> Result<Reply, Problem> {
    let rail_refund = call.path_id(&catalog::RAIL_REFUND_NOT_FOUND)?;
    let body: EmptyBody = call.json().await?;
    let operation = call.operation(&body)?;
    let new = call.caller.app.new_id();
    let command = PaymentCommand::ReplaceRefund { rail_refund, new };
    let prepared = Prepared::creating(Command::Payments(command), operation);
    decide_and_send(prepared, &call.caller, new).await
}
