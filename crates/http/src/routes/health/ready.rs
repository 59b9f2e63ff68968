//! `GET /readyz`: every book answers.

use std::time::Duration;

use axum::http::StatusCode;
use engine::Query;

use crate::call::Visit;
use crate::place::Whereabouts;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::health::HealthView;

/// How long a book may take to answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(1);

/// Is the server ready
///
/// It is when the writer of every book answers, or the process that owns the book does.
#[utoipa::path(get, path = "/readyz", operation_id = "readiness", tag = "Server",
    responses((status = 200, description = "It is", body = HealthView)))]
pub(crate) async fn handle(visit: Visit) -> Result<Reply, Problem> {
    let unavailable = || Problem::new(&catalog::UNAVAILABLE);
    for place in visit.app.places() {
        match place.whereabouts() {
            Whereabouts::Here(book) => {
                let answered = tokio::time::timeout(ANSWER_TIME_MAX, book.ask(Query::Book)).await;
                answered.map_err(|_| unavailable())??.ok_or_else(unavailable)?;
            }
            Whereabouts::Elsewhere(address) => {
                let neighbors = visit.app.neighbors().ok_or_else(unavailable)?;
                if !neighbors.is_alive(&address).await {
                    return Err(unavailable());
                }
            }
            Whereabouts::Nowhere => return Err(unavailable()),
        }
    }
    Ok(Reply::view(StatusCode::OK, &HealthView { status: "ready" }))
}
