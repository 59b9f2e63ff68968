//! `GET /v1/restitutions/{id}`.

use base::RestitutionId;
use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::claim::RestitutionView;

/// Read a restitution
///
/// Never stale.
#[utoipa::path(get, path = "/v1/restitutions/{id}", operation_id = "read_restitution",
    tag = "Claims",
    params(("id" = String, Path, description = "The restitution")),
    responses((status = 200, description = "As it is now", body = RestitutionView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id: RestitutionId = call.path_id(&catalog::RESTITUTION_NOT_FOUND)?;
    reading::one(&call.caller, Query::Restitution(id), &catalog::RESTITUTION_NOT_FOUND).await
}
