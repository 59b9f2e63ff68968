//! `GET /v1/products/{id}`.

use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::product::ProductView;

/// Read a product
///
/// Never stale: it shows every answer that anybody was given before.
#[utoipa::path(get, path = "/v1/products/{id}", operation_id = "read_product", tag = "Catalog",
    params(("id" = String, Path, description = "The product")),
    responses((status = 200, description = "The product", body = ProductView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::PRODUCT_NOT_FOUND)?;
    reading::one(&call.caller, Query::Product(id), &catalog::PRODUCT_NOT_FOUND).await
}
