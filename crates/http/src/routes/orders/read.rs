//! `GET /v1/orders/{id}`.

use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::order::OrderView;

/// Read an order
///
/// Never stale: it shows every answer that anybody was given before.
#[utoipa::path(get, path = "/v1/orders/{id}", operation_id = "read_order", tag = "Orders",
    params(("id" = String, Path, description = "The order")),
    responses((status = 200, description = "The order", body = OrderView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::ORDER_NOT_FOUND)?;
    reading::one(&call.caller, Query::Order(id), &catalog::ORDER_NOT_FOUND).await
}
