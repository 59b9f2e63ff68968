//! Processes that share books in memory, under leases that are short.

mod mailing;
mod rolling;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use engine::Query;
use http::{AppParts, Limits};
use outside::clock::SystemClock;
use outside::keyring::KeyRing;
use outside::people::PeopleKeys;
use outside::random::SystemRandomness;
use store::{ControlStore, MemoryBook, MemoryControl, MemoryLeases, Owner, Store};
use writer::{BookSpec, Options, Trouble, spawn_leased};

use super::*;

const PACE: Pace = Pace {
    lease: Duration::from_millis(1_000),
    margin: Duration::from_millis(200),
    renew_every: Duration::from_millis(100),
    look_every: Duration::from_millis(20),
    pause_max: Duration::from_millis(200),
};

/// Time in which anything that is waited for must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the processes share.
struct Shared {
    clock: SystemClock,
    book: MemoryBook,
    control: MemoryControl,
    leases: MemoryLeases,
    people: Arc<PeopleKeys>,
    ring: Arc<KeyRing>,
    /// Takes the mails of the processes that are started from now on; nobody, and none is sent.
    mailer: Option<Arc<mailing::SlowMailer>>,
    _folder: tempfile::TempDir,
}

/// A process and what a test may do to it.
struct Process {
    app: Arc<App>,
    ownership: Ownership,
    /// True while the database does not answer it.
    is_cut_off: Arc<AtomicBool>,
    /// True when the next call about leases is to panic.
    panics: Arc<AtomicBool>,
    /// Held by a test to keep it from telling that a book is open.
    gate: Arc<Mutex<()>>,
    /// How many times it will fail to open a book.
    failures: Arc<AtomicUsize>,
    /// The writer that was opened last.
    last_opened: Arc<Mutex<Option<writer::Handle>>>,
}

/// Leases behind a line that can be cut.
struct Line {
    leases: MemoryLeases,
    is_cut_off: Arc<AtomicBool>,
    panics: Arc<AtomicBool>,
}

impl Line {
    fn leases(&mut self) -> Result<&mut MemoryLeases, StoreError> {
        assert!(!self.panics.load(Ordering::Relaxed), "planned");
        match self.is_cut_off.load(Ordering::Relaxed) {
            true => Err(StoreError::Unavailable("cut off".to_owned())),
            false => Ok(&mut self.leases),
        }
    }
}

impl Leases for Line {
    fn acquire(
        &mut self,
        book: &BookName,
        me: &Member,
        length: Duration,
    ) -> Result<Option<Term>, StoreError> {
        self.leases()?.acquire(book, me, length)
    }

    fn renew(
        &mut self,
        book: &BookName,
        me: &Member,
        term: Term,
        length: Duration,
    ) -> Result<Renewal, StoreError> {
        self.leases()?.renew(book, me, term, length)
    }

    fn release(&mut self, book: &BookName, me: &Member, term: Term) -> Result<(), StoreError> {
        self.leases()?.release(book, me, term)
    }

    fn owner(&mut self, book: &BookName) -> Result<Option<Owner>, StoreError> {
        self.leases()?.owner(book)
    }

    fn owners(&mut self) -> Result<Vec<(BookName, Owner)>, StoreError> {
        self.leases()?.owners()
    }

    fn ask_hand_over(&mut self, book: &BookName) -> Result<bool, StoreError> {
        self.leases()?.ask_hand_over(book)
    }
}

impl Shared {
    fn new() -> Shared {
        let clock = SystemClock::new();
        let ring = Arc::new(KeyRing::generate(clock.now(), &mut SystemRandomness));
        let folder = tempfile::tempdir().unwrap();
        let people = PeopleKeys::open_or_create(&folder.path().join("keys"), &ring).unwrap();
        let shared = Shared {
            clock,
            book: MemoryBook::new(),
            control: MemoryControl::new(),
            leases: MemoryLeases::new(Arc::new(move || clock.monotonic())),
            people: Arc::new(people),
            ring,
            mailer: None,
            _folder: folder,
        };
        shared.make_book("test");
        shared
    }

    fn make_book(&self, name: &str) {
        let (name, created_at) = (BookName::new(name).unwrap(), self.clock.now());
        let record = BookRecord { name, is_test: true, created_at, incarnation: 1 };
        self.control.clone().create_book(&record).unwrap();
    }

    fn process(&self, address: &str) -> Process {
        self.process_failing(address, 0)
    }

    /// A process that fails to open a book so many times.
    fn process_failing(&self, address: &str, failures: usize) -> Process {
        let app = App::new(AppParts {
            ring: Arc::clone(&self.ring),
            people: Arc::clone(&self.people),
            clock: Arc::new(self.clock),
            control: Box::new(self.control.clone()),
            limits: Limits::default(),
        });
        let app = Arc::new(app.among_processes());
        let is_cut_off = Arc::new(AtomicBool::new(false));
        let (panics, gate) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(())));
        let passing = Arc::clone(&gate);
        let failures = Arc::new(AtomicUsize::new(failures));
        let failing = Arc::clone(&failures);
        let last_opened = Arc::new(Mutex::new(None));
        let opened = Arc::clone(&last_opened);
        let (book, other, clock) = (self.book.clone(), MemoryBook::new(), self.clock);
        let (read, other_read) = (book.clone(), other.clone());
        let mut control = self.control.clone();
        let sending = self.sending();
        let ownership = Ownership::start(Parts {
            leases: Box::new(Line {
                leases: self.leases.clone(),
                is_cut_off: Arc::clone(&is_cut_off),
                panics: Arc::clone(&panics),
            }),
            me: new_member(address.to_owned()),
            pace: PACE,
            clock: Arc::new(clock),
            app: Arc::clone(&app),
            books: Box::new(move || Ok(control.books()?)),
            reads: Box::new(move |record| {
                let memory = if record.name.as_str() == "test" { &read } else { &other_read };
                ReadSide::new(record.clone(), vec![Box::new(memory.reader())])
            }),
            open: Arc::new(move |record, reads, lease| {
                let fewer = |count: usize| count.checked_sub(1);
                if failing.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer).is_ok() {
                    return Err(Failure::new("planned"));
                }
                let memory = if record.name.as_str() == "test" { &book } else { &other };
                let store: Box<dyn Store> = Box::new(memory.store());
                let times = Box::new(move || (clock.now(), clock.monotonic()));
                let spec = BookSpec { is_test: true, ring: [7; 8] };
                let running = spawn_leased(store, spec, Options::default(), times, lease)?;
                *lock(&opened) = Some(running.handle.clone());
                drop(lock(&passing));
                let workers = sending.as_ref().map(|mail| Box::new(mail.workers(&running.handle)));
                let book = Book::over(reads, running.handle.clone());
                Ok(Owned { book, running, workers })
            }),
        });
        let ownership = ownership.unwrap();
        Process { app, ownership, is_cut_off, panics, gate, failures, last_opened }
    }

    fn owner(&self) -> Option<String> {
        let name = BookName::new("test").unwrap();
        let owner = self.leases.clone().owner(&name).unwrap()?;
        Some(owner.member.address)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Process {
    fn serves(&self, name: &str) -> bool {
        self.app.book(name).is_some_and(|book| book.handle().ask(Query::Book).is_ok())
    }

    fn last_writer(&self) -> writer::Handle {
        lock(&self.last_opened).clone().unwrap()
    }
}

/// Waits for something to become true.
#[track_caller]
fn wait_for(what: &str, is_true: impl Fn() -> bool) {
    let clock = SystemClock::new();
    let (_sender, never) = mpsc::channel::<()>();
    while !is_true() {
        assert!(clock.monotonic() < PATIENCE, "not in time: {what}");
        let _ = never.recv_timeout(Duration::from_millis(5));
    }
}

/// Lets so much time pass while something must stay true.
#[track_caller]
fn holds_for(time: Duration, what: &str, is_true: impl Fn() -> bool) {
    let clock = SystemClock::new();
    let (_sender, never) = mpsc::channel::<()>();
    while clock.monotonic() < time {
        assert!(is_true(), "it is not so any more: {what}");
        let _ = never.recv_timeout(Duration::from_millis(5));
    }
}

#[test]
fn one_of_two_serves_a_book_and_goes_on_doing_so() {
    let shared = Shared::new();
    let one = shared.process("http://one:1");
    wait_for("it serves the book", || one.serves("test"));
    let two = shared.process("http://two:2");
    holds_for(2 * PACE.lease, "the first one renews", || one.serves("test") && !two.serves("test"));
    assert_eq!(shared.owner().as_deref(), Some("http://one:1"));
    shared.make_book("later");
    wait_for("a new book is noticed", || one.serves("later") || two.serves("later"));
    one.ownership.stop();
    two.ownership.stop();
}

#[test]
fn a_process_that_dies_is_followed_by_another_one() {
    let shared = Shared::new();
    let one = shared.process("http://one:1");
    wait_for("the first one serves the book", || one.serves("test"));
    let two = shared.process("http://two:2");
    // No hand-over: it renews no more, as if it were stopped or killed.
    let writer = one.last_writer();
    one.ownership.stop();
    wait_for("the second one takes over", || two.serves("test"));
    let former = writer.ask(Query::Book);
    assert!(matches!(former, Err(Trouble::Moved)), "{former:?}");
    two.ownership.stop();
}

#[test]
fn a_process_that_stops_hands_over_before_its_lease_lapses() {
    let shared = Shared::new();
    let one = shared.process("http://one:1");
    wait_for("the first one serves the book", || one.serves("test"));
    let two = shared.process("http://two:2");
    let clock = SystemClock::new();
    one.ownership.hand_over();
    assert!(!one.serves("test") && one.last_writer().ended().is_some());
    wait_for("the second one takes over", || two.serves("test"));
    assert!(clock.monotonic() < PACE.lease, "{:?}", clock.monotonic());
    holds_for(PACE.lease, "it takes nothing any more", || !one.serves("test"));
    one.ownership.stop();
    two.ownership.stop();
}

#[test]
fn a_book_moves_when_an_operator_asks() {
    let shared = Shared::new();
    let one = shared.process("http://one:1");
    wait_for("the first one serves the book", || one.serves("test"));
    let two = shared.process("http://two:2");
    let name = BookName::new("test").unwrap();
    assert!(shared.leases.clone().ask_hand_over(&name).unwrap());
    wait_for("the second one takes over", || two.serves("test"));
    two.ownership.hand_over();
    wait_for("and it goes back", || one.serves("test"));
    one.ownership.stop();
    two.ownership.stop();
}

#[test]
fn without_another_process_a_book_comes_back() {
    let shared = Shared::new();
    let one = shared.process("http://one:1");
    wait_for("it serves the book", || one.serves("test"));
    let name = BookName::new("test").unwrap();
    shared.leases.clone().ask_hand_over(&name).unwrap();
    wait_for("it steps down", || !one.serves("test"));
    wait_for("nobody else wanted it", || one.serves("test"));
    one.ownership.stop();
}

#[test]
fn a_writer_that_ended_is_followed_by_a_new_one() {
    let shared = Shared::new();
    let one = shared.process("http://one:1");
    wait_for("it serves the book", || one.serves("test"));
    let former = shared.leases.clone().owner(&BookName::new("test").unwrap()).unwrap().unwrap();
    for _ in 0..3 {
        let writer = one.last_writer();
        writer.leave();
        wait_for("it is reopened", || one.last_writer().ended().is_none() && one.serves("test"));
    }
    let owner = shared.leases.clone().owner(&BookName::new("test").unwrap()).unwrap().unwrap();
    assert_eq!(owner.term, former.term, "under the same lease");
    one.ownership.stop();
}

#[test]
fn a_book_that_cannot_be_opened_is_left_to_others() {
    let shared = Shared::new();
    let one = shared.process_failing("http://one:1", usize::MAX);
    wait_for("the first one has a go", || one.failures.load(Ordering::Relaxed) < usize::MAX);
    let two = shared.process("http://two:2");
    wait_for("the second one serves it", || two.serves("test"));
    assert!(!one.serves("test"));
    one.ownership.stop();
    two.ownership.stop();
}

#[test]
fn a_book_that_could_not_be_opened_is_tried_again() {
    let shared = Shared::new();
    let one = shared.process_failing("http://one:1", 3);
    wait_for("it is opened in the end", || one.serves("test"));
    one.ownership.stop();
}

#[test]
fn nothing_is_answered_while_the_database_is_away_for_long() {
    let shared = Shared::new();
    let one = shared.process("http://one:1");
    wait_for("it serves the book", || one.serves("test"));
    let writer = one.last_writer();
    one.is_cut_off.store(true, Ordering::Relaxed);
    wait_for("its lease lapses", || matches!(writer.ask(Query::Book), Err(Trouble::Moved)));
    one.is_cut_off.store(false, Ordering::Relaxed);
    wait_for("nobody took it", || writer.ask(Query::Book).is_ok());
    // Now somebody does.
    one.is_cut_off.store(true, Ordering::Relaxed);
    let two = shared.process("http://two:2");
    wait_for("the second one takes over", || two.serves("test"));
    assert!(!one.serves("test"));
    one.is_cut_off.store(false, Ordering::Relaxed);
    wait_for("the first one learns of it", || one.app.book("test").is_none());
    assert_eq!(shared.owner().as_deref(), Some("http://two:2"));
    one.ownership.stop();
    two.ownership.stop();
}

#[test]
fn a_book_whose_lease_lapsed_while_it_was_opened_is_not_served() {
    let shared = Shared::new();
    let one = shared.process_failing("http://one:1", usize::MAX);
    wait_for("it has a go", || one.failures.load(Ordering::Relaxed) < usize::MAX);
    let held_back = lock(&one.gate);
    one.failures.store(0, Ordering::Relaxed);
    wait_for("it opens the book", || lock(&one.last_opened).is_some());
    one.is_cut_off.store(true, Ordering::Relaxed);
    holds_for(PACE.lease, "it is being opened", || one.app.book("test").is_none());
    drop(held_back);
    holds_for(PACE.lease, "no lease is valid", || one.app.book("test").is_none());
    assert!(one.last_writer().ended().is_some(), "it decides nothing");
    one.is_cut_off.store(false, Ordering::Relaxed);
    wait_for("nobody took it", || one.serves("test"));
    one.ownership.stop();
}

#[test]
fn a_writer_that_ended_is_not_followed_while_no_renewal_is_heard() {
    let shared = Shared::new();
    let one = shared.process("http://one:1");
    wait_for("it serves the book", || one.serves("test"));
    let writer = one.last_writer();
    one.is_cut_off.store(true, Ordering::Relaxed);
    wait_for("its lease lapses", || matches!(writer.ask(Query::Book), Err(Trouble::Moved)));
    writer.leave();
    wait_for("that is noticed", || one.app.book("test").is_none());
    // Whoever takes over would be fenced by one who has no right to.
    let rests = || one.app.book("test").is_none() && one.last_writer().ended().is_some();
    holds_for(2 * PACE.lease, "it is not reopened", rests);
    one.is_cut_off.store(false, Ordering::Relaxed);
    wait_for("it is reopened", || one.serves("test"));
    one.ownership.stop();
}

#[test]
fn it_is_noticed_when_nothing_is_renewed_any_more() {
    let shared = Shared::new();
    let one = shared.process("http://one:1");
    wait_for("it serves the book", || one.serves("test"));
    holds_for(PACE.lease, "it renews", || !one.ownership.has_ended());
    one.panics.store(true, Ordering::Relaxed);
    wait_for("the thread ends", || one.ownership.has_ended());
    one.ownership.stop();
}
