//! Telling somebody outside about every answer: what traces are made of.

use std::sync::OnceLock;
use std::time::Duration;

use axum::http::{HeaderMap, Method};
use base::RequestId;

/// The header that says which trace a request belongs to.
///
/// <https://www.w3.org/TR/trace-context/>
const TRACEPARENT: &str = "traceparent";

/// An answer that is about to leave.
#[derive(Clone, Copy, Debug)]
pub struct AnswerSeen<'a> {
    /// The method of the request.
    pub method: &'a str,
    /// The path as documented; never what was sent.
    pub route: &'static str,
    /// The status.
    pub status: u16,
    /// The code of the problem, if it is one.
    pub code: Option<&'static str>,
    /// The request.
    pub request: RequestId,
    /// How long it took.
    pub took: Duration,
    /// The trace that the caller is in, as it was sent.
    pub traceparent: Option<&'a str>,
}

/// Who is told.
pub(crate) type Watcher = Box<dyn Fn(&AnswerSeen<'_>) + Send + Sync>;

/// Nobody or one.
#[derive(Default)]
pub(crate) struct Watch(OnceLock<Watcher>);

/// What the watcher wants to know of a request; nothing when there is none.
pub(crate) struct Watched {
    pub(crate) method: Method,
    pub(crate) traceparent: Option<String>,
}

impl Watch {
    pub(crate) fn set(&self, watcher: Watcher) {
        // The first one stays: there is one place that sets it.
        let _ = self.0.set(watcher);
    }

    /// Keeps of a request what only its head tells.
    pub(crate) fn keep(&self, method: &Method, headers: &HeaderMap) -> Option<Watched> {
        self.0.get()?;
        let traceparent = headers.get(TRACEPARENT).and_then(|value| value.to_str().ok());
        Some(Watched { method: method.clone(), traceparent: traceparent.map(str::to_owned) })
    }

    pub(crate) fn tell(&self, seen: &AnswerSeen<'_>) {
        if let Some(watcher) = self.0.get() {
            watcher(seen);
        }
    }
}
