//! Work that blocks, beside the requests that do not.

use tokio::task::{JoinHandle, spawn_blocking};

/// Runs `work` where it may block. What it logs is logged as part of the request.
pub(crate) fn spawn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    let span = tracing::Span::current();
    spawn_blocking(move || span.in_scope(work))
}
