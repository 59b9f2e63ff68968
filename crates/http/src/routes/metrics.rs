//! `GET /metrics`.

use axum::http::{HeaderValue, StatusCode};

use crate::call::Visit;
use crate::metrics;
use crate::problem::Problem;
use crate::reply::Reply;

/// Figures for monitoring
///
/// Needs no key and tells nothing but figures: of each book's writer, queue, guess budgets,
/// webhooks and mails, and of requests.
#[utoipa::path(get, path = "/metrics", operation_id = "metrics", tag = "Server",
    responses((status = 200, description = "OpenMetrics", body = String,
        content_type = "application/openmetrics-text")))]
pub(crate) async fn handle(visit: Visit) -> Result<Reply, Problem> {
    let body = metrics::text(&visit.app).into_bytes();
    let content_type = HeaderValue::from_static(metrics::CONTENT_TYPE);
    Ok(Reply { content_type, ..Reply::json(StatusCode::OK, body) })
}
