//! `GET /v1/sellers/{id}`.

use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::seller::SellerView;

/// Read a seller
///
/// Never stale: it shows every answer that anybody was given before.
#[utoipa::path(get, path = "/v1/sellers/{id}", operation_id = "read_seller", tag = "Catalog",
    params(("id" = String, Path, description = "The seller")),
    responses((status = 200, description = "The seller", body = SellerView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::SELLER_NOT_FOUND)?;
    reading::one(&call.caller, Query::Seller(id), &catalog::SELLER_NOT_FOUND).await
}
