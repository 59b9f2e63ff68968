//! `GET /v1/refunds/{id}`.

use base::RefundId;
use engine::Query;
use serde::Serialize;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::order_refund::OrderRefundView;
use crate::views::refund::RefundView;

/// A refund of an order, or of a hold that no checkout has placed.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
#[schema(as = AnyRefund)]
#[expect(dead_code, reason = "only documents")]
pub(crate) enum AnyRefundView {
    OfOrder(OrderRefundView<'static>),
    OfHold(RefundView),
}

/// Read a refund
///
/// Of an order or of a hold. Never stale: it shows every answer that anybody was given before.
#[utoipa::path(get, path = "/v1/refunds/{id}", operation_id = "read_refund", tag = "Orders",
    params(("id" = String, Path, description = "The refund")),
    responses((status = 200, description = "The refund", body = AnyRefundView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id: RefundId = call.path_id(&catalog::REFUND_NOT_FOUND)?;
    let book = call.caller.book();
    let answer = match book.ask(Query::OrderRefund(id)).await? {
        Some(answer) => Some(answer),
        None => book.ask(Query::Refund(id)).await?,
    };
    answer.as_ref().map(reading::shown).ok_or_else(|| Problem::new(&catalog::REFUND_NOT_FOUND))
}
