//! `POST /v1/batch`: many operations in one request.

use std::borrow::Cow;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use writer::Request;

use crate::batch_operation::{OperationText, Readied, ready};
use crate::body;
use crate::call::{Call, Caller};
use crate::fields::refuse;
use crate::prepared::{Expected, Prepared, Told};
use crate::problem::{self, Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::issue;
use crate::scope::AnySecret;

mod documented;

use documented::{BatchInput, BatchResults};

/// The operations, with their bodies left as text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchBody<'a> {
    #[serde(borrow)]
    operations: Vec<OperationBody<'a>>,
    #[serde(default)]
    atomic: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OperationBody<'a> {
    #[serde(borrow)]
    idempotency_key: Cow<'a, str>,
    #[serde(borrow)]
    path: Cow<'a, str>,
    #[serde(borrow, default)]
    body: Option<&'a RawValue>,
}

/// Run many operations
///
/// Each operation stands alone: it has its own idempotency key and gets its own status and body, in
/// order. With `atomic` all of them take place or none. The header Idempotency-Key is not needed.
#[utoipa::path(post, path = "/v1/batch", operation_id = "run_batch", tag = "Spending",
    request_body = BatchInput,
    responses((status = 200, description = "One result for each operation", body = BatchResults)))]
pub(crate) async fn handle(mut call: Call<AnySecret>) -> Result<Reply, Problem> {
    call.idempotency_key()?;
    let bytes_max = call.caller.app.limits.batch_body_bytes_max;
    let bytes = call.bytes(bytes_max).await?;
    let caller = &call.caller;
    let (readied, atomic) = ready_all(caller, &bytes)?;
    let readied = seal_drafts(caller, readied).await?;
    let results = if atomic && readied.iter().any(Result::is_err) {
        abort(readied)
    } else {
        decide(caller, readied, atomic).await?
    };
    Ok(Reply::json(StatusCode::OK, written(caller, &results)))
}

type Results<T> = Vec<Result<T, Problem>>;

fn ready_all(caller: &Caller, bytes: &[u8]) -> Result<(Results<Readied>, bool), Problem> {
    let BatchBody { operations, atomic } = body::parse_borrowed(bytes)?;
    let max = caller.app.limits.batch_operations_max;
    if operations.is_empty() || operations.len() > max {
        let message = format!("must have 1 to {max} entries");
        return Err(refuse("/operations", message).into());
    }
    let one = |operation: &OperationBody<'_>| {
        let text = OperationText {
            idempotency_key: &operation.idempotency_key,
            path: &operation.path,
            body: operation.body.map_or("{}", RawValue::get),
        };
        ready(caller, &text)
    };
    Ok((operations.iter().map(one).collect(), atomic.unwrap_or(false)))
}

/// Seals the personal text of all cards together, with one disk sync.
async fn seal_drafts(
    caller: &Caller,
    readied: Results<Readied>,
) -> Result<Results<Prepared>, Problem> {
    let mut drafts = Vec::new();
    let mut places = Vec::new();
    let mut all: Vec<Option<Result<Prepared, Problem>>> = Vec::with_capacity(readied.len());
    for one in readied {
        all.push(match one {
            Ok(Readied::Ready(prepared)) => Some(Ok(prepared)),
            Ok(Readied::Draft(draft)) => {
                places.push(all.len());
                drafts.push(draft);
                None
            }
            Err(problem) => Some(Err(problem)),
        });
    }
    for (place, prepared) in places.into_iter().zip(issue::finish(caller, drafts).await?) {
        all[place] = Some(Ok(prepared));
    }
    Ok(all.into_iter().flatten().collect())
}

/// What the others are told when one operation of an atomic batch is not even valid.
fn abort(readied: Results<Prepared>) -> Results<Told> {
    readied.into_iter().map(|one| Err(one.err().unwrap_or_else(problem::batch_aborted))).collect()
}

async fn decide(
    caller: &Caller,
    readied: Results<Prepared>,
    atomic: bool,
) -> Result<Results<Told>, Problem> {
    let mut requests: Vec<Request> = Vec::with_capacity(readied.len());
    let mut expected: Results<Expected> = Vec::with_capacity(readied.len());
    for one in readied {
        expected.push(one.map(|prepared| {
            let (request, expected) = prepared.into_request(caller);
            requests.push(request);
            expected
        }));
    }
    let outcomes = if requests.is_empty() {
        Vec::new()
    } else {
        caller.book().decide(requests, atomic).await?
    };
    let mut outcomes = outcomes.into_iter();
    let mut results = Vec::with_capacity(expected.len());
    for one in expected {
        results.push(match one {
            Ok(expected) => match outcomes.next() {
                Some(outcome) => expected.settle(caller, outcome).await,
                None => Err(Problem::new(&catalog::OUTCOME_UNKNOWN)),
            },
            Err(problem) => Err(problem),
        });
    }
    Ok(results)
}

/// `{"results":[{"status":…,"body":…},…]}`, each written straight to its place.
fn written(caller: &Caller, results: &Results<Told>) -> Vec<u8> {
    let mut out = Vec::with_capacity(32 + 640 * results.len());
    out.extend_from_slice(b"{\"results\":[");
    for (index, result) in results.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        let status = match result {
            Ok(told) => told.status,
            Err(problem) => problem.status(),
        };
        out.extend_from_slice(b"{\"status\":");
        out.extend_from_slice(status.as_str().as_bytes());
        out.extend_from_slice(b",\"body\":");
        match result {
            Ok(told) => told.write_body(&mut out),
            Err(problem) => {
                caller.app.answered.count_problem(problem);
                problem.write(caller.request_id, &mut out);
            }
        }
        out.push(b'}');
    }
    out.extend_from_slice(b"]}");
    out
}
