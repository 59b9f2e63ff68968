//! The thread that books what fell due, from time to time and when nudged.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TryRecvError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use store::{Reader, StoreError};
use writer::{Handle, Trouble};

use crate::due::{book_time, book_until};
use crate::{Booked, JobError};

/// Opens a reader for one run; readers are short.
pub type OpenReader = Box<dyn FnMut() -> Result<Box<dyn Reader>, StoreError> + Send>;

/// Books what fell due, in a thread of its own. Dropping it stops the thread.
#[derive(Debug)]
pub struct Expirer {
    /// `None` once it is being stopped; the thread ends when this is gone.
    nudges: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Expirer {
    /// Starts the thread: one run at once, then one every `interval`. The book tells the time,
    /// so a test clock counts. `report` is told how each run ended; a run that failed is
    /// repeated with the next interval. The thread ends by itself when the writer has ended.
    ///
    /// # Errors
    ///
    /// When the operating system gives no thread.
    pub fn spawn(
        handle: Handle,
        open_reader: OpenReader,
        interval: Duration,
        report: impl FnMut(Result<Booked, JobError>) + Send + 'static,
    ) -> std::io::Result<Expirer> {
        // One nudge waiting is enough: the run that follows sees everything.
        let (nudges, receiver) = mpsc::sync_channel(1);
        let work = Work { handle, open_reader, receiver, interval, report };
        let thread = thread::Builder::new().name("expirer".to_owned()).spawn(|| work.run())?;
        Ok(Expirer { nudges: Some(nudges), thread: Some(thread) })
    }

    /// Asks for a run now. Returns at once.
    pub fn nudge(&self) {
        if let Some(nudges) = &self.nudges {
            // A full channel means that a run is coming, a closed one that the writer has ended.
            let _ = nudges.try_send(());
        }
    }

    /// Stops the thread after the portion it is at, and waits for it.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.nudges = None;
        if let Some(thread) = self.thread.take() {
            // A panic was told by the thread itself; there is nothing to be saved here.
            let _ = thread.join();
        }
    }
}

impl Drop for Expirer {
    fn drop(&mut self) {
        self.end();
    }
}

struct Work<R> {
    handle: Handle,
    open_reader: OpenReader,
    receiver: Receiver<()>,
    interval: Duration,
    report: R,
}

impl<R: FnMut(Result<Booked, JobError>)> Work<R> {
    fn run(mut self) {
        loop {
            let mut nudged = false;
            let ended = self.book(&mut nudged);
            let writer_ended = matches!(ended, Err(JobError::Writer(Trouble::Ended(_))));
            (self.report)(ended);
            if writer_ended {
                return;
            }
            if nudged {
                continue;
            }
            match self.receiver.recv_timeout(self.interval) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// One run. A nudge that arrives meanwhile may be about something the run does not see any
    /// more, so it is remembered.
    fn book(&mut self, nudged: &mut bool) -> Result<Booked, JobError> {
        let (now, _) = book_time(&self.handle)?;
        let mut reader = (self.open_reader)()?;
        let receiver = &self.receiver;
        let mut goes_on = || {
            let received = receiver.try_recv();
            *nudged |= received.is_ok();
            received != Err(TryRecvError::Disconnected)
        };
        book_until(&self.handle, reader.as_mut(), now, &mut goes_on)
    }
}
