//! `GET /v1/rail-refunds/{id}`.

use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::rail_refund::RailRefundView;

/// Read a refund over a rail
///
/// Never stale: it shows every answer that anybody was given before.
#[utoipa::path(get, path = "/v1/rail-refunds/{id}", operation_id = "read_rail_refund",
    tag = "Payments",
    params(("id" = String, Path, description = "The refund over a rail")),
    responses((status = 200, description = "The refund over a rail", body = RailRefundView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::RAIL_REFUND_NOT_FOUND)?;
    reading::one(&call.caller, Query::RailRefund(id), &catalog::RAIL_REFUND_NOT_FOUND).await
}
