//! `GET /openapi.json`.

use axum::http::StatusCode;

use crate::call::Visit;
use crate::openapi::document_text;
use crate::problem::Problem;
use crate::reply::Reply;

/// The OpenAPI document
#[utoipa::path(get, path = "/openapi.json", operation_id = "openapi", tag = "Server",
    responses((status = 200, description = "OpenAPI 3.1", body = Object)))]
pub(crate) async fn handle(_visit: Visit) -> Result<Reply, Problem> {
    Ok(Reply::json(StatusCode::OK, document_text().as_bytes().to_vec()))
}
