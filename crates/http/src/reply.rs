//! Answers on their way out: status, headers, bytes.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use base::RequestId;

use crate::problem::Problem;
use crate::version::{self, Version};
use crate::{idempotency, sheet, views};

/// The header that names a request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// A successful answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
    pub(crate) content_type: HeaderValue,
    pub(crate) replayed: bool,
}

impl Reply {
    /// A JSON answer of bytes that were written already.
    pub(crate) fn json(status: StatusCode, body: Vec<u8>) -> Reply {
        Reply { status, body, content_type: JSON, replayed: false }
    }

    /// A JSON answer of a view.
    pub(crate) fn view(status: StatusCode, view: &impl serde::Serialize) -> Reply {
        let mut body = Vec::with_capacity(512);
        views::write(view, &mut body);
        Reply::json(status, body)
    }

    /// An answer for people, in plain text.
    pub(crate) fn text(status: StatusCode, text: String) -> Reply {
        Reply { status, body: text.into_bytes(), content_type: TEXT, replayed: false }
    }

    /// A table for other programs.
    pub(crate) fn sheet(body: Vec<u8>) -> Reply {
        let content_type = HeaderValue::from_static(sheet::SHEET);
        Reply { status: StatusCode::OK, body, content_type, replayed: false }
    }

    /// The same, marked as a repetition when it is one.
    pub(crate) fn replayed(self, replayed: bool) -> Reply {
        Reply { replayed, ..self }
    }
}

/// Puts an answer or a problem on the wire, with the headers that every answer has.
pub(crate) fn respond(
    outcome: Result<Reply, Problem>,
    request: RequestId,
    version: Version,
) -> Response<Body> {
    let mut response = match outcome {
        Ok(reply) => {
            let mut response = Response::new(Body::from(reply.body));
            *response.status_mut() = reply.status;
            response.headers_mut().insert(CONTENT_TYPE, reply.content_type);
            mark_replayed(&mut response, reply.replayed);
            response
        }
        Err(problem) => respond_with_problem(&problem, request),
    };
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, request_id_value(request));
    headers.insert(HeaderName::from_static(version::HEADER), version.header_value());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn respond_with_problem(problem: &Problem, request: RequestId) -> Response<Body> {
    let mut body = Vec::with_capacity(384);
    problem.write(request, &mut body);
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = problem.status();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, PROBLEM_JSON);
    if let Some(seconds) = problem.retry_after_s() {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if problem.status() == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    mark_replayed(&mut response, problem.is_replayed());
    response
}

fn mark_replayed(response: &mut Response<Body>, replayed: bool) {
    if replayed {
        let name = HeaderName::from_static(idempotency::REPLAYED_HEADER);
        response.headers_mut().insert(name, HeaderValue::from_static("true"));
    }
}

fn request_id_value(request: RequestId) -> HeaderValue {
    let mut text = String::with_capacity(30);
    request.write_into(&mut text);
    HeaderValue::try_from(text).expect("ids are letters, digits and an underscore")
}
