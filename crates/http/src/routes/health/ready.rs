//! `GET /readyz`: every book answers.

use std::time::Duration;

use axum::http::StatusCode;
use engine::Query;

use crate::call::Visit;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::health::HealthView;

/// How long a book may take to answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(1);

/// Is the server ready
///
/// It is when the writer of every book answers.
#[utoipa::path(get, path = "/readyz", operation_id = "readiness", tag = "Server",
    responses((status = 200, description = "It is", body = HealthView)))]
pub(crate) async fn handle(visit: Visit) -> Result<Reply, Problem> {
    for book in visit.app.books() {
        let answered = tokio::time::timeout(ANSWER_TIME_MAX, book.ask(Query::Book)).await;
        let answer = answered.map_err(|_| Problem::new(&catalog::UNAVAILABLE))??;
        answer.ok_or_else(|| Problem::new(&catalog::UNAVAILABLE))?;
    }
    Ok(Reply::view(StatusCode::OK, &HealthView { status: "ready" }))
}
