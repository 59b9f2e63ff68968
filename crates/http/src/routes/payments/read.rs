//! `GET /v1/payments/{id}`.

use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::payment::PaymentView;

/// Read a payment
///
/// Never stale: it shows every answer that anybody was given before.
#[utoipa::path(get, path = "/v1/payments/{id}", operation_id = "read_payment", tag = "Payments",
    params(("id" = String, Path, description = "The payment")),
    responses((status = 200, description = "The payment", body = PaymentView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::PAYMENT_NOT_FOUND)?;
    reading::one(&call.caller, Query::Payment(id), &catalog::PAYMENT_NOT_FOUND).await
}
