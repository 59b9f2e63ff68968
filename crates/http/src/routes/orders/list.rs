//! `GET /v1/orders`: orders, newest first.

use base::Instant;
use engine::Row;
use store::List;

use crate::fields::{self, optional_id};
use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reading::{self, Filtered};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::list::ListView;
use crate::views::order::OrderView;

query_parameters! {
    /// Which orders.
    OrdersQuery {
        /// Who bought.
        #[param(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
        buyer,
        /// `paid`, `partly_refunded` or `refunded`.
        #[param(pattern = "^(paid|partly_refunded|refunded)$")]
        status,
    }
}

const STATUSES: [&str; 3] = ["paid", "partly_refunded", "refunded"];

/// The name of the answer in the documentation.
type OrderList = ListView<OrderView<'static>>;

/// List orders
///
/// Newest first. Shows at least everything that this key has written. A page may have fewer entries
/// than wanted, or none, and still say that there is more, when few have the wanted status.
#[utoipa::path(get, path = "/v1/orders", operation_id = "list_orders", tag = "Orders",
    params(PageQuery, CreatedQuery, OrdersQuery),
    responses((status = 200, description = "Orders", body = OrderList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, OrdersQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let buyer = optional_id("buyer", wanted.buyer.as_deref())?;
    let asked = Filtered { name: "orders", page: &page, created, filters: &filters };
    let status = fields::status(wanted.status.as_deref(), &STATUSES, |name| name)?;
    let keep = move |row: &Row, _: Instant| match (status, row) {
        (Some(status), Row::Order(row)) => row.status().as_str() == status,
        _ => true,
    };
    reading::list_where(&call.caller, asked, List::Orders { buyer }, keep).await
}
