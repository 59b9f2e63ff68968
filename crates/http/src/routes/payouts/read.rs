//! `GET /v1/payouts/{id}`.

use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::payout::PayoutView;

/// Read a payout
///
/// Never stale: it shows every answer that anybody was given before.
#[utoipa::path(get, path = "/v1/payouts/{id}", operation_id = "read_payout", tag = "Payouts",
    params(("id" = String, Path, description = "The payout")),
    responses((status = 200, description = "The payout", body = PayoutView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::PAYOUT_NOT_FOUND)?;
    reading::one(&call.caller, Query::Payout(id), &catalog::PAYOUT_NOT_FOUND).await
}
