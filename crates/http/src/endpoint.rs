//! The one way in: every request passes through here, whatever its handler.

use std::future::Future;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::routing::{MethodFilter, MethodRouter, on};
use base::RequestId;
use tokio::time::Instant;

use crate::app::App;
use crate::call::{Admission, Arrival};
use crate::forward::{self, Answered};
use crate::problem::{Problem, catalog};
use crate::query;
use crate::reply::{Reply, respond};
use crate::version::Version;

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
        async move {
            let arrival = arrive(Arc::clone(&app), request);
            let (request_id, arrived) = (arrival.request_id, arrival.arrived);
            let attempt = |arrival| attempt(&handler, parameters, arrival);
            let answered = match app.neighbors().filter(|_| A::SCOPE.is_some()) {
                Some(neighbors) => forward::answer(arrival, neighbors, route, attempt).await,
                None => {
                    let (version, outcome) = attempt(arrival).await;
                    Answered::Here(version, outcome)
                }
            };
            match answered {
                Answered::Here(version, outcome) => {
                    log(route, request_id, arrived, &outcome);
                    app.requests.count(status(&outcome));
                    respond(outcome, request_id, version)
                }
                Answered::There(response) => {
                    log_passed_on(route, request_id, arrived, response.status());
                    app.requests.count(response.status());
                    response
                }
            }
        }
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
    let arrival = arrive(Arc::clone(&app), request);
    app.requests.count(problem.status());
    let outcome = Err(problem);
    // The path itself may contain anything, a code included, so it is not logged.
    log("no route", arrival.request_id, arrival.arrived, &outcome);
    respond(outcome, arrival.request_id, Version::NEWEST)
}

fn arrive(app: Arc<App>, request: Request) -> Arrival {
    let (head, body) = request.into_parts();
    Arrival { request_id: app.new_id(), arrived: Instant::now(), app, head, body }
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

/// One event a request, at debug level: routes and codes of problems, never what was sent.
fn log(route: &str, request: RequestId, arrived: Instant, outcome: &Result<Reply, Problem>) {
    match outcome {
        Ok(reply) => tracing::debug!(
            route,
            %request,
            status = reply.status.as_u16(),
            micros = micros_since(arrived),
            "answered"
        ),
        Err(problem) => tracing::debug!(
            route,
            %request,
            status = problem.status().as_u16(),
            code = problem.code(),
            micros = micros_since(arrived),
            "answered with a problem"
        ),
    }
}

fn log_passed_on(route: &str, request: RequestId, arrived: Instant, status: StatusCode) {
    let (status, micros) = (status.as_u16(), micros_since(arrived));
    tracing::debug!(route, %request, status, micros, "answered by or for another process");
}

fn micros_since(arrived: Instant) -> u64 {
    u64::try_from(arrived.elapsed().as_micros()).unwrap_or(u64::MAX)
}
