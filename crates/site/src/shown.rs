//! Answers for browsers.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, LOCATION, SET_COOKIE, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use pages::{Markup, Words};

/// What a page may do: styles, pictures, scripts and forms of this server, and nothing else; nobody
/// may frame it, so no click can be stolen.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; \
                      font-src 'self'; script-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// An answer for a browser.
pub(crate) enum Shown {
    /// A page.
    Html(StatusCode, Markup),
    /// The way to another page; after a form, so that loading it again sends nothing
    /// (RFC 9110, section 15.4.4).
    To(String),
    /// A file that never changes under its name.
    File(&'static str, &'static [u8]),
    /// A picture of ours under a name that stays when it changes: kept for a day.
    Picture(&'static str, &'static [u8]),
    /// A file made for this request: its media type, its bytes.
    Made(&'static str, Vec<u8>),
}

impl Shown {
    /// A page that went well.
    pub(crate) fn page(page: Markup) -> Shown {
        Shown::Html(StatusCode::OK, page)
    }

    /// The answer on its way.
    pub(crate) fn respond(self, words: Words, cookies: &[HeaderValue]) -> Response<Body> {
        let kept = match self {
            Shown::File(..) => "public, max-age=31536000, immutable",
            Shown::Picture(..) => "public, max-age=86400",
            // The next one may know more.
            _ => "no-store",
        };
        let mut headers = HeaderMap::new();
        harden(&mut headers);
        let (status, kind, body) = match self {
            Shown::Html(status, page) => {
                let tag = HeaderValue::from_static(words.language.tag());
                headers.insert(CONTENT_LANGUAGE, tag);
                headers.insert(VARY, HeaderValue::from_static("accept-language, cookie"));
                (status, "text/html; charset=utf-8", Body::from(page.into_string()))
            }
            Shown::To(path) => {
                if let Ok(location) = HeaderValue::try_from(path) {
                    headers.insert(LOCATION, location);
                }
                (StatusCode::SEE_OTHER, "text/plain; charset=utf-8", Body::empty())
            }
            Shown::File(kind, bytes) | Shown::Picture(kind, bytes) => {
                (StatusCode::OK, kind, Body::from(bytes))
            }
            Shown::Made(kind, bytes) => (StatusCode::OK, kind, Body::from(bytes)),
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
        for cookie in cookies {
            headers.append(SET_COOKIE, cookie.clone());
        }
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }
}

fn harden(headers: &mut HeaderMap) {
    http::harden(headers, POLICY);
    let name = HeaderName::from_static("permissions-policy");
    let only = "camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self)";
    headers.insert(name, HeaderValue::from_static(only));
}
