//! The bare server: same connections, same bytes, no engine.

use axum::Router;
use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::post;
use tokio::net::TcpListener;

use crate::failure::{Done, Ending, Failure};
use crate::output;

/// Answer with so many bytes and do nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Bytes of an answer.
    #[arg(long)]
    answer_bytes: usize,
}

/// Runs until it is stopped.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    let answer = Bytes::from("x".repeat(args.answer_bytes));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(Failure::new)?.block_on(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Failure::new)?;
        let address = listener.local_addr().map_err(Failure::new)?;
        output::line(&format!("listening on http://{address}"));
        let handler = move |body: Bytes| async move {
            // The body is read whole, as the real server does.
            let _ = body.len();
            let headers = [(header::CONTENT_TYPE, "application/json")];
            (StatusCode::CREATED, headers, answer).into_response()
        };
        let routes = Router::new().route("/v1/redemptions", post(handler));
        let stop = std::future::pending();
        let limits = http::Limits::default();
        http::serve_router(routes, &limits, listener, stop).await.map_err(Failure::new)
    })?;
    Ok(Ending::Well)
}
