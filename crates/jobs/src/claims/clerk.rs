//! The thread that leads claims on, from time to time and when nudged.

use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use outside::clock::{Clock, SystemClock};
use writer::{Handle, Trouble};

use crate::claims::{ClaimsLed, Teller, lead_while};
use crate::expirer::OpenReader;
use crate::nudges::Nudges;
use crate::worker::{Work, Worker};
use crate::{FeedKeeper, JobError};

/// Leads claims on, in a thread of its own, which dropping the last of these stops. Whoever else
/// may have one stops it by name.
#[derive(Debug)]
pub struct ClaimClerk {
    nudges: Nudges,
    worker: Mutex<Option<Worker>>,
}

impl ClaimClerk {
    /// Starts the thread: one run at once, then one every `interval`. `feed` tells what was
    /// delivered. `report` is told how each run ended that did something. The thread ends by
    /// itself when the writer has ended.
    ///
    /// # Errors
    ///
    /// When the operating system gives no thread.
    pub fn spawn(
        handle: Handle,
        open_reader: OpenReader,
        feed: Option<Arc<FeedKeeper>>,
        interval: Duration,
        report: impl FnMut(Result<ClaimsLed, JobError>) + Send + 'static,
    ) -> std::io::Result<ClaimClerk> {
        let (nudges, inbox) = Nudges::new();
        let leading = Leading { handle, open_reader, feed, interval, looked_at: None, report };
        let worker = Worker::spawn("claims", inbox, leading)?;
        let worker = Mutex::new(Some(worker));
        Ok(ClaimClerk { nudges, worker })
    }

    /// Asks for a run now. Returns at once.
    pub fn nudge(&self) {
        self.nudges.nudge();
    }

    /// Has the thread stop after the claim it is at. Returns at once.
    pub fn tell_to_stop(&self) {
        self.nudges.stop();
    }

    /// Has the thread stop, and waits for its end, whoever else has this still.
    pub fn stop(&self) {
        self.tell_to_stop();
        let worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(worker);
    }
}

impl Drop for ClaimClerk {
    fn drop(&mut self) {
        self.tell_to_stop();
    }
}

struct Leading<R> {
    handle: Handle,
    open_reader: OpenReader,
    feed: Option<Arc<FeedKeeper>>,
    interval: Duration,
    /// The last record when nothing was left to do, and when it was looked at.
    looked_at: Option<(u64, Duration)>,
    report: R,
}

/// A claim may wait for its time, or for money that leaves elsewhere: time to the next look at a
/// book in which nothing has happened.
const QUIET_MAX: Duration = Duration::from_secs(60);

impl<R: FnMut(Result<ClaimsLed, JobError>) + Send + 'static> Work for Leading<R> {
    type Message = ();

    fn run(&mut self, inbox: &Receiver<()>) {
        loop {
            let mut is_nudged = false;
            let ended = self.lead(inbox, &mut is_nudged);
            let writer_ended = matches!(ended, Err(JobError::Writer(Trouble::Ended(_))));
            if !matches!(&ended, Ok(led) if led.is_empty()) {
                (self.report)(ended);
            }
            if writer_ended {
                return;
            }
            if is_nudged {
                continue;
            }
            match inbox.recv_timeout(self.interval) {
                Ok(()) => self.looked_at = None,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn panicked(&mut self) {
        (self.report)(Err(JobError::Panicked));
    }
}

impl<R> Leading<R> {
    /// One run, unless nothing can have changed. A nudge that arrives meanwhile may be about
    /// something the run does not see any more, so it is remembered.
    fn lead(&mut self, inbox: &Receiver<()>, is_nudged: &mut bool) -> Result<ClaimsLed, JobError> {
        let (seq, now) = (self.handle.figures().seq(), SystemClock::new().monotonic());
        let is_quiet = |(at_seq, at): (u64, Duration)| at_seq == seq && now < at + QUIET_MAX;
        if self.looked_at.is_some_and(is_quiet) {
            return Ok(ClaimsLed::default());
        }
        let mut goes_on = || {
            let received = inbox.try_recv();
            *is_nudged |= received.is_ok();
            received != Err(TryRecvError::Disconnected)
        };
        let mut reader = (self.open_reader)()?;
        let teller = match self.feed.as_deref() {
            Some(keeper) => match keeper.feed() {
                Some(feed) => Teller::Feed(feed),
                None if keeper.is_idle() => Teller::Nobody,
                None => Teller::Opening,
            },
            None => Teller::Nobody,
        };
        let led = lead_while(&self.handle, reader.as_mut(), teller, &mut goes_on)?;
        // The tables follow the journal after a moment: what they do not show is found then.
        let is_complete = (self.open_reader)()?.head()?.watermark >= seq;
        self.looked_at = (led.is_empty() && is_complete).then_some((seq, now));
        Ok(led)
    }
}
