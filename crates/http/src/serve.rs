//! Serving connections: bounded in number and time, ended gracefully.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;

use crate::app::{App, Limits};
use crate::guesses::Peer;
use crate::routes::router;

/// How long to wait before accepting again when the system refuses, for want of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How long a client that has just connected may take to ask something when serving ends.
const FIRST_REQUEST_TIME_MAX: Duration = Duration::from_secs(1);

/// Serves until `stop` is done; then requests under way are finished and connections closed.
///
/// # Errors
///
/// [`io::Error`] when requests were still under way after
/// [`Limits::stop_time_max`](crate::Limits::stop_time_max).
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let limits = app.limits.clone();
    serve_router(router(app), &limits, listener, stop).await
}

/// Serves any routes just as [`serve`] does: what a server without an engine reaches is the
/// ceiling that benchmarks compare with.
///
/// # Errors
///
/// As [`serve`].
pub async fn serve_router(
    routes: axum::Router,
    limits: &Limits,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let free = Arc::new(Semaphore::new(limits.connections_max));
    let (ending, is_ending) = watch::channel(());
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(limits.header_time_max);
    let serving = Serving { service: TowerToHyperService::new(routes), protocol, is_ending };
    let mut stop = std::pin::pin!(stop);
    loop {
        let permit = Arc::clone(&free).acquire_owned();
        let accepted = async {
            let permit = permit.await.expect("the semaphore is never closed");
            (permit, accept(&listener).await)
        };
        tokio::select! {
            (permit, accepted) = accepted => serving.spawn(accepted, permit),
            () = &mut stop => break,
        }
    }
    // Whoever connected before the port closes is answered: the system has told them already that
    // somebody listens, and would break off what it holds for us.
    let listener = listener.into_std()?;
    while let Ok((stream, address)) = listener.accept()
        && let Ok(permit) = Arc::clone(&free).try_acquire_owned()
    {
        stream.set_nonblocking(true)?;
        serving.spawn((TcpStream::from_std(stream)?, address), permit);
    }
    drop(listener);
    drop(serving);
    ending.send_replace(());
    let stopped = tokio::time::timeout(limits.stop_time_max, ending.closed()).await;
    stopped.map_err(|_| io::Error::other("requests were still under way when the time was up"))
}

/// What serves a connection.
struct Serving {
    service: TowerToHyperService<axum::Router>,
    protocol: http1::Builder,
    /// Changes when connections are to end; kept by each for as long as it lives.
    is_ending: watch::Receiver<()>,
}

impl Serving {
    fn spawn(&self, (stream, address): (TcpStream, SocketAddr), permit: OwnedSemaphorePermit) {
        // Small answers leave at once instead of waiting for more to send.
        let _ = stream.set_nodelay(true);
        let service = self.service.clone();
        let asked = Arc::new(Notify::new());
        let asks = Arc::clone(&asked);
        let service_of_peer = service_fn(move |mut request: Request<Incoming>| {
            asks.notify_one();
            request.extensions_mut().insert(Peer(address));
            service.call(request)
        });
        let connection = self.protocol.serve_connection(TokioIo::new(stream), service_of_peer);
        let mut is_ending = self.is_ending.clone();
        tokio::spawn(async move {
            let mut connection = std::pin::pin!(connection);
            let may_end = async {
                let _ = is_ending.changed().await;
                // The protocol closes a connection at once on which nothing was read yet, under
                // the hands of a client who is just sending the first request.
                let _ = timeout(FIRST_REQUEST_TIME_MAX, asked.notified()).await;
            };
            let ended = tokio::select! {
                // What has come is read first.
                biased;
                ended = &mut connection => ended,
                () = may_end => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            // A connection that breaks off concerns nobody but its client.
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended early");
            }
            drop((permit, is_ending));
        });
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
