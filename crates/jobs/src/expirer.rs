//! The thread that books what fell due, from time to time and when nudged.

use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

use store::{Reader, StoreError};
use writer::{Handle, Trouble};

use crate::due::{book_time, book_until};
use crate::nudges::Nudges;
use crate::worker::{Work, Worker};
use crate::{Booked, JobError, count_older};

/// Opens a reader for one run; readers are short.
pub type OpenReader = Box<dyn FnMut() -> Result<Box<dyn Reader>, StoreError> + Send>;

/// Books what fell due, in a thread of its own. Dropping it stops the thread.
#[derive(Debug)]
pub struct Expirer {
    nudges: Nudges,
    _worker: Worker,
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
        let (nudges, inbox) = Nudges::new();
        let booking = Booking { handle, open_reader, interval, report, has_counted: false };
        let worker = Worker::spawn("expirer", inbox, booking)?;
        Ok(Expirer { nudges, _worker: worker })
    }

    /// Asks for a run now. Returns at once.
    pub fn nudge(&self) {
        self.nudges.nudge();
    }

    /// Stops the thread after the portion it is at, and waits for it.
    pub fn stop(self) {
        drop(self);
    }

    /// Has the thread stop after the portion it is at. Returns at once.
    pub fn tell_to_stop(&self) {
        self.nudges.stop();
    }
}

impl Drop for Expirer {
    fn drop(&mut self) {
        self.tell_to_stop();
    }
}

struct Booking<R> {
    handle: Handle,
    open_reader: OpenReader,
    interval: Duration,
    report: R,
    /// Whether what a former release has left uncounted was counted: it makes no more of it.
    has_counted: bool,
}

impl<R: FnMut(Result<Booked, JobError>) + Send + 'static> Work for Booking<R> {
    type Message = ();

    fn run(&mut self, inbox: &Receiver<()>) {
        loop {
            let mut nudged = false;
            let ended = self.book(inbox, &mut nudged);
            let writer_ended = matches!(ended, Err(JobError::Writer(Trouble::Ended(_))));
            (self.report)(ended);
            if writer_ended {
                return;
            }
            if nudged {
                continue;
            }
            match inbox.recv_timeout(self.interval) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn panicked(&mut self) {
        (self.report)(Err(JobError::Panicked));
    }
}

impl<R> Booking<R> {
    /// One run; the first one counts what a former release has left. A nudge that arrives meanwhile
    /// may be about something the run does not see any more, so it is remembered.
    fn book(&mut self, inbox: &Receiver<()>, nudged: &mut bool) -> Result<Booked, JobError> {
        let (now, _) = book_time(&self.handle)?;
        let mut reader = (self.open_reader)()?;
        // What falls due does not wait for what cannot be counted.
        let counted = match self.has_counted {
            true => Ok(()),
            false => count_older(&self.handle, reader.as_mut()).map(drop),
        };
        self.has_counted = counted.is_ok();
        let mut goes_on = || {
            let received = inbox.try_recv();
            *nudged |= received.is_ok();
            received != Err(TryRecvError::Disconnected)
        };
        let booked = book_until(&self.handle, reader.as_mut(), now, &mut goes_on)?;
        counted.map(|()| booked)
    }
}
