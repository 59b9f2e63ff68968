//! `POST /v1/refunds/{id}/paid-by-hand`: notes that the share of a card that is gone was paid.

use engine::{Command, ShopCommand};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fields::{self, Checked, refuse};
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Refund;
use crate::views::order_refund::OrderRefundView;

/// What was paid.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaidByHandInput)]
pub(crate) struct PaidByHandBody {
    /// The tender whose share it was.
    #[schema(pattern = "^(t1|t[1-9][0-9]*)$", example = "t1")]
    tender: String,
    /// Where the money left, as the ledger shall name it: its account is `rail/{rail}/clearing`.
    #[schema(min_length = 1, max_length = 32, example = "bank_transfer")]
    rail: String,
}

/// Note that a share of a refund was paid by hand
///
/// For the share of a gift card that takes nothing back any more, with the status `needs_consent`:
/// the shop has agreed with the payer and has paid it. What goes over a rail is noted of its
/// refund over the rail: `POST /v1/rail-refunds/{id}/paid-by-hand`.
#[utoipa::path(post, path = "/v1/refunds/{id}/paid-by-hand",
    operation_id = "note_refund_paid_by_hand", tag = "Orders",
    params(("id" = String, Path, description = "The refund of an order")),
    request_body = PaidByHandBody,
    responses((status = 200, description = "Paid", body = OrderRefundView)))]
pub(crate) async fn handle(mut call: Call<Refund>) -> Result<Reply, Problem> {
    let refund = call.path_id(&catalog::REFUND_NOT_FOUND)?;
    let body: PaidByHandBody = call.json().await?;
    let operation = call.operation(&body)?;
    let tender = tender(&body.tender)?;
    let rail = fields::token("/rail", &body.rail)?;
    let command = ShopCommand::PayRefundByHand { refund, tender, rail };
    Prepared::changing(Command::Shop(command), operation).decide(&call.caller).await
}

/// The short name of a tender.
pub(crate) fn tender(text: &str) -> Checked<shop::TenderId> {
    text.parse().map_err(|_| refuse("/tender", "must be the name of a tender, such as t1"))
}
