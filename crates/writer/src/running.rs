//! A writer on a thread of its own.

use std::thread::JoinHandle;

use store::Store;

use crate::handle::Handle;
use crate::known::Known;
use crate::lease::Lease;
use crate::opening::{BookSpec, OpenError};
use crate::options::Options;
use crate::time::Times;
use crate::writer::Writer;

/// A writer on its own thread.
pub struct Running {
    /// The way to it.
    pub handle: Handle,
    /// Records that were applied at start because the tables did not have them.
    pub replayed_records: u64,
    thread: JoinHandle<()>,
}

impl Running {
    /// Stops the writer and waits until everything is answered and swept.
    pub fn stop(self) {
        self.handle.stop();
        // A writer that panicked has answered nobody; its callers have seen that already.
        let _ = self.thread.join();
    }

    /// Stops the writer for another process to take over, as [`Handle::leave`] says, and waits
    /// until what waited is answered.
    pub fn leave(self) {
        self.handle.leave();
        let _ = self.thread.join();
    }
}

/// Opens a book and runs its writer on a thread of its own.
///
/// # Errors
///
/// [`OpenError`].
pub fn spawn<S: Store + 'static>(
    store: S,
    spec: BookSpec,
    options: Options,
    times: Times,
) -> Result<Running, OpenError> {
    spawn_leased(store, spec, options, times, Lease::forever())
}

/// The same for a book that another process may own one day.
///
/// # Errors
///
/// [`OpenError`].
pub fn spawn_leased<S: Store + 'static>(
    store: S,
    spec: BookSpec,
    options: Options,
    times: Times,
    lease: Lease,
) -> Result<Running, OpenError> {
    spawn_after(store, spec, options, times, lease, &Known::nothing())
}

/// The same for a book of which something may be known.
///
/// # Errors
///
/// [`OpenError`]; [`OpenError::WentBack`] and [`OpenError::OtherHistory`] when the book does not
/// contain what is known of it.
pub fn spawn_after<S: Store + 'static>(
    store: S,
    spec: BookSpec,
    options: Options,
    times: Times,
    lease: Lease,
    known: &Known,
) -> Result<Running, OpenError> {
    let writer = Writer::open_leased(store, spec, options, times, lease, known)?;
    let handle = writer.handle();
    let replayed_records = writer.replayed_records();
    let guard = CloseWhenGone(handle.clone());
    let thread = std::thread::Builder::new()
        .name("writer".to_owned())
        .spawn(move || {
            let _guard = guard;
            writer.run();
        })
        .map_err(OpenError::Thread)?;
    Ok(Running { handle, replayed_records, thread })
}

/// Closes the queue however the thread ends, so that nobody waits for a writer that is gone.
struct CloseWhenGone(Handle);

impl Drop for CloseWhenGone {
    fn drop(&mut self) {
        self.0.queue.close_because("the writer failed on an assertion; see the log");
        self.0.queue.drop_all();
    }
}
