//! `POST /v1/rail-refunds/{id}/consent`: sends a refund by another method, by the payer's word.

use base::MethodId;
use engine::{Answer, Command, PaymentCommand, Query};
use serde::{Deserialize, Serialize};

use crate::call::{Call, Caller};
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::rail_refunds::decide_and_send;
use crate::scope::Refund;
use crate::views::rail_refund::RailRefundView;

/// Where the payer wants it.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConsentInput)]
pub(crate) struct ConsentBody {
    /// The payment method that the payer has named.
    #[schema(pattern = "^pm_[0-9a-hjkmnp-tv-z]{26}$")]
    payment_method: String,
}

/// Send a refund another way
///
/// For one with the status `needs_consent`: it cannot go back the way the money came, and is owed
/// still. That the payer has agreed is for the shop to see to; the time of this call is kept as the
/// time of the consent. Refused with `payment_method_cannot_receive` when the method's rail cannot
/// send money there that did not come from it, as today none can: give store credit instead, or pay
/// by hand.
#[utoipa::path(post, path = "/v1/rail-refunds/{id}/consent",
    operation_id = "consent_to_rail_refund", tag = "Payments",
    params(("id" = String, Path, description = "The refund over a rail")),
    request_body = ConsentBody,
    responses((status = 200, description = "To be sent", body = RailRefundView)))]
pub(crate) async fn handle(mut call: Call<Refund>) -> Result<Reply, Problem> {
    let rail_refund = call.path_id(&catalog::RAIL_REFUND_NOT_FOUND)?;
    let body: ConsentBody = call.json().await?;
    let operation = call.operation(&body)?;
    let method = fields::id("/payment_method", &body.payment_method)?;
    let can_receive = can_receive(&call.caller, method).await?;
    let command = PaymentCommand::ConsentRefund { rail_refund, method, can_receive };
    let prepared = Prepared::changing(Command::Payments(command), operation);
    decide_and_send(prepared, &call.caller, rail_refund).await
}

/// Whether the rail of a method can send money there that did not come from it. A rail that is not
/// set up sends nothing.
async fn can_receive(caller: &Caller, method: MethodId) -> Result<bool, Problem> {
    let Some(Answer::Method(method)) = caller.book().ask(Query::Method(method)).await? else {
        return Ok(false);
    };
    let rail = caller.find_rail(method.rail.as_str())?;
    Ok(rail.is_some_and(|rail| rail.capabilities().refund_elsewhere))
}
