//! `GET /healthz`: the process runs.

use axum::http::StatusCode;

use crate::call::Visit;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::routes::health::HealthView;

/// Is the process alive
#[utoipa::path(get, path = "/healthz", operation_id = "health", tag = "Server",
    responses((status = 200, description = "It is", body = HealthView)))]
pub(crate) async fn handle(_visit: Visit) -> Result<Reply, Problem> {
    Ok(Reply::view(StatusCode::OK, &HealthView { status: "ok" }))
}
