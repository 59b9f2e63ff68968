//! `GET /v1/orders/{id}/refunds`: refunds of an order, newest first.

use store::List;

use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::{Problem, catalog};
use crate::read_call::ReadCall;
use crate::reading::{self, Filtered};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::list::ListView;
use crate::views::order_refund::OrderRefundView;

/// The name of the answer in the documentation.
type OrderRefundList = ListView<OrderRefundView<'static>>;

/// List refunds of an order
///
/// Newest first. Shows at least everything that this key has written. An order that does not exist
/// has no refunds.
#[utoipa::path(get, path = "/v1/orders/{id}/refunds", operation_id = "list_order_refunds",
    tag = "Orders",
    params(("id" = String, Path, description = "The order"), PageQuery, CreatedQuery),
    responses((status = 200, description = "Refunds", body = OrderRefundList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let order: base::OrderId = call.path_id(&catalog::ORDER_NOT_FOUND)?;
    let (page, created): (PageQuery, CreatedQuery) = call.query()?;
    let name = format!("refunds of {order}");
    let asked = Filtered { name: &name, page: &page, created: &created, filters: &created };
    reading::list(&call.caller, asked, List::OrderRefunds { order }).await
}
