//! Connections to the other processes, kept for the next request.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, Response};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// Time in which a process must accept a connection.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(1);

/// How long a connection rests before it is given up: well below the time after which the other
/// end closes it, which would lose a request that is just being sent.
const REST_MAX: Duration = Duration::from_secs(5);

/// Bytes of an answer; more than any list or batch has.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// Connections that rest, by address.
#[derive(Default)]
pub(crate) struct Connections {
    resting: Mutex<BTreeMap<String, Vec<Resting>>>,
}

struct Resting {
    since: Instant,
    sender: SendRequest<Body>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// The request was not sent.
    NotSent,
    /// It was sent, at least in part.
    Broken,
}

impl Connections {
    /// Sends a request to `host:port` and reads its answer.
    pub(crate) async fn send(
        &self,
        authority: &str,
        request: Request<Body>,
    ) -> Result<Response<Bytes>, NoAnswer> {
        let mut request = request;
        // One that rested may have been closed meanwhile; a new one has not.
        while let Some(mut sender) = self.rested(authority) {
            if sender.ready().await.is_err() {
                continue;
            }
            match sender.try_send_request(request).await {
                Ok(answer) => return self.read(authority, sender, answer).await,
                Err(mut error) => request = error.take_message().ok_or(NoAnswer::Broken)?,
            }
        }
        let connected = timeout(CONNECT_TIME_MAX, connect(authority)).await;
        let mut sender = connected.map_err(|_| NoAnswer::NotSent)?.ok_or(NoAnswer::NotSent)?;
        match sender.try_send_request(request).await {
            Ok(answer) => self.read(authority, sender, answer).await,
            Err(mut error) => Err(match error.take_message() {
                Some(_) => NoAnswer::NotSent,
                None => NoAnswer::Broken,
            }),
        }
    }

    async fn read(
        &self,
        authority: &str,
        sender: SendRequest<Body>,
        answer: Response<hyper::body::Incoming>,
    ) -> Result<Response<Bytes>, NoAnswer> {
        let (head, body) = answer.into_parts();
        let bytes = axum::body::to_bytes(Body::new(body), ANSWER_BYTES_MAX).await;
        let bytes = bytes.map_err(|_| NoAnswer::Broken)?;
        let resting = Resting { since: Instant::now(), sender };
        self.resting().entry(authority.to_owned()).or_default().push(resting);
        Ok(Response::from_parts(head, bytes))
    }

    /// The connection that rested least, unless it is too old; then all others are too.
    fn rested(&self, authority: &str) -> Option<SendRequest<Body>> {
        let mut all = self.resting();
        let resting = all.get_mut(authority)?;
        let last = resting.pop()?;
        if last.since.elapsed() < REST_MAX {
            return Some(last.sender);
        }
        all.remove(authority);
        None
    }

    fn resting(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Resting>>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn connect(authority: &str) -> Option<SendRequest<Body>> {
    let stream = TcpStream::connect(authority).await.ok()?;
    // Small requests leave at once instead of waiting for more to send.
    let _ = stream.set_nodelay(true);
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    tokio::spawn(async move {
        // Whoever waits for an answer learns of it from the request.
        let _ = connection.await;
    });
    Some(sender)
}
