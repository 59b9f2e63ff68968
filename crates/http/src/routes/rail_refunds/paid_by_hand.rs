//! `POST /v1/rail-refunds/{id}/paid-by-hand`: notes that a stuck refund was paid outside of it.

use engine::{Command, PaymentCommand};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Refund;
use crate::views::rail_refund::RailRefundView;

/// How it was paid.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RailRefundPaidByHandInput)]
pub(crate) struct PaidByHandBody {
    /// Where the money left, as the ledger shall name it: its account is `rail/{rail}/clearing`.
    #[schema(min_length = 1, max_length = 32, example = "bank_transfer")]
    rail: String,
}

/// Note that a refund over a rail was paid by hand
///
/// For one that `needs_consent` or has `failed`: the shop has agreed with the payer and has paid it
/// another way. It has succeeded then, and its own rail is not asked for it any more. Refused with
/// `amount_exceeds_refundable` while a dispute takes the money, which the payer has from the bank.
#[utoipa::path(post, path = "/v1/rail-refunds/{id}/paid-by-hand",
    operation_id = "note_rail_refund_paid_by_hand", tag = "Payments",
    params(("id" = String, Path, description = "The refund over a rail")),
    request_body = PaidByHandBody,
    responses((status = 200, description = "Paid", body = RailRefundView)))]
pub(crate) async fn handle(mut call: Call<Refund>) -> Result<Reply, Problem> {
    let rail_refund = call.path_id(&catalog::RAIL_REFUND_NOT_FOUND)?;
    let body: PaidByHandBody = call.json().await?;
    let operation = call.operation(&body)?;
    let rail = fields::token("/rail", &body.rail)?;
    let command = PaymentCommand::PayRailRefundByHand { rail_refund, rail };
    Prepared::changing(Command::Payments(command), operation).decide(&call.caller).await
}
