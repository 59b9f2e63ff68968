//! `GET /v1/products`: products, newest first.

use store::List;

use crate::fields::optional_id;
use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reading::{self, Filtered};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::list::ListView;
use crate::views::product::ProductView;

query_parameters! {
    /// Which products.
    ProductsQuery {
        /// Who sells them.
        #[param(pattern = "^sel_[0-9a-hjkmnp-tv-z]{26}$")]
        seller,
    }
}

/// The name of the answer in the documentation.
type ProductList = ListView<ProductView<'static>>;

/// List products
///
/// Newest first. Shows at least everything that this key has written.
#[utoipa::path(get, path = "/v1/products", operation_id = "list_products", tag = "Catalog",
    params(PageQuery, CreatedQuery, ProductsQuery),
    responses((status = 200, description = "Products", body = ProductList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, ProductsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let seller = optional_id("seller", wanted.seller.as_deref())?;
    let asked = Filtered { name: "products", page: &page, created, filters: &filters };
    reading::list(&call.caller, asked, List::Products { seller }).await
}
