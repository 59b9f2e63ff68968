//! Answers for browsers.

use axum::body::Body;
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use pages::{Language, Markup, Words};

use crate::browsers;

/// What a page may do: styles, pictures and forms of this server, and nothing else; nobody may
/// frame it, so no click can be stolen.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The words for somebody: those that the address asks for, else those that the browser prefers.
pub(super) fn words(asked: Option<&str>, headers: &HeaderMap) -> Words {
    let asked = asked.and_then(Language::of_tag);
    let accepted = || {
        let header = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Language::accepted(header.unwrap_or(""))
    };
    asked.unwrap_or_else(accepted).words()
}

/// A page. It is not kept: the next one may know more.
pub(super) fn page(status: StatusCode, words: Words, page: &Markup) -> Response<Body> {
    let mut response = Response::new(Body::from(page.0.clone()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    harden(headers);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(words.language.tag()));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("accept-language"));
    response
}

/// Nothing is there.
pub(super) fn nothing() -> Response<Body> {
    page(StatusCode::NOT_FOUND, Language::English.words(), &Markup::default())
}

/// A file that never changes under its name.
pub(super) fn file(media_type: &'static str, bytes: &'static [u8]) -> Response<Body> {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    harden(headers);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    let year = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(CACHE_CONTROL, year);
    response
}

fn harden(headers: &mut HeaderMap) {
    browsers::harden(headers, POLICY);
    let name = HeaderName::from_static("permissions-policy");
    headers.insert(name, HeaderValue::from_static("camera=(), geolocation=(), microphone=()"));
}
