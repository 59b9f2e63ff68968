//! Serves the feed of a book: pages and events, the money that they cost, and the log of it all.
//!
//! [`Feed`] joins the rules of the crate `feed`, which know neither clock nor file, with a book and
//! a file. It has no thread: whoever has it calls [`Feed::run`] each second, and routes call
//! [`Feed::select`] and [`Feed::report`] at any time.
//!
//! # Vocabulary
//!
//! * **Stream**: what one log tells, in order; the book bills it by the numbers of its records.
//! * **Log**: the files of a stream: **volumes**, one after the other. Its name is in every token,
//!   so one of another stream is unknown.
//! * **Snapshot**: what is to be remembered of all volumes before one.
//! * **Entry**: what the log keeps: a record of a verdict, what was counted, what was done, or sums
//!   of parts of an audience.
//! * **Trouble**: what is found in what was done; it becomes an **incident** of the book.
//!
//! # Invariants
//!
//! * Nothing is billed before it is in the log for good, so a stream never goes back behind its
//!   bills. What a crash loses was told and is not billed: at most what came since the last run.
//! * One thing about a slice is asked of the book at a time.
//! * A stream has one writer: its file is locked. Whoever finds it behind what was billed begins a
//!   new one.
//! * A snapshot and the volumes behind it tell what all volumes tell. A snapshot that is damaged,
//!   of other rules, or without all that is to be billed is passed over.
//! * What the log tells of showings and units is remembered when it is opened: frequency caps hold,
//!   and chances stay learned.
//! * Promotions and incidents are as the journal tells; a page may be a run behind it.

mod alarms;
mod assumed;
mod bills;
mod books;
mod entry;
mod error;
mod incidents;
mod lists;
mod log;
mod nonces;
mod own;
mod promoted;
mod recall;
mod reports;
mod sample;
mod state;
mod time;
mod turns;
mod watch;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base::{Currency, Instant, PromotionId, Span, Text};
use feed::token::ViewerHash;
use feed::verdict::{Event, Judgement, Overloaded};
use feed::{Offer, Page};
use outside::clock::Clock;
use outside::keyring::KeyRing;
use outside::random::{Randomness, SystemRandomness};
use promotions::{Alarm, Component, Goal, Inventory, Micros, Terms, Viewer};
use store::{Reader, StoreError};
use writer::Handle;

pub use assumed::{believed, units_per_million};
pub use error::{Busy, CutShort, ServingError};
pub use lists::{ListError, ListFiles};
pub use log::{Disk, RealDisk};
pub use own::address_fingerprint;
pub use reports::{Asked, Report};

use books::{Books, Written};
use lists::ListWatch;
use log::Files;
use reports::Reports;
use sample::Sample;
use state::State;
use time::BookTime;
use turns::{Turn, Turns};

/// Reports that are made at once.
const REPORTS_AT_ONCE: usize = 2;

/// Reports that wait for those; each holds a thread meanwhile.
const REPORTS_WAITING_MAX: usize = 16;

/// Quotes that wait for the one that is made; each walks over all pages that are remembered.
const QUOTES_WAITING_MAX: usize = 16;

/// Opens a reader of the book for one run; readers are short.
pub type OpenReader = Box<dyn FnMut() -> Result<Box<dyn Reader>, StoreError> + Send>;

/// What a feed is made of.
pub struct FeedParts {
    /// The book's name: streams are signed with it.
    pub book: String,
    /// Its writer.
    pub handle: Handle,
    /// Its tables and journal.
    pub open_reader: OpenReader,
    /// The folder of the book's logs; made when it is not there.
    pub folder: PathBuf,
    /// Keys for tokens, and for hashes of viewers and addresses.
    pub ring: Arc<KeyRing>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// How far the wall clock may run ahead of the steady one: that of the book's writer.
    pub clock_jump_max: Duration,
    /// Networks and people whose events are not billed, whatever the promotion.
    pub lists: ListFiles,
    /// What makes the log durable: [`RealDisk`].
    pub disk: Arc<dyn Disk>,
}

/// A promotion chosen for a viewer, with the token that its events bring back.
#[derive(Clone, Debug)]
pub struct Served {
    /// What to show, and why.
    pub offer: Offer,
    /// Signed; 104 characters.
    pub token: String,
}

/// What is told of a post that was shown.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// Its viewer did something.
    Event(Event<'a>),
    /// What its viewer bought came back: the billed sale of the token is repaid, once.
    SaleReturned {
        /// The token of the selection.
        token: &'a str,
    },
}

/// What one run has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// Promotions that were looked at again because something had happened to them.
    pub refreshed: usize,
    /// Entries written to the log.
    pub logged: usize,
    /// Records that were billed.
    pub billed: u64,
    /// Records that the book will never take: what they cost is nobody's, and a mistake to be
    /// looked into.
    pub set_aside: Vec<feed::verdict::Record>,
    /// Slices that were leased or made larger.
    pub leased: usize,
    /// Slices of which money went back.
    pub returned: usize,
    /// Promotions of which the book was told that they bring less or more than was quoted, or
    /// (`None`) that they go as was quoted again.
    pub alerted: Vec<(PromotionId, Option<Alarm>)>,
    /// What was found not to work any more.
    pub opened: Vec<Component>,
    /// What was found to work again.
    pub ended: Vec<Component>,
}

/// The feed of one book, as one process serves it.
pub struct Feed {
    state: Mutex<State>,
    books: Mutex<Books>,
    reports: Mutex<Reports>,
    lists: Mutex<ListWatch>,
    /// For reports that are made.
    turns: Turns,
    /// For quotes that are made.
    quotes: Turns,
    /// For reports of promotions that have left memory.
    files: Files,
    sample: Sample,
    ring: Arc<KeyRing>,
    time: BookTime,
    /// Incidents that go on, as of the last run: detected ones, and those that people told of.
    open_incidents: [AtomicUsize; 2],
    /// Promotions that are looked at, and those of them that bring less or more than was quoted.
    outside: [AtomicUsize; 3],
    /// Records that the book will never take, since this was opened.
    set_aside: AtomicUsize,
    /// Bytes in which used tokens are remembered, and how many there may be.
    used_tokens: [AtomicUsize; 2],
    /// True once nothing that comes would be written any more.
    is_closed: AtomicBool,
}

impl Feed {
    /// Opens the feed: goes on with a log that nobody writes any more, or begins one, and finds the
    /// promotions that are to be shown.
    ///
    /// # Errors
    ///
    /// [`ServingError`]; nothing is served then.
    pub fn open(parts: FeedParts) -> Result<Feed, ServingError> {
        let ring = Arc::clone(&parts.ring);
        let time = BookTime::new(Arc::clone(&parts.clock), parts.clock_jump_max);
        let lists = Mutex::new(ListWatch::new(parts.lists.clone()));
        let (books, state, reports) = Books::open(parts)?;
        let feed = Feed {
            files: books.files(),
            state: Mutex::new(state),
            books: Mutex::new(books),
            reports: Mutex::new(reports),
            lists,
            turns: Turns::new(REPORTS_AT_ONCE),
            quotes: Turns::new(1),
            sample: Sample::new(),
            ring,
            time,
            open_incidents: Default::default(),
            outside: Default::default(),
            set_aside: AtomicUsize::new(0),
            used_tokens: Default::default(),
            is_closed: AtomicBool::new(false),
        };
        feed.read_lists()?;
        feed.begin()?;
        Ok(feed)
    }

    fn begin(&self) -> Result<(), ServingError> {
        let mut books = self.books();
        let now = self.tell_time(&mut books)?;
        books.begin(&self.state, now)?;
        self.state().recall(&locked(&self.reports));
        self.tell_of_incidents(&mut books);
        // That it has begun is in the log before anything is served: tokens tell the times apart.
        books.write_beginning(&self.state, self.told(), now)
    }

    /// Learns what lists of networks and people say, when they have changed.
    fn read_lists(&self) -> Result<(), ServingError> {
        let news = locked(&self.lists).news(&|name| self.viewer_hash(name))?;
        if let Some(lists) = news {
            self.state().set_lists(lists);
        }
        Ok(())
    }

    /// The book's time.
    fn tell_time(&self, books: &mut Books) -> Result<Instant, ServingError> {
        let ahead = books.clock_ahead()?;
        self.time.set_ahead(ahead);
        Ok(self.now())
    }

    /// The book's time, as far as the last run knows.
    pub fn now(&self) -> Instant {
        self.time.now()
    }

    /// The keyed hash of a viewer's name.
    pub fn viewer_hash(&self, name: &str) -> ViewerHash {
        viewer_hash(&self.ring, name)
    }

    /// Chooses promoted posts for a page with room for so many. `name` is the platform's name for
    /// the viewer; only its keyed hash is kept. All are paid in one currency, that of the page if
    /// it is told.
    pub fn select(
        &self,
        viewer: &Viewer,
        name: Option<&str>,
        places: usize,
        currency: Option<Currency>,
    ) -> Vec<Served> {
        if self.is_closed.load(Ordering::Relaxed) {
            return Vec::new();
        }
        let now = self.now();
        let hash = name.map(|name| self.viewer_hash(name));
        let seed = SystemRandomness.next_u64();
        let viewer_key = hash.map(ViewerHash::bits);
        let page = Page { viewer, viewer_key, places, currency, seed, now };
        self.state().select(&page, hash)
    }

    /// Judges what is told, one answer each, in order. What is billed or repaid is in the log with
    /// the next run.
    pub fn report(&self, told: &[Told<'_>]) -> Vec<Result<Judgement, Overloaded>> {
        if self.is_closed.load(Ordering::Relaxed) {
            let retry_after = Span::seconds(1);
            return told.iter().map(|_| Err(Overloaded { retry_after })).collect();
        }
        let now = self.now();
        let mut state = self.state();
        told.iter().map(|one| state.judge(one, now)).collect()
    }

    /// Pages that were asked for, and events that came, while this feed was being opened: nobody
    /// could be shown anything, or be heard.
    pub fn note_missed(&self, pages: u64, events: u64) {
        let now = self.now();
        self.state().note_missed(pages, events, now);
    }

    /// Incidents that go on, as of the last run: those that were detected, and those that people
    /// told of.
    pub fn open_incidents(&self) -> [usize; 2] {
        self.open_incidents.each_ref().map(|count| count.load(Ordering::Relaxed))
    }

    /// Promotions that are shown or held up, and those of them that bring less than was quoted, and
    /// more, as of the last look at each.
    pub fn outside_quotes(&self) -> [usize; 3] {
        self.outside.each_ref().map(|count| count.load(Ordering::Relaxed))
    }

    /// Records that the book will never take, since this was opened: nobody pays for them.
    pub fn set_aside(&self) -> usize {
        self.set_aside.load(Ordering::Relaxed)
    }

    /// Bytes in which used tokens are remembered, as of the last run, and how many there may be:
    /// beyond that events are refused.
    pub fn used_tokens(&self) -> [usize; 2] {
        self.used_tokens.each_ref().map(|count| count.load(Ordering::Relaxed))
    }

    /// What is known of incidents by now.
    fn tell_of_incidents(&self, books: &mut Books) {
        if !books.incidents.take_news() {
            return;
        }
        books.tell_of_incidents(&self.state, &self.reports);
        for (kept, count) in self.open_incidents.iter().zip(books.incidents.open()) {
            kept.store(count, Ordering::Relaxed);
        }
    }

    /// What the log tells of a promotion by now, why less was spent than planned, and what would
    /// help.
    ///
    /// # Errors
    ///
    /// [`ServingError::Log`] when it is settled, and what has left memory cannot be read.
    pub fn report_on(&self, asked: &Asked<'_>) -> Result<Report, ServingError> {
        self.report_by(&self.turns.take(), asked)
    }

    /// The same, for whoever comes from outside: they are sent away where too many wait.
    ///
    /// # Errors
    ///
    /// [`ServingError::Busy`], and those of [`Feed::report_on`].
    pub fn report_in_turn(&self, asked: &Asked<'_>) -> Result<Report, ServingError> {
        self.report_by(&self.turns.take_within(REPORTS_WAITING_MAX).ok_or(Busy)?, asked)
    }

    /// Each copies much, so few are made at once.
    fn report_by(&self, _turn: &Turn<'_>, asked: &Asked<'_>) -> Result<Report, ServingError> {
        let promotion = asked.promotion;
        let curve = self.state().curve(&promotion.terms.audience);
        let now = self.now();
        // Whoever writes the log waits for the copies, not for the report.
        let mut sources = locked(&self.reports).sources(promotion, now);
        sources.read_settled(&self.files, promotion.id)?;
        let believed = self.sample.believed(promotion.terms.goal);
        Ok(sources.report(asked, believed, &curve, now))
    }

    /// What the audience of `terms` offers, from the pages of the last week and what came of them;
    /// `None` while the feed was seen for less than a day, or fewer than a thousand pages of it.
    /// `reserve` is the least that a showing costs. Where too few events of the goal's kind were
    /// seen, `units_per_million` showings are assumed.
    pub fn inventory(
        &self,
        terms: &Terms,
        reserve: Micros,
        units_per_million: u32,
    ) -> Option<Inventory> {
        self.sample.inventory(terms, reserve, units_per_million)
    }

    /// The same, one after the other; for whoever comes from outside.
    ///
    /// # Errors
    ///
    /// [`Busy`] when too many wait.
    pub fn inventory_in_turn(
        &self,
        terms: &Terms,
        reserve: Micros,
        units_per_million: u32,
    ) -> Result<Option<Inventory>, Busy> {
        let _turn = self.quotes.take_within(QUOTES_WAITING_MAX).ok_or(Busy)?;
        Ok(self.inventory(terms, reserve, units_per_million))
    }

    /// Brings everything up to date once: lists that have changed, what was judged and counted into
    /// the log, promotions and incidents as the book has them, trouble that is found, what is in
    /// the log to the book, money from it and back, and who brings less or more than was quoted. A
    /// part that fails keeps none of the others.
    ///
    /// # Errors
    ///
    /// [`CutShort`] with the first error, and with what was done all the same: the book will not
    /// tell of it again. What was not done is done by the next run.
    pub fn run(&self) -> Result<Ran, CutShort> {
        let mut ran = Ran::default();
        match self.run_all(&mut ran) {
            Ok(()) => Ok(ran),
            Err(error) => Err(CutShort { done: Box::new(ran), error }),
        }
    }

    /// The same; what was done is there when something fails, too.
    fn run_all(&self, ran: &mut Ran) -> Result<(), ServingError> {
        let listed = self.read_lists();
        let mut books = self.books();
        let logged = books.write(&self.state, self.told(), self.now());
        let logged = logged.map(|entries| ran.logged = entries);
        let now = self.tell_time(&mut books)?;
        books.set_believed(Goal::ALL.map(|goal| self.sample.believed(goal)));
        let refreshed = books.follow(&self.state, now).map(|count| ran.refreshed = count);
        let found = books.watch(&self.reports, now, ran);
        self.tell_of_incidents(&mut books);
        let billed = books.bill(ran);
        self.set_aside.fetch_add(ran.set_aside.len(), Ordering::Relaxed);
        self.state().is_full = books.is_full();
        // A lease that overtakes money on its way back would be taken back with it.
        let returned = books.collect(&self.state, now).map(|count| ran.returned = count);
        let leased = books.lease(&self.state, now).map(|count| ran.leased = count);
        let alerted = books.look(&self.state, &self.reports, now, ran);
        for (kept, count) in self.outside.iter().zip(books.alarms.counts()) {
            kept.store(count, Ordering::Relaxed);
        }
        for (kept, count) in self.used_tokens.iter().zip(self.state().used_tokens()) {
            kept.store(count, Ordering::Relaxed);
        }
        [listed, found, billed, refreshed, logged, leased, returned, alerted].into_iter().collect()
    }

    /// Writes what is left, bills it if the book still decides, and says in the log that it ends
    /// here. Nothing is served any more.
    ///
    /// # Errors
    ///
    /// [`ServingError`] when it could not be written.
    pub fn close(&self) -> Result<(), ServingError> {
        self.is_closed.store(true, Ordering::Relaxed);
        let now = self.now();
        let mut books = self.books();
        books.close(&self.state, self.told(), now)?;
        // Whoever opens the log next bills the rest.
        let _ = books.bill(&mut Ran::default());
        Ok(())
    }

    /// Who is told what was written.
    fn told(&self) -> Written<'_> {
        Written { reports: &self.reports, sample: &self.sample }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn locked<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn viewer_hash(ring: &KeyRing, name: &str) -> ViewerHash {
    let hash = ring.short_hash("feed viewer", name.as_bytes());
    ViewerHash::new(u64::from_be_bytes(std::array::from_fn(|place| hash[place])))
}

/// What viewers are told of who pays: as much of the name as fits.
fn payer(name: &str) -> feed::Payer {
    let cut = &name[..name.floor_char_boundary(120)];
    feed::Payer(Text::new(cut).unwrap_or_else(|_| Text::new("its creator").expect("a text")))
}
