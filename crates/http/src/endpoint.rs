//! The one way in: every request passes through here, whatever its handler.

use std::future::Future;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::routing::{MethodFilter, MethodRouter, on};
use base::RequestId;
use tokio::time::Instant;
use tracing::{Instrument, Span};

use crate::app::App;
use crate::call::{Admission, Arrival};
use crate::forward::{self, Answered, Forwarded};
use crate::problem::{Problem, catalog};
use crate::query;
use crate::reply::{Reply, respond};
use crate::version::Version;
use crate::watch::{AnswerSeen, Watched};

/// Serves `handler` for a method. `route` is the path as documented: what logs call it. Calls with
/// a key are refused when they have other query parameters than the documented ones: a misspelled
/// one must not be passed over.
pub(crate) fn endpoint<A, H, F>(
    method: MethodFilter,
    route: &'static str,
    parameters: &'static [String],
    handler: H,
) -> MethodRouter<Arc<App>>
where
    A: Admission,
    H: Fn(A) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Reply, Problem>> + Send + 'static,
{
    on(method, move |State(app): State<Arc<App>>, request: Request| {
        let handler = handler.clone();
        let request_id = app.new_id();
        let answer = async move {
            let watched = app.watch.keep(request.method(), request.headers());
            let arrival = arrive(Arc::clone(&app), request, request_id);
            let about = About { route, request_id, arrived: arrival.arrived, watched };
            let attempt = |arrival| attempt(&handler, parameters, arrival);
            let answered = match app.neighbors().filter(|_| A::SCOPE.is_some() || A::NAMES_BOOK) {
                Some(neighbors) => {
                    let about =
                        Forwarded { route, is_anywhere: A::IS_ANYWHERE, names_book: A::NAMES_BOOK };
                    forward::answer(arrival, neighbors, about, attempt).await
                }
                None => {
                    let (version, outcome) = attempt(arrival).await;
                    Answered::Here(version, outcome)
                }
            };
            match answered {
                Answered::Here(version, outcome) => {
                    finish_here(&app, &about, &outcome);
                    respond(outcome, request_id, version)
                }
                // The other process has counted the problem, if it is one.
                Answered::There(response) => {
                    finish(&app, &about, response.status(), None);
                    response
                }
            }
        };
        answer.instrument(span(request_id))
    })
}

/// Admits a request and has it handled.
async fn attempt<A, H, F>(
    handler: &H,
    parameters: &'static [String],
    arrival: Arrival,
) -> (Version, Result<Reply, Problem>)
where
    A: Admission,
    H: Fn(A) -> F,
    F: Future<Output = Result<Reply, Problem>>,
{
    let asked = check_parameters::<A>(&arrival, parameters);
    match A::admit(arrival).await {
        Ok((call, version)) => match asked {
            Ok(()) => (version, handler(call).await),
            Err(problem) => (version, Err(problem)),
        },
        Err(problem) => (Version::NEWEST, Err(problem)),
    }
}

/// Answers a path that does not exist.
pub(crate) async fn not_found(app: State<Arc<App>>, request: Request) -> Response<Body> {
    answer_astray(app, request, Problem::new(&catalog::NOT_FOUND))
}

/// Answers a method that a path does not have.
pub(crate) async fn method_not_allowed(app: State<Arc<App>>, request: Request) -> Response<Body> {
    answer_astray(app, request, Problem::new(&catalog::METHOD_NOT_ALLOWED))
}

fn answer_astray(
    State(app): State<Arc<App>>,
    request: Request,
    problem: Problem,
) -> Response<Body> {
    let request_id = app.new_id();
    let watched = app.watch.keep(request.method(), request.headers());
    // The path itself may contain anything, a code included, so it is not logged.
    let about = About { route: "no route", request_id, arrived: Instant::now(), watched };
    let outcome = Err(problem);
    span(request_id).in_scope(|| finish_here(&app, &about, &outcome));
    respond(outcome, request_id, Version::NEWEST)
}

pub(crate) fn arrive(app: Arc<App>, request: Request, request_id: RequestId) -> Arrival {
    let (head, body) = request.into_parts();
    Arrival { request_id, arrived: Instant::now(), app, head, body }
}

/// What every log line of a request carries: its id, which is in the answer's header too.
pub(crate) fn span(request: RequestId) -> Span {
    tracing::error_span!("request", %request)
}

fn check_parameters<A: Admission>(arrival: &Arrival, known: &[String]) -> Result<(), Problem> {
    match A::SCOPE {
        Some(_) => query::check_names(&arrival.head.uri, known),
        None => Ok(()),
    }
}

fn status(outcome: &Result<Reply, Problem>) -> StatusCode {
    match outcome {
        Ok(reply) => reply.status,
        Err(problem) => problem.status(),
    }
}

/// What is known of a request when it is answered.
pub(crate) struct About {
    pub(crate) route: &'static str,
    pub(crate) request_id: RequestId,
    pub(crate) arrived: Instant,
    pub(crate) watched: Option<Watched>,
}

/// Counts an answer, logs it, and tells whoever watches.
fn finish(app: &App, about: &About, status: StatusCode, code: Option<&'static str>) {
    let About { route, request_id, arrived, watched } = about;
    let took = arrived.elapsed();
    app.answered.count(status);
    if let Some(Watched { method, traceparent }) = watched {
        app.watch.tell(&AnswerSeen {
            method: method.as_str(),
            route,
            status: status.as_u16(),
            code,
            request: *request_id,
            took,
            traceparent: traceparent.as_deref(),
        });
    }
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let status = status.as_u16();
    // One event a request: routes and codes of problems, never what was sent.
    if took >= app.limits.slow_request_min {
        tracing::warn!(route, status, code, micros, "a slow request");
    } else {
        tracing::debug!(route, status, code, micros, "answered");
    }
}

/// As [`finish`], for an answer that was made here.
pub(crate) fn finish_here(app: &App, about: &About, outcome: &Result<Reply, Problem>) {
    if let Err(problem) = outcome {
        app.answered.count_problem(problem);
    }
    finish(app, about, status(outcome), outcome.as_ref().err().map(Problem::code));
}
