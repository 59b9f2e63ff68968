//! The other processes of an installation: how requests are passed on to them, and known when
//! they come from them.

use std::net::SocketAddr;

use axum::body::{Body, Bytes};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use outside::keyring::KeyRing;

use crate::connections::{Connections, NoAnswer};
use crate::guesses::Peer;

/// Says that a process passes a request on, and whose: a secret of the installation, and the
/// address of the client if it has one. Such a request is never passed on again.
const FORWARDED: HeaderName = HeaderName::from_static("makegood-forwarded");

/// Bodies of 421, for whoever passed the request on.
const NOTHING_DONE: &[u8] = b"nothing done";
const UNKNOWN: &[u8] = b"unknown";

/// What concerns one connection only, RFC 9110, section 7.6.1.
const OF_ONE_CONNECTION: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A request that was not answered where it was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Miss {
    /// Nothing was done: it may be tried elsewhere.
    NothingDone,
    /// It may have been done: it may be tried elsewhere when repeating it is safe.
    Unknown,
}

/// The way to the other processes.
pub(crate) struct Neighbors {
    connections: Connections,
    secret: String,
}

impl Neighbors {
    /// For an installation with this key ring, which all its processes share.
    pub(crate) fn new(ring: &KeyRing) -> Neighbors {
        let secret = ring.short_hash("requests between processes", b"");
        let secret = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        Neighbors { connections: Connections::default(), secret }
    }

    /// Whether another process passed this request on. Then it counts as coming from the client
    /// of that process. The mark is taken off in any case: anybody can write a header.
    pub(crate) fn recognize(&self, head: &mut Parts) -> bool {
        let Some(mark) = head.headers.remove(FORWARDED) else { return false };
        let Ok(mark) = mark.to_str() else { return false };
        let (secret, client) = mark.split_once(' ').unwrap_or((mark, ""));
        if !is_same(secret, &self.secret) {
            return false;
        }
        head.extensions.remove::<Peer>();
        if let Ok(client) = client.parse::<SocketAddr>() {
            head.extensions.insert(Peer(client));
        }
        true
    }

    /// Passes a request on and returns the answer as it is to leave.
    pub(crate) async fn pass_on(
        &self,
        address: &str,
        head: &Parts,
        body: Bytes,
    ) -> Result<Response<Body>, Miss> {
        let authority = authority(address);
        let request = self.request(authority, head, body).ok_or(Miss::NothingDone)?;
        let answer = self.connections.send(authority, request).await.map_err(|error| {
            tracing::debug!(address, ?error, "a request was not passed on");
            match error {
                NoAnswer::NotSent => Miss::NothingDone,
                NoAnswer::Broken => Miss::Unknown,
            }
        })?;
        let (mut head, bytes) = answer.into_parts();
        if head.status == StatusCode::MISDIRECTED_REQUEST {
            return Err(if bytes == NOTHING_DONE { Miss::NothingDone } else { Miss::Unknown });
        }
        drop_of_one_connection(&mut head.headers);
        Ok(Response::from_parts(head, Body::from(bytes)))
    }

    /// Asks a process something that is none of the clients' business; `None` unless it answers.
    pub(crate) async fn ask(&self, address: &str, path: &str, question: Vec<u8>) -> Option<Bytes> {
        let authority = authority(address);
        let request = Request::post(path)
            .header(HOST, authority)
            .header(FORWARDED, self.mark("")?)
            .body(Body::from(question));
        let answer = self.connections.send(authority, request.ok()?).await.ok()?;
        (answer.status() == StatusCode::OK).then(|| answer.into_body())
    }

    fn request(&self, authority: &str, head: &Parts, body: Bytes) -> Option<Request<Body>> {
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let client = head.extensions.get::<Peer>().map(|peer| peer.0.to_string());
        let mark = self.mark(&client.unwrap_or_default())?;
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = Method::clone(&head.method);
        *request.uri_mut() = path.parse().ok()?;
        let headers = request.headers_mut();
        *headers = head.headers.clone();
        drop_of_one_connection(headers);
        headers.remove("expect");
        headers.insert(HOST, HeaderValue::try_from(authority).ok()?);
        headers.insert(FORWARDED, mark);
        Some(request)
    }

    /// The mark of a request for a client at this address.
    fn mark(&self, client: &str) -> Option<HeaderValue> {
        let mark = format!("{} {client}", self.secret);
        let mut mark = HeaderValue::try_from(mark.trim_end()).ok()?;
        mark.set_sensitive(true);
        Some(mark)
    }
}

/// What a process says that does not own the book it was asked about by another one.
pub(crate) fn misdirected(miss: Miss) -> Response<Body> {
    let body = match miss {
        Miss::NothingDone => NOTHING_DONE,
        Miss::Unknown => UNKNOWN,
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::MISDIRECTED_REQUEST;
    response
}

fn drop_of_one_connection(headers: &mut HeaderMap) {
    let named: Vec<String> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    for name in named.iter().map(String::as_str).chain(OF_ONE_CONNECTION) {
        headers.remove(name);
    }
    // Written anew from the body that leaves.
    headers.remove(CONTENT_LENGTH);
}

/// `host:port` of an address such as `http://10.0.0.7:8080/`.
fn authority(address: &str) -> &str {
    address.strip_prefix("http://").unwrap_or(address).trim_end_matches('/')
}

/// Compares in a time that tells nothing about where they differ.
fn is_same(presented: &str, secret: &str) -> bool {
    let differences = presented.bytes().zip(secret.bytes()).map(|(one, other)| one ^ other);
    presented.len() == secret.len() && differences.fold(0, |all, one| all | one) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Instant;
    use outside::random::SeededRandomness;

    fn neighbors(seed: u64) -> Neighbors {
        let start = Instant::parse("2026-11-20T10:00:00Z").unwrap();
        Neighbors::new(&KeyRing::generate(start, &mut SeededRandomness::new(seed)))
    }

    fn head(headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::post("/v1/holds?expand=card");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut head = request.body(()).unwrap().into_parts().0;
        head.extensions.insert(Peer("203.0.113.9:5000".parse().unwrap()));
        head
    }

    #[test]
    fn a_passed_on_request_keeps_what_is_the_clients() {
        let headers = [
            ("host", "api.example"),
            ("authorization", "Bearer x"),
            ("connection", "keep-alive, X-Hop"),
            ("x-hop", "1"),
            ("keep-alive", "5"),
            ("transfer-encoding", "chunked"),
            ("idempotency-key", "k"),
        ];
        let neighbors = neighbors(1);
        let request = neighbors.request("10.0.0.7:80", &head(&headers), Bytes::new()).unwrap();
        assert_eq!(request.uri(), "/v1/holds?expand=card");
        let mut names: Vec<_> = request.headers().keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["authorization", "host", "idempotency-key", "makegood-forwarded"]);
        assert_eq!(request.headers()["host"], "10.0.0.7:80");
        let mut arrived = request.into_parts().0;
        arrived.extensions.insert(Peer("10.0.0.5:1".parse().unwrap()));
        assert!(neighbors.recognize(&mut arrived));
        assert_eq!(arrived.extensions.get::<Peer>().unwrap().0.to_string(), "203.0.113.9:5000");
        assert!(arrived.headers.get(FORWARDED).is_none());
    }

    #[test]
    fn a_mark_without_the_secret_is_none() {
        let secret = neighbors(1).secret;
        let shorter = &secret[1..];
        for mark in ["", "x", shorter, &format!("{secret}0 1.2.3.4:5"), &neighbors(2).secret] {
            let mut head = head(&[("makegood-forwarded", mark)]);
            assert!(!neighbors(1).recognize(&mut head), "{mark}");
            assert!(head.headers.get(FORWARDED).is_none());
            assert_eq!(head.extensions.get::<Peer>().unwrap().0.to_string(), "203.0.113.9:5000");
        }
        assert!(neighbors(1).recognize(&mut head(&[("makegood-forwarded", &secret)])));
    }

    #[test]
    fn addresses_have_an_authority() {
        assert_eq!(authority("http://10.0.0.7:8080"), "10.0.0.7:8080");
        assert_eq!(authority("http://shop-1:80/"), "shop-1:80");
        assert_eq!(authority("[::1]:8080"), "[::1]:8080");
    }
}
