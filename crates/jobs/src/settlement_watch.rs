//! The thread that counts, from time to time, what the settlement files of rails leave open.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use outside::clock::{Clock, SystemClock};
use reports::{LeftOpen, left_open};
use writer::{Handle, Trouble};

use crate::due::book_time;
use crate::worker::{Work, Worker};
use crate::{JobError, OpenReader};

/// A look reads all that is open. A rest that is so many times as long leaves it a hundredth of one
/// core, however much that is.
const RESTS_PER_LOOK: u32 = 100;

/// What settlement files left open when it was last counted; anybody may read it.
#[derive(Debug, Default)]
pub struct SettlementFigures(Mutex<BTreeMap<String, LeftOpen>>);

impl SettlementFigures {
    /// By name of the rail. A rail that has never told a file is not there.
    pub fn rails(&self) -> BTreeMap<String, LeftOpen> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, LeftOpen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts what settlement files leave open, in a thread of its own. Dropping it stops the thread.
#[derive(Debug)]
pub struct SettlementWatch {
    /// `None` once it is being stopped; the thread ends when this is gone.
    stop: Mutex<Option<Sender<Infallible>>>,
    _worker: Worker,
}

impl SettlementWatch {
    /// Starts the thread: one look at once, then one every `interval`, or less often where a look
    /// takes long. Ages are counted by the time of the book. `report` is told why a look failed;
    /// the next one comes in its time. The thread ends by itself when the writer has ended.
    ///
    /// # Errors
    ///
    /// When the operating system gives no thread.
    pub fn spawn(
        handle: Handle,
        open_reader: OpenReader,
        interval: Duration,
        figures: Arc<SettlementFigures>,
        report: impl FnMut(JobError) + Send + 'static,
    ) -> std::io::Result<SettlementWatch> {
        let (stop, inbox) = mpsc::channel();
        let work = Counting { handle, open_reader, interval, figures, report };
        let worker = Worker::spawn("settlements", inbox, work)?;
        Ok(SettlementWatch { stop: Mutex::new(Some(stop)), _worker: worker })
    }

    /// Has the thread stop after the page it is at. Returns at once.
    pub fn tell_to_stop(&self) {
        *self.stop.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Drop for SettlementWatch {
    fn drop(&mut self) {
        self.tell_to_stop();
    }
}

struct Counting<R> {
    handle: Handle,
    open_reader: OpenReader,
    interval: Duration,
    figures: Arc<SettlementFigures>,
    report: R,
}

impl<R: FnMut(JobError) + Send + 'static> Work for Counting<R> {
    type Message = Infallible;

    fn run(&mut self, inbox: &Receiver<Infallible>) {
        let clock = SystemClock::new();
        loop {
            let begun = clock.monotonic();
            match self.look(inbox) {
                Ok(()) => {}
                Err(JobError::Writer(Trouble::Ended(_))) => return,
                Err(error) => (self.report)(error),
            }
            let took = clock.monotonic().saturating_sub(begun);
            match inbox.recv_timeout(self.interval.max(took * RESTS_PER_LOOK)) {
                Ok(never) => match never {},
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn panicked(&mut self) {
        (self.report)(JobError::Panicked);
    }
}

impl<R> Counting<R> {
    fn look(&mut self, inbox: &Receiver<Infallible>) -> Result<(), JobError> {
        let (now, _) = book_time(&self.handle)?;
        let mut reader = (self.open_reader)()?;
        let mut goes_on = || inbox.try_recv() != Err(TryRecvError::Disconnected);
        if let Some(rails) = left_open(reader.as_mut(), now, &mut goes_on)? {
            let named = rails.into_iter().map(|(rail, open)| (rail.to_string(), open));
            *self.figures.lock() = named.collect();
        }
        Ok(())
    }
}
