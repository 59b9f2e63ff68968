//! `GET /readyz`: whoever is sent here is answered.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use engine::Query;
use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::app::App;
use crate::call::Visit;
use crate::place::{Place, Whereabouts};
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::sight::Sight;

/// How long a book may take to answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(1);

/// How ready the server is.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Readiness)]
pub(crate) struct ReadyView {
    /// `ready`.
    status: &'static str,
    /// Books that nobody serves now, or not in time. Their requests wait, and get 503 in the end.
    unserved_books: usize,
}

/// Is the server ready
///
/// It is when at least one of its books answers, here or in the process that owns it: a book that
/// nobody can open must not take the others down with it. It is not while its database is silent.
#[utoipa::path(get, path = "/readyz", operation_id = "readiness", tag = "Server",
    responses((status = 200, description = "It is", body = ReadyView)))]
pub(crate) async fn handle(visit: Visit) -> Result<Reply, Problem> {
    let app = visit.app;
    if app.is_cut_off() {
        return Err(unavailable());
    }
    let mut asked = JoinSet::new();
    let places = app.places();
    let count = places.len();
    for place in places {
        asked.spawn(answers(Arc::clone(&app), place));
    }
    let mut problems: Vec<Problem> = Vec::new();
    while let Some(answered) = asked.join_next().await {
        problems.extend(answered.map_err(|_| unavailable()).and_then(|it| it).err());
    }
    let unserved_books = problems.len();
    match problems.pop() {
        Some(problem) if unserved_books == count => Err(problem),
        _ => Ok(Reply::view(StatusCode::OK, &ReadyView { status: "ready", unserved_books })),
    }
}

/// Whether a book answers now, wherever it is.
async fn answers(app: Arc<App>, place: Arc<Place>) -> Result<(), Problem> {
    match place.whereabouts() {
        Whereabouts::Here(book) => {
            let answered = timeout(ANSWER_TIME_MAX, book.ask(Query::Book)).await;
            answered.map_err(|_| unavailable())??.ok_or_else(unavailable)?;
        }
        Whereabouts::Elsewhere(address) => {
            let neighbors = app.neighbors().ok_or_else(unavailable)?;
            // That somebody is alive there says nothing: it may be this process itself, under an
            // address that means another machine elsewhere. The owner answers for the book.
            let sight = Sight::of_neighbor(neighbors, &address, place.name().as_str(), 0);
            let answered = timeout(ANSWER_TIME_MAX, sight).await;
            answered.ok().flatten().ok_or_else(unavailable)?;
        }
        Whereabouts::Nowhere => return Err(unavailable()),
    }
    Ok(())
}

fn unavailable() -> Problem {
    Problem::new(&catalog::UNAVAILABLE)
}
