//! Bodies of browsers: JSON of scripts, forms of pages without.

use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::body;
use crate::problem::{Problem, catalog};
use crate::query::decode;

/// The member of a form that shows that it is of our page.
const CSRF_MEMBER: &str = "csrf";

/// The member of a form that names the page to go on to.
const NEXT_MEMBER: &str = "next";

/// A body that was read.
pub(crate) struct Sent {
    json: Vec<u8>,
    /// What a form says to be of our page.
    pub(crate) csrf: Option<String>,
    /// Where a form goes on to.
    pub(crate) next: Option<String>,
}

impl Sent {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// `unsupported_media_type`; `invalid_request` for a form with a member twice.
    pub(crate) fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<Sent, Problem> {
        let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = declared.and_then(|value| value.split(';').next()).unwrap_or("").trim();
        if bytes.is_empty() || essence.eq_ignore_ascii_case("application/json") {
            return Ok(Sent { json: bytes.to_vec(), csrf: None, next: None });
        }
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let detail = "Send the header Content-Type with application/json or \
                          application/x-www-form-urlencoded.";
            return Err(Problem::new(&catalog::UNSUPPORTED_MEDIA_TYPE).detail(detail));
        }
        let mut members = form(bytes)?;
        let mut take = |name| match members.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let (csrf, next) = (take(CSRF_MEMBER), take(NEXT_MEMBER));
        let json = serde_json::to_vec(&members).expect("texts can be written");
        Ok(Sent { json, csrf, next: next.filter(|next| is_local(next)) })
    }

    /// Reads its members.
    ///
    /// # Errors
    ///
    /// `malformed_json`, `invalid_request` with the member at fault.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        body::parse(&self.json)
    }
}

fn form(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    let refuse = |detail: &str| Problem::new(&catalog::INVALID_REQUEST).detail(detail);
    let text = std::str::from_utf8(bytes).map_err(|_| refuse("The form must be UTF-8."))?;
    let mut members = Map::new();
    for part in text.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (Some(name), Some(value)) = (decode(name), decode(value)) else {
            return Err(refuse("The form must be UTF-8, with % encoded."));
        };
        if members.insert(name, Value::String(value)).is_some() {
            return Err(refuse("Each member of the form may appear once only."));
        }
    }
    Ok(members)
}

/// Whether it is a path of ours: a page of others would look like ours to whoever has just signed
/// in (OWASP: unvalidated redirects).
pub fn is_local(next: &str) -> bool {
    let is_visible = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    next.len() <= 500 && is_visible && next.starts_with('/') && !next.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_gone_on_to() {
        for next in ["/", "/wallet", "/wallet?card=1#top"] {
            assert!(is_local(next), "{next}");
        }
        for next in
            ["", "wallet", "//evil.example", "/\\evil.example", "https://evil.example", "/\n"]
        {
            assert!(!is_local(next), "{next}");
        }
    }

    #[test]
    fn a_form_is_read_like_json() {
        let mut headers = HeaderMap::new();
        let form = "application/x-www-form-urlencoded".parse().unwrap();
        headers.insert(header::CONTENT_TYPE, form);
        let read = |bytes: &[u8]| Sent::read(&headers, bytes);
        let sent = read(b"code=12+34&csrf=abc&next=%2Fwallet").ok().unwrap();
        let members: Map<String, Value> = sent.parse().ok().unwrap();
        assert_eq!(Value::Object(members), serde_json::json!({"code": "12 34"}));
        assert_eq!((sent.csrf.as_deref(), sent.next.as_deref()), (Some("abc"), Some("/wallet")));
        assert!(read(b"a=1&a=2").is_err() && read(b"a=%zz").is_err());
        headers.insert(header::CONTENT_TYPE, "text/plain".parse().unwrap());
        assert!(Sent::read(&headers, b"a=1").is_err(), "pages of others could send that");
    }
}
