//! Requests to Stripe, and what their answers mean before anybody looks at the object in them.

use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Body, http::Response};

use super::objects::ErrorAnswer;
use super::{SettingsError, VERSION, codes};
use crate::{FailureCode, Operation, Outcome, Secret, Unknown};

/// More than this is no answer to any of our requests.
const ANSWER_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Names and values of a form or a query.
pub(super) type Fields<'a> = [(&'a str, &'a str)];

pub(super) struct Client {
    agent: Agent,
    base_url: String,
    authorization: Secret,
}

impl Client {
    pub(super) fn new(
        base_url: &str,
        api_key: &Secret,
        timeout: Duration,
    ) -> Result<Self, SettingsError> {
        let is_loopback = is_loopback(base_url);
        if !base_url.starts_with("https://") && !is_loopback {
            return Err(SettingsError::NotEncrypted);
        }
        let visible = |byte: u8| byte.is_ascii_graphic();
        if api_key.reveal().is_empty() || !api_key.reveal().bytes().all(visible) {
            return Err(SettingsError::NoKey);
        }
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(timeout))
            .user_agent("makegood");
        // A proxy of the environment is for what is outside.
        config = if is_loopback { config.proxy(None) } else { config.tls_config(tls()?) };
        Ok(Client {
            agent: Agent::new_with_config(config.build()),
            base_url: base_url.trim_end_matches('/').to_owned(),
            authorization: Secret::new(&format!("Bearer {}", api_key.reveal())),
        })
    }

    /// Does something, once an operation.
    pub(super) fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        operation: &Operation,
        fields: &Fields<'_>,
    ) -> Outcome<T> {
        let request = self
            .agent
            .post(format!("{}{path}", self.base_url))
            .header("Authorization", self.authorization.reveal())
            .header("Stripe-Version", VERSION)
            .header("Idempotency-Key", operation.as_str())
            .content_type("application/x-www-form-urlencoded");
        understand(request.send(encode(fields)))
    }

    /// Asks for something.
    pub(super) fn get<T: DeserializeOwned>(&self, path: &str, query: &Fields<'_>) -> Outcome<T> {
        let request = self
            .agent
            .get(format!("{}{path}?{}", self.base_url, encode(query)))
            .header("Authorization", self.authorization.reveal())
            .header("Stripe-Version", VERSION);
        understand(request.call())
    }
}

/// Stripe's certificate is checked against the machine's own list of authorities.
fn tls() -> Result<TlsConfig, SettingsError> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        return Err(SettingsError::NoAuthorities);
    }
    let certificates: Vec<Certificate<'static>> = found
        .certs
        .iter()
        .map(|certificate| Certificate::from_der(certificate.as_ref()).to_owned())
        .collect();
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::Specific(Arc::new(certificates)))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}

/// Whether an address without encryption stays on this machine.
fn is_loopback(base_url: &str) -> bool {
    let Some(rest) = base_url.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let hosts = ["127.0.0.1", "localhost", "[::1]"];
    let Some(port) = hosts.iter().find_map(|host| authority.strip_prefix(host)) else {
        return false;
    };
    // What follows a host that looks like ours may be a user's password at another.
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    port.is_empty() || port.strip_prefix(':').is_some_and(is_port)
}

fn understand<T: DeserializeOwned>(answer: Result<Response<Body>, ureq::Error>) -> Outcome<T> {
    let mut answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Outcome::Unknown(why(&error)),
    };
    let status = answer.status().as_u16();
    let body = match answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec() {
        Ok(body) => body,
        Err(error) => return Outcome::Unknown(why(&error)),
    };
    match status {
        200 => match serde_json::from_slice(&body) {
            Ok(object) => Outcome::Succeeded(object),
            Err(_) => Outcome::Unknown(Unknown::Unreadable),
        },
        401 | 403 => Outcome::Failed(FailureCode::NotPermitted),
        409 => Outcome::Unknown(Unknown::InProgress),
        429 => Outcome::Failed(FailureCode::RateLimited),
        400..=499 => match serde_json::from_slice::<ErrorAnswer>(&body) {
            Ok(answer) => codes::of_error(&answer.error),
            Err(_) => Outcome::Unknown(Unknown::Unreadable),
        },
        500..=599 => Outcome::Unknown(Unknown::RailError),
        _ => Outcome::Unknown(Unknown::Unreadable),
    }
}

fn why(error: &ureq::Error) -> Unknown {
    match error {
        ureq::Error::Timeout(_) => Unknown::TimedOut,
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => Unknown::TimedOut,
        ureq::Error::Protocol(_) | ureq::Error::BodyExceedsLimit(_) => Unknown::Unreadable,
        _ => Unknown::ConnectionLost,
    }
}

/// Form encoding: everything but unreserved characters and brackets in percent signs.
fn encode(fields: &Fields<'_>) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        if !text.is_empty() {
            text.push('&');
        }
        escape(name, &mut text);
        text.push('=');
        escape(value, &mut text);
    }
    text
}

fn escape(part: &str, text: &mut String) {
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~[]".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_escaped() {
        let fields = [("metadata[a]", "pay_1:authorize"), ("url", "https://a/?b=c&d=é")];
        let expected = "metadata[a]=pay_1%3Aauthorize&url=https%3A%2F%2Fa%2F%3Fb%3Dc%26d%3D%C3%A9";
        assert_eq!(encode(&fields), expected);
    }

    #[test]
    fn keys_travel_encrypted_or_stay_here() {
        for (url, accepted) in [
            ("http://127.0.0.1:8420", true),
            ("http://localhost:1", true),
            ("http://[::1]:1", true),
            ("http://api.stripe.com", false),
            ("http://127.0.0.1.example.com", false),
            ("http://localhost:1@example.com/", false),
            ("http://localhost@example.com/", false),
            ("http://localhost1", false),
            ("ftp://127.0.0.1", false),
        ] {
            let made = Client::new(url, &Secret::new("sk_test_1"), Duration::from_secs(1));
            assert_eq!(made.is_ok(), accepted, "{url}");
        }
        let made = Client::new("http://127.0.0.1:1", &Secret::new("a\nb"), Duration::from_secs(1));
        assert_eq!(made.err(), Some(SettingsError::NoKey));
    }
}
