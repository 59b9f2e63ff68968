//! A server for tests that speaks Stripe's wire format: the sandbox is behind it, so it is strict
//! about money, keys and parameters, unlike the fakes it stands beside.
//!
//! It listens on loopback, on a port of its own, until it is dropped. Behind `/sandbox/` it has
//! what payers and banks do, and the messages it would have sent:
//!
//! | request | what it does |
//! | --- | --- |
//! | `POST /sandbox/challenges/{payment}` | `passed=true` or `false`: the payer answers |
//! | `POST /sandbox/disputes/{dispute}` | `won=true` or `false`: the bank decides |
//! | `POST /sandbox/messages` | the messages that are due, each once, signed as Stripe does |

mod form;
mod render;
mod requests;
mod routes;

use std::collections::{BTreeMap, VecDeque};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::{fmt, io};

use axum::body::{Body, Bytes, to_bytes};
use base::{Instant, Span};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::sync::watch;

use crate::sandbox::{Message, Sandbox};
use routes::{Answer, Asked};

/// How long a key is known.
const KEYS_LAST: Span = Span::days(1);

const REQUEST_BYTES_MAX: usize = 64 * 1024;

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done; status 500.
    FailBefore,
    /// Nothing is done; status 500, which Stripe keeps under the key: whatever comes under it for a
    /// day gets the same.
    FailForGood,
    /// Everything is done; status 500 all the same, kept in the same way.
    FailAfter,
    /// Nothing is done, and the connection is cut.
    CutBefore,
    /// Everything is done, and the connection is cut without an answer.
    CutAfter,
    /// Everything is done, and the connection is cut in the middle of the answer.
    CutWithin,
    /// Everything is done, and the answer is no JSON.
    Garble,
    /// Everything is done, and no answer ever comes.
    Hang,
    /// Nothing is done; status 429.
    Limit,
    /// Nothing is done; status 409, as for two requests with one key at the same time.
    Conflict,
}

/// The running server; dropping it stops it.
pub struct StripeServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    sandbox: Sandbox,
    faults: Mutex<VecDeque<Fault>>,
    /// Keys under which status 500 is kept, and since when.
    failed: Mutex<BTreeMap<String, Instant>>,
}

impl StripeServer {
    /// Starts a server in front of the sandbox.
    ///
    /// # Errors
    ///
    /// When no port or thread can be had.
    pub fn start(sandbox: Sandbox) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let shared =
            Arc::new(Shared { sandbox, faults: Mutex::default(), failed: Mutex::default() });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = watch::channel(false);
        let served = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("stripe-server".to_owned())
            .spawn(move || runtime.block_on(serve(listener, served, stopped)))?;
        Ok(StripeServer { address, shared, stop, thread: Some(thread) })
    }

    /// `http://127.0.0.1:<port>`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next requests go wrong like this, one fault a request.
    pub fn fail_next(&self, faults: &[Fault]) {
        self.shared.faults().extend(faults);
    }

    /// The messages that are due and were not fetched before.
    pub fn messages(&self) -> Vec<Message> {
        routes::messages(&self.shared.sandbox)
    }

    /// Waits until somebody else ends the process.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

impl Drop for StripeServer {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

impl Shared {
    fn faults(&self) -> std::sync::MutexGuard<'_, VecDeque<Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True when what comes under this key is answered as before, with status 500.
    fn has_failed(&self, key: Option<&str>) -> bool {
        let now = self.sandbox.provider.clock().now();
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.retain(|_, since| now < since.saturating_add(KEYS_LAST));
        key.is_some_and(|key| failed.contains_key(key))
    }

    fn fails_for_good(&self, key: Option<&str>) {
        let now = self.sandbox.provider.clock().now();
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.extend(key.map(|key| (key.to_owned(), now)));
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("the runtime is running");
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => return,
        };
        let Ok((stream, _peer)) = accepted else { continue };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(move |request| handle(Arc::clone(&shared), request));
            // A connection that ends badly is the caller's business, or was cut on purpose.
            let _ended =
                http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// Ends the connection without an answer.
#[derive(Debug)]
struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cut on purpose")
    }
}

impl std::error::Error for Cut {}

async fn handle(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response<Body>, Cut> {
    let (head, body) = request.into_parts();
    let body = to_bytes(Body::new(body), REQUEST_BYTES_MAX).await.map_err(|_| Cut)?;
    let header = |name: &str| {
        head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let asked = Asked {
        is_post: head.method == hyper::Method::POST,
        path: head.uri.path().to_owned(),
        fields: if head.method == hyper::Method::POST {
            form::read(&String::from_utf8_lossy(&body))
        } else {
            form::read(head.uri.query().unwrap_or_default())
        },
        authorization: header("authorization"),
        key: header("idempotency-key"),
    };
    let is_of_stripe = asked.path.starts_with("/v1/");
    if is_of_stripe && shared.has_failed(asked.key.as_deref()) {
        return Ok(response(500, "{}".into()));
    }
    let fault = if is_of_stripe { shared.faults().pop_front() } else { None };
    match fault {
        Some(Fault::FailBefore) => return Ok(response(500, "{}".into())),
        Some(Fault::FailForGood) => {
            shared.fails_for_good(asked.key.as_deref());
            return Ok(response(500, "{}".into()));
        }
        Some(Fault::CutBefore) => return Err(Cut),
        Some(Fault::Limit) => return Ok(with(routes::error(429, "rate_limit", "slow down"))),
        Some(Fault::Conflict) => {
            return Ok(with(routes::error(409, "idempotency_key_in_use", "busy")));
        }
        _ => {}
    }
    let answer = routes::answer(&shared.sandbox, &asked);
    match fault {
        Some(Fault::FailAfter) => {
            shared.fails_for_good(asked.key.as_deref());
            Ok(response(500, "{}".into()))
        }
        Some(Fault::CutAfter) => Err(Cut),
        Some(Fault::CutWithin) => Ok(half(&answer)),
        Some(Fault::Garble) => Ok(response(200, "<html>".into())),
        Some(Fault::Hang) => std::future::pending().await,
        _ if answer.is_lost => Err(Cut),
        _ => Ok(with(answer)),
    }
}

fn with(answer: Answer) -> Response<Body> {
    response(answer.status, answer.body.to_string().into())
}

fn response(status: u16, body: Body) -> Response<Body> {
    Response::builder()
        .status(status)
        .header("Content-Type", "application/json")
        .header("Request-Id", "req_sandbox")
        .body(body)
        .expect("status and headers are in order")
}

/// Announces the whole answer and sends half of it.
fn half(answer: &Answer) -> Response<Body> {
    let text = answer.body.to_string();
    let length = text.len();
    let half = Bytes::from(text.into_bytes()).slice(..length / 2);
    let mut cut = response(answer.status, Body::new(Half(Some(half))));
    cut.headers_mut().insert("Content-Length", length.into());
    cut
}

/// A body that breaks off after its only piece.
struct Half(Option<Bytes>);

impl hyper::body::Body for Half {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Cut>>> {
        std::task::Poll::Ready(Some(match self.0.take() {
            Some(piece) => Ok(hyper::body::Frame::data(piece)),
            None => Err(Cut),
        }))
    }
}
