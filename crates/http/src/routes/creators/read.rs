//! `GET /v1/creators/{id}`.

use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::creator::CreatorView;

/// Read a creator
///
/// Never stale: it shows every answer that anybody was given before.
#[utoipa::path(get, path = "/v1/creators/{id}", operation_id = "read_creator", tag = "Catalog",
    params(("id" = String, Path, description = "The creator")),
    responses((status = 200, description = "The creator", body = CreatorView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::CREATOR_NOT_FOUND)?;
    reading::one(&call.caller, Query::Creator(id), &catalog::CREATOR_NOT_FOUND).await
}
