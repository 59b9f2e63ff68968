//! `GET /v1/sellers`: sellers, newest first.

use store::List;

use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::Problem;
use crate::read_call::ReadCall;
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::list::ListView;
use crate::views::seller::SellerView;

/// The name of the answer in the documentation.
type SellerList = ListView<SellerView<'static>>;

/// List sellers
///
/// Newest first. Shows at least everything that this key has written.
#[utoipa::path(get, path = "/v1/sellers", operation_id = "list_sellers", tag = "Catalog",
    params(PageQuery, CreatedQuery),
    responses((status = 200, description = "Sellers", body = SellerList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    reading::whole_list(call, "sellers", List::Sellers).await
}
