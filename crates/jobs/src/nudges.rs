//! The way to a thread that works from time to time: nudging it, and telling it to stop.

use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Nudges a thread until it is told to stop; the thread ends when this is gone.
#[derive(Debug)]
pub(crate) struct Nudges(Mutex<Option<SyncSender<()>>>);

impl Nudges {
    /// With the inbox for the thread.
    pub(crate) fn new() -> (Nudges, Receiver<()>) {
        // One nudge waiting is enough: the run that follows sees everything.
        let (sender, inbox) = mpsc::sync_channel(1);
        (Nudges(Mutex::new(Some(sender))), inbox)
    }

    /// Asks for a run now. Returns at once.
    pub(crate) fn nudge(&self) {
        if let Some(sender) = &*self.lock() {
            // A full channel means that a run is coming, a closed one that the writer has ended.
            let _ = sender.try_send(());
        }
    }

    /// Has the thread stop after what it is at. Returns at once.
    pub(crate) fn stop(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<SyncSender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
