//! The API of this process, asked without a network.
//!
//! A page that asks the API can know and do nothing that a shop's own program could not, so no rule
//! is written twice; and where the book is in another process, the API passes the call on.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Builder;
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower::ServiceExt;

/// Bytes of an answer: more than a full page of any list.
const ANSWER_BYTES_MAX: usize = 8 << 20;

/// What the API refuses.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refused {
    /// The status it answered with.
    pub(crate) status: StatusCode,
    /// The whole problem.
    pub(crate) problem: Value,
}

impl Refused {
    /// Nothing is there, or it is somebody else's.
    pub(crate) fn not_found() -> Refused {
        Refused::of(StatusCode::NOT_FOUND, "not_found", "")
    }

    /// A refusal of the pages themselves.
    pub(crate) fn of(status: StatusCode, code: &str, detail: &str) -> Refused {
        Refused { status, problem: serde_json::json!({"code": code, "detail": detail}) }
    }

    /// A field of a form is not filled in as it has to be.
    pub(crate) fn field(name: &str, detail: &str) -> Refused {
        let problem = serde_json::json!({
            "code": "invalid_request", "detail": detail, "param": format!("/{name}"),
        });
        Refused { status: StatusCode::BAD_REQUEST, problem }
    }

    /// Its stable code.
    pub(crate) fn code(&self) -> &str {
        self.text("code")
    }

    /// What it says to do.
    pub(crate) fn detail(&self) -> &str {
        match self.text("detail") {
            "" => self.text("title"),
            detail => detail,
        }
    }

    /// The JSON pointer of the field at fault; empty where none is.
    pub(crate) fn param(&self) -> &str {
        self.text("param")
    }

    fn text(&self, member: &str) -> &str {
        self.problem[member].as_str().unwrap_or("")
    }
}

/// An answer with its headers, of which cookies go on to the browser.
pub(crate) struct Answered {
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
}

/// The API, and who asks.
pub(crate) struct Inside {
    api: Router,
    authorization: HeaderValue,
}

impl Inside {
    /// Asks with this secret key.
    pub(crate) fn new(api: Router, key: &str) -> Inside {
        let authorization = HeaderValue::try_from(format!("Bearer {key}"));
        let mut authorization = authorization.expect("keys are letters, digits and signs");
        authorization.set_sensitive(true);
        Inside { api, authorization }
    }

    /// Calls the API of programs.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> Result<Value, Refused> {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(header::AUTHORIZATION, &self.authorization);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.ask(with_body(request, body)?).await.map(|answered| answered.json)
    }

    /// Calls an endpoint for browsers as the browser itself: its cookies, its headers, its place
    /// in the network.
    pub(crate) async fn as_browser(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        (headers, extensions): (&HeaderMap, &Extensions),
        csrf: Option<&str>,
    ) -> Result<Answered, Refused> {
        let mut request = Request::builder().method(method).uri(path);
        for name in BROWSER_HEADERS {
            for value in headers.get_all(*name) {
                request = request.header(*name, value);
            }
        }
        if let Some(csrf) = csrf {
            request = request.header("x-csrf-token", csrf);
        }
        if let Some(peer) = extensions.get::<http::Peer>() {
            request = request.extension(*peer);
        }
        self.ask(with_body(request, body)?).await
    }

    async fn ask(&self, request: Request<Body>) -> Result<Answered, Refused> {
        let unavailable = || Refused::of(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "");
        let Ok(response) = self.api.clone().oneshot(request).await;
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, ANSWER_BYTES_MAX).await.map_err(|_| unavailable())?;
        let json = match bytes.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(&bytes).map_err(|_| unavailable())?,
        };
        match head.status.is_success() {
            true => Ok(Answered { headers: head.headers, json }),
            false => Err(Refused { status: head.status, problem: json }),
        }
    }
}

/// A request with its body. Paths are made of texts that others typed: what is no path finds
/// nothing.
fn with_body(request: Builder, body: Option<&Value>) -> Result<Request<Body>, Refused> {
    let request = match body {
        Some(body) => request
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string())),
        None => request.body(Body::empty()),
    };
    request.map_err(|_| Refused::not_found())
}

/// What may not be there: nothing, when the API says so.
pub(crate) fn if_there<T>(answer: Result<T, Refused>) -> Result<Option<T>, Refused> {
    match answer {
        Ok(there) => Ok(Some(there)),
        Err(refused) if refused.status == StatusCode::NOT_FOUND => Ok(None),
        Err(refused) => Err(refused),
    }
}

/// What cannot be told is left out, whatever the refusal, so that the rest stands without it.
pub(crate) fn if_told<T>(answer: Result<T, Refused>) -> Result<Option<T>, Refused> {
    match answer {
        Ok(told) => Ok(Some(told)),
        Err(refused) if refused.status.is_server_error() => Err(refused),
        Err(_) => Ok(None),
    }
}

/// What endpoints for browsers read of a request.
const BROWSER_HEADERS: &[&str] =
    &["cookie", "origin", "sec-fetch-site", "user-agent", "x-forwarded-for"];

/// An answer as the members that a page needs.
///
/// # Errors
///
/// `unavailable`, and a line in the log: pages and API do not fit together.
pub(crate) fn read<T: DeserializeOwned>(json: Value) -> Result<T, Refused> {
    serde_json::from_value(json).map_err(|_| {
        // The error itself may quote what somebody has written.
        let wanted = std::any::type_name::<T>();
        tracing::error!(wanted, "an answer has not what a page needs");
        Refused::of(StatusCode::INTERNAL_SERVER_ERROR, "unavailable", "")
    })
}
