//! `GET /docs`.

use axum::http::{HeaderValue, StatusCode};

use crate::call::Visit;
use crate::docs_page::page_text;
use crate::problem::Problem;
use crate::reply::Reply;

/// The documentation page
#[utoipa::path(get, path = "/docs", operation_id = "docs", tag = "Server",
    responses((status = 200, description = "A page", body = String, content_type = "text/html")))]
pub(crate) async fn handle(_visit: Visit) -> Result<Reply, Problem> {
    let content_type = HeaderValue::from_static("text/html; charset=utf-8");
    let reply = Reply::json(StatusCode::OK, page_text().as_bytes().to_vec());
    Ok(Reply { content_type, ..reply })
}
