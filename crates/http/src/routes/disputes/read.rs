//! `GET /v1/disputes/{id}`.

use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::dispute::DisputeView;

/// Read a dispute
///
/// Never stale: it shows every answer that anybody was given before.
#[utoipa::path(get, path = "/v1/disputes/{id}", operation_id = "read_dispute", tag = "Payments",
    params(("id" = String, Path, description = "The dispute")),
    responses((status = 200, description = "The dispute", body = DisputeView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::DISPUTE_NOT_FOUND)?;
    reading::one(&call.caller, Query::Dispute(id), &catalog::DISPUTE_NOT_FOUND).await
}
