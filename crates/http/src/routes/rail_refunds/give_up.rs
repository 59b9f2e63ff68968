//! `POST /v1/rail-refunds/{id}/give-up`: gives up a refund that no rail can have.

use engine::{Command, PaymentCommand};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Refund;
use crate::views::rail_refund::RailRefundView;

/// Why.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GiveUpInput)]
pub(crate) struct GiveUpBody {
    /// A machine word; `given_up` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    reason: Option<String>,
}

/// Give up a refund over a rail
///
/// It counts as failed. The money is still owed, and may go back in another way; one that a rail
/// may have already is refused with `outcome_pending`.
#[utoipa::path(post, path = "/v1/rail-refunds/{id}/give-up", operation_id = "give_up_rail_refund",
    tag = "Payments",
    params(("id" = String, Path, description = "The refund over a rail")),
    request_body = GiveUpBody,
    responses((status = 200, description = "Given up", body = RailRefundView)))]
pub(crate) async fn handle(mut call: Call<Refund>) -> Result<Reply, Problem> {
    let rail_refund = call.path_id(&catalog::RAIL_REFUND_NOT_FOUND)?;
    let body: GiveUpBody = call.json().await?;
    let operation = call.operation(&body)?;
    let code = fields::token("/reason", body.reason.as_deref().unwrap_or("given_up"))?;
    let command = PaymentCommand::GiveUpRefund { rail_refund, code };
    Prepared::changing(Command::Payments(command), operation).decide(&call.caller).await
}
