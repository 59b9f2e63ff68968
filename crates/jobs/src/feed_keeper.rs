//! The thread that keeps the feed of a book up to date.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serving::{CutShort, Feed, Ran, ServingError};
use store::{List, Page};
use writer::{Handle, Trouble};

use crate::expirer::OpenReader;
use crate::nudges::Nudges;
use crate::worker::{Work, Worker};

/// Opens the feed of a book.
pub type OpenFeed = Box<dyn FnMut() -> Result<Feed, ServingError> + Send>;

/// What the thread has done, or why not.
#[derive(Debug)]
pub enum FeedReport {
    /// The feed was opened.
    Opened,
    /// A run has ended, or has done this before it was cut short.
    Ran(Ran),
    /// A run was cut short; the next one goes on. What it has done was told before.
    Failed(ServingError),
    /// It has panicked, and begins anew.
    Panicked,
}

/// What came while the feed was being opened.
#[derive(Debug, Default)]
struct Missed {
    pages: AtomicU64,
    events: AtomicU64,
}

/// Runs the feed of a book each second, from when the book has a promotion. Dropping it writes what
/// is left and stops the thread.
pub struct FeedKeeper {
    feed: Arc<OnceLock<Feed>>,
    /// True while the book is known to have had no promotion.
    is_idle: Arc<AtomicBool>,
    missed: Arc<Missed>,
    nudges: Nudges,
    worker: Mutex<Option<Worker>>,
}

impl FeedKeeper {
    /// Starts the thread: a run at once, then one every `interval`. It ends by itself when the
    /// writer has ended.
    ///
    /// # Errors
    ///
    /// When the operating system gives no thread.
    pub fn spawn(
        handle: Handle,
        open_reader: OpenReader,
        open_feed: OpenFeed,
        interval: Duration,
        report: impl FnMut(FeedReport) + Send + 'static,
    ) -> std::io::Result<FeedKeeper> {
        let feed = Arc::<OnceLock<Feed>>::default();
        let is_idle = Arc::<AtomicBool>::default();
        let missed = Arc::<Missed>::default();
        let (nudges, inbox) = Nudges::new();
        let keeping = Keeping {
            feed: Arc::clone(&feed),
            is_idle: Arc::clone(&is_idle),
            missed: Arc::clone(&missed),
            handle,
            open_reader,
            open_feed,
            looked_at: None,
            interval,
            report,
        };
        let worker = Worker::spawn("feed", inbox, keeping)?;
        let worker = Mutex::new(Some(worker));
        Ok(FeedKeeper { feed, is_idle, missed, nudges, worker })
    }

    /// The feed, once the book has had a promotion.
    pub fn feed(&self) -> Option<&Feed> {
        self.feed.get()
    }

    /// True while no token can be known, because nothing was ever promoted here. When it is false
    /// and there is no feed, the feed is being opened.
    pub fn is_idle(&self) -> bool {
        self.is_idle.load(Ordering::Relaxed)
    }

    /// A page was asked for while the feed was being opened; so many events came then.
    pub fn note_missed(&self, pages: u64, events: u64) {
        if !self.is_idle() {
            self.missed.pages.fetch_add(pages, Ordering::Relaxed);
            self.missed.events.fetch_add(events, Ordering::Relaxed);
        }
    }

    /// Has the thread write what is left and stop. Returns at once.
    pub fn tell_to_stop(&self) {
        self.nudges.stop();
    }

    /// Has the thread write what is left, and waits for its end, whoever else has this still.
    pub fn stop(&self) {
        self.tell_to_stop();
        let worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(worker);
    }

    /// Asks for a run now. Returns at once.
    pub fn nudge(&self) {
        self.nudges.nudge();
    }
}

impl Drop for FeedKeeper {
    fn drop(&mut self) {
        self.tell_to_stop();
    }
}

struct Keeping<R> {
    feed: Arc<OnceLock<Feed>>,
    is_idle: Arc<AtomicBool>,
    missed: Arc<Missed>,
    handle: Handle,
    open_reader: OpenReader,
    open_feed: OpenFeed,
    /// The last record when no promotion was found.
    looked_at: Option<u64>,
    interval: Duration,
    report: R,
}

impl<R: FnMut(FeedReport) + Send + 'static> Work for Keeping<R> {
    type Message = ();

    fn run(&mut self, inbox: &Receiver<()>) {
        loop {
            match self.round() {
                Ok(Some(ran)) => (self.report)(FeedReport::Ran(ran)),
                Ok(None) => {}
                Err(CutShort { done, error }) => {
                    if *done != Ran::default() {
                        (self.report)(FeedReport::Ran(*done));
                    }
                    if let ServingError::Writer(Trouble::Ended(_)) = error {
                        return self.end();
                    }
                    (self.report)(FeedReport::Failed(error));
                }
            }
            match inbox.recv_timeout(self.interval) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.end(),
            }
        }
    }

    fn panicked(&mut self) {
        (self.report)(FeedReport::Panicked);
    }
}

impl<R: FnMut(FeedReport) + Send + 'static> Keeping<R> {
    fn round(&mut self) -> Result<Option<Ran>, CutShort> {
        if self.feed.get().is_none() {
            if !self.has_promotions()? {
                return Ok(None);
            }
            let feed = (self.open_feed)()?;
            (self.report)(FeedReport::Opened);
            let _ = self.feed.set(feed);
        }
        // Also what came while it was made known.
        let take = |count: &AtomicU64| count.swap(0, Ordering::Relaxed);
        let (pages, events) = (take(&self.missed.pages), take(&self.missed.events));
        if let Some(feed) = self.feed.get().filter(|_| pages + events > 0) {
            feed.note_missed(pages, events);
        }
        self.feed.get().map(Feed::run).transpose()
    }

    /// Whether the book has ever had a promotion. One without has no log.
    fn has_promotions(&mut self) -> Result<bool, ServingError> {
        let seq = self.handle.figures().seq();
        if self.looked_at == Some(seq) {
            return Ok(false);
        }
        let page = Page::after(None, 1);
        let list = List::Promotions { advertiser: None, state: None };
        let found = !(self.open_reader)()?.list(list, page)?.is_empty();
        if !found {
            // The tables follow the journal after a moment: what they do not show is found then.
            let is_complete = (self.open_reader)()?.head()?.watermark >= seq;
            self.looked_at = is_complete.then_some(seq);
            if is_complete {
                self.is_idle.store(true, Ordering::Relaxed);
                // There was nothing to miss.
                self.missed.pages.store(0, Ordering::Relaxed);
                self.missed.events.store(0, Ordering::Relaxed);
            }
        } else {
            self.is_idle.store(false, Ordering::Relaxed);
        }
        Ok(found)
    }

    fn end(&mut self) {
        if let Some(Err(error)) = self.feed.get().map(Feed::close) {
            (self.report)(FeedReport::Failed(error));
        }
    }
}
