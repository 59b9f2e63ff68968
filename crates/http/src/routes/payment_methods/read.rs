//! `GET /v1/payment-methods/{id}`.

use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::payment_method::PaymentMethodView;

/// Read a payment method
///
/// Never stale: it shows every answer that anybody was given before.
#[utoipa::path(get, path = "/v1/payment-methods/{id}", operation_id = "read_payment_method",
    tag = "Checkout",
    params(("id" = String, Path, description = "The payment method")),
    responses((status = 200, description = "The payment method", body = PaymentMethodView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::PAYMENT_METHOD_NOT_FOUND)?;
    reading::one(&call.caller, Query::Method(id), &catalog::PAYMENT_METHOD_NOT_FOUND).await
}
