use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use base::{Instant, Span};
use ureq::Agent;
use ureq::http::Response;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;

use crate::names::{JudgedNames, Refused};
use crate::{AddressRefusal, EndpointUrl, MessageId, Names, Reach, Secrets, SystemNames, sign};

/// Most bytes of an answer that are read, and thrown away: enough for a receiver to be done.
pub const ANSWER_BYTES_MAX: u64 = 16 * 1024;

/// Longest wait that a receiver may ask for.
pub const RETRY_AFTER_MAX: Span = Span::days(1);

/// Most bytes of the header of an answer.
const HEADER_BYTES_MAX: usize = 16 * 1024;

/// How long the body of an answer is waited for; by then its status has decided already.
const BODY_PATIENCE: Duration = Duration::from_secs(2);

const USER_AGENT: &str = concat!("Makegood-Webhooks/", env!("CARGO_PKG_VERSION"));

/// One event for one endpoint, as one attempt sends it.
#[derive(Clone, Copy)]
pub struct Delivery<'a> {
    /// Which event it is; the same at every attempt.
    pub id: &'a MessageId,
    /// Where it goes.
    pub url: &'a EndpointUrl,
    /// What it is signed with.
    pub secrets: &'a Secrets,
    /// The event, as JSON; the same bytes at every attempt.
    pub body: &'a [u8],
    /// The time of this attempt. Receivers refuse what is minutes off.
    pub now: Instant,
}

/// Without the body, which may be personal.
impl fmt::Debug for Delivery<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("id", &self.id)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver answered 200 to 299.
    Delivered,
    /// It answered 410: it wants no more.
    Gone,
    /// Anything else; whether the receiver has seen the event is not known, so it comes again.
    Failed(Failure),
}

/// Why an attempt failed. The text is for the owner of the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Another status. Redirects are among them: they are not followed.
    #[error("the endpoint answered {status}")]
    Status {
        /// The status.
        status: u16,
        /// How long it asked to be left alone (`Retry-After` in seconds), at most a day.
        retry_after: Option<Span>,
    },
    /// The name has no address.
    #[error("the name of the endpoint has no address")]
    NameNotFound,
    /// The name has an address to which nothing is sent.
    #[error("nothing is sent to an address of the endpoint: {0}")]
    AddressRefused(AddressRefusal),
    /// No connection.
    #[error("no connection to the endpoint")]
    Unreachable,
    /// Its certificate is not trusted, or for another name.
    #[error("the certificate of the endpoint is not trusted")]
    Untrusted,
    /// No answer in time.
    #[error("the endpoint did not answer in time")]
    TimedOut,
    /// The connection broke, or the answer is not HTTP or has too large a header.
    #[error("the connection broke, or the answer was not understood")]
    Broken,
}

/// How a [`Sender`] sends.
#[derive(Clone, Debug)]
pub struct SenderSettings {
    /// Which addresses may be connected to.
    pub reach: Reach,
    /// Longest time for an attempt, from the name to the status. Standard Webhooks: 15 to 30
    /// seconds.
    pub patience: Duration,
    /// Roots of certificates (DER) that are trusted beside those of the machine.
    pub more_roots: Vec<Vec<u8>>,
    /// Who knows the addresses of names.
    pub names: Arc<dyn Names>,
}

impl SenderSettings {
    /// What is right in production.
    pub fn public() -> Self {
        Self {
            reach: Reach::Public,
            patience: Duration::from_secs(20),
            more_roots: Vec::new(),
            names: Arc::new(SystemNames),
        }
    }
}

/// Makes attempts. Blocking; one sender serves any number of threads.
#[derive(Debug)]
pub struct Sender {
    agent: Agent,
}

impl Sender {
    /// A sender with these settings. Reads the roots of certificates that the machine trusts.
    pub fn new(settings: &SenderSettings) -> Self {
        let config = Agent::config_builder()
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_response_header_size(HEADER_BYTES_MAX)
            // A connection is for one attempt: the next one judges its address again.
            .max_idle_connections(0)
            .timeout_global(Some(settings.patience))
            .timeout_recv_body(Some(BODY_PATIENCE))
            .user_agent(USER_AGENT)
            .accept_encoding("identity")
            .tls_config(tls(&settings.more_roots))
            .build();
        let names = JudgedNames { names: Arc::clone(&settings.names), reach: settings.reach };
        Self { agent: Agent::with_parts(config, DefaultConnector::new(), names) }
    }

    /// One attempt. Repeating it is the caller's, by [`schedule`](crate::schedule).
    pub fn send(&self, delivery: &Delivery<'_>) -> Outcome {
        let seconds = delivery.now.micros().div_euclid(1_000_000);
        let signature = sign(delivery.secrets, delivery.id, seconds, delivery.body);
        let answer = self
            .agent
            .post(delivery.url.as_str())
            .header("content-type", "application/json")
            .header("webhook-id", delivery.id.as_str())
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", signature)
            .send(delivery.body);
        match answer {
            Ok(answer) => outcome(answer),
            Err(error) => Outcome::Failed(failure(&error)),
        }
    }
}

fn tls(more_roots: &[Vec<u8>]) -> TlsConfig {
    let of_machine = rustls_native_certs::load_native_certs().certs;
    let of_machine = of_machine.iter().map(AsRef::as_ref);
    let roots = of_machine.chain(more_roots.iter().map(Vec::as_slice));
    let roots: Vec<Certificate<'static>> =
        roots.map(|root| Certificate::from_der(root).to_owned()).collect();
    TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::new_with_certs(&roots))
        .build()
}

/// The status decides; the body is read only so that the receiver is not cut off.
fn outcome(mut answer: Response<ureq::Body>) -> Outcome {
    let mut body = answer.body_mut().as_reader().take(ANSWER_BYTES_MAX);
    let _ = io::copy(&mut body, &mut io::sink());
    match answer.status().as_u16() {
        200..=299 => Outcome::Delivered,
        410 => Outcome::Gone,
        status => {
            let asked = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
            let asked = asked.and_then(|seconds| seconds.trim().parse().ok()).map(Span::seconds);
            let retry_after = asked.map(|asked| asked.min(RETRY_AFTER_MAX));
            Outcome::Failed(Failure::Status { status, retry_after })
        }
    }
}

fn failure(error: &ureq::Error) -> Failure {
    match error {
        ureq::Error::HostNotFound => Failure::NameNotFound,
        ureq::Error::Timeout(_) => Failure::TimedOut,
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => Failure::Untrusted,
        ureq::Error::ConnectionFailed => Failure::Unreachable,
        ureq::Error::Other(other) => match other.downcast_ref() {
            Some(Refused(refusal)) => Failure::AddressRefused(*refusal),
            None => Failure::Broken,
        },
        ureq::Error::Io(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::AddrNotAvailable => Failure::Unreachable,
            io::ErrorKind::TimedOut => Failure::TimedOut,
            // What the encryption does not accept comes as data that is invalid.
            io::ErrorKind::InvalidData => Failure::Untrusted,
            _ => Failure::Broken,
        },
        _ => Failure::Broken,
    }
}
