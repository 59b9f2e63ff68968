//! `GET /v1/checkouts/{id}`.

use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::checkout::CheckoutView;

/// Read a checkout
///
/// Never stale: it shows every answer that anybody was given before.
#[utoipa::path(get, path = "/v1/checkouts/{id}", operation_id = "read_checkout", tag = "Checkout",
    params(("id" = String, Path, description = "The checkout")),
    responses((status = 200, description = "The checkout", body = CheckoutView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::CHECKOUT_NOT_FOUND)?;
    reading::one(&call.caller, Query::Checkout(id), &catalog::CHECKOUT_NOT_FOUND).await
}
