//! `POST /v1/rail-refunds/{id}/consent`: sends a refund by another method, by the payer's word.

use engine::{Command, PaymentCommand};
use serde::{Deserialize, Serialize};

use crate::call::Call;
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
/// time of the consent.
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
    let command = PaymentCommand::ConsentRefund { rail_refund, method };
    let prepared = Prepared::changing(Command::Payments(command), operation);
    decide_and_send(prepared, &call.caller, rail_refund).await
}
