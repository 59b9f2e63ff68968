//! The way to a thread that works from time to time: nudging it, and telling it to stop.

use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Nudges a thread until it is told to stop; the thread ends when this is gone. A nudge may say
/// what it is about.
#[derive(Debug)]
pub(crate) struct Nudges<T = ()>(Mutex<Option<SyncSender<T>>>);

impl Nudges {
    /// With the inbox for the thread.
    pub(crate) fn new() -> (Nudges, Receiver<()>) {
        // One nudge waiting is enough: the run that follows sees everything.
        Nudges::with_room(1)
    }

    /// Asks for a run now. Returns at once.
    pub(crate) fn nudge(&self) {
        self.nudge_about(());
    }
}

impl<T> Nudges<T> {
    /// With the inbox for the thread, in which so many may wait. What does not fit is forgotten:
    /// the regular runs have to find it.
    pub(crate) fn with_room(room: usize) -> (Nudges<T>, Receiver<T>) {
        let (sender, inbox) = mpsc::sync_channel(room);
        (Nudges(Mutex::new(Some(sender))), inbox)
    }

    /// Asks for something to be looked at now. Returns at once.
    pub(crate) fn nudge_about(&self, what: T) {
        if let Some(sender) = &*self.lock() {
            // A full channel means that a run is coming, a closed one that the writer has ended.
            let _ = sender.try_send(what);
        }
    }

    /// Has the thread stop after what it is at. Returns at once.
    pub(crate) fn stop(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<SyncSender<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
