//! What every answer that a browser shows, or takes for one of ours, says to it.

use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Nothing is taken for another kind than is said, no address of ours is told to others, and
/// windows and pages of others share nothing with ours. Our own forms need their `Origin`, which a
/// browser leaves out where there is no referrer at all (Fetch standard).
const STRICT: [(HeaderName, &str); 4] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds these headers, and what may be loaded: a content policy (Content Security Policy Level 3).
pub fn harden(headers: &mut HeaderMap, policy: &'static str) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    for (name, value) in STRICT {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Whether a request comes from pages of this origin. Browsers say so by themselves, and pages of
/// others cannot make them say otherwise (W3C Fetch Metadata; RFC 6454, section 7). Who says
/// neither is no browser that we know.
pub fn is_of_our_page(headers: &HeaderMap, own: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let (fetched, origin) = (text("sec-fetch-site"), text("origin"));
    let is_said = fetched.is_some() || origin.is_some();
    is_said
        && fetched.is_none_or(|site| site == "same-origin")
        && origin.is_none_or(|origin| origin == own)
}
