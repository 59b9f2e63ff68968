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
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::app::{App, Limits};
use crate::guesses::Peer;
use crate::routes::router;

/// How long to wait before accepting again when the system refuses, for want of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

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
    let service = TowerToHyperService::new(routes);
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(limits.header_time_max);
    let connections = GracefulShutdown::new();
    let free = Arc::new(Semaphore::new(limits.connections_max));
    let mut stop = std::pin::pin!(stop);
    loop {
        let permit = Arc::clone(&free).acquire_owned();
        let accepted = async {
            let permit = permit.await.expect("the semaphore is never closed");
            (permit, accept(&listener).await)
        };
        let (permit, (stream, address)) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
        };
        let service = service.clone();
        let service_of_peer = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(address));
            service.call(request)
        });
        let connection = protocol.serve_connection(TokioIo::new(stream), service_of_peer);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // A connection that breaks off concerns nobody but its client.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(permit);
        });
    }
    drop(listener);
    let stopped = tokio::time::timeout(limits.stop_time_max, connections.shutdown()).await;
    stopped.map_err(|_| io::Error::other("requests were still under way when the time was up"))
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                // Small answers leave at once instead of waiting for more to send.
                let _ = stream.set_nodelay(true);
                return (stream, address);
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
