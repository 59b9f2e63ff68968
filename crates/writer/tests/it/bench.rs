//! A book, a clock and a store that fails when told to: what every test here begins with.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base::{Amount, CardId, Currency, HoldId, Instant, KeyId, Money, RefundId, Span, Text};
use engine::{Answer, CardRef, Command, GiftCardCommand, Key, OperationKey, Query, Row};
use giftcards::{Capture, Code, CodeHash, Funding, Issue, NewCode, Place, RefundHold, Sandbox};
use journal::Block;
use store::{
    Commit, CommitError, FillPart, Head, MemoryBook, MemoryStore, OperationRun, Reader, RunInfo,
};
use store::{Store, StoreError, SweptRow};
use writer::{
    BookSpec, Decided, Handle, Known, Lease, OpenError, Operation, Options, Outcome, Request,
};
use writer::{Trouble, Writer};

pub const SPEC: BookSpec = BookSpec { is_test: true, ring: [1; 8] };

/// How the next commit ends.
#[derive(Clone, Debug)]
pub enum Ending {
    /// Nothing is written, and the store says so.
    Refused(StoreError),
    /// It is written, but the store cannot say so.
    UnknownWritten,
    /// It is not written, and the store cannot say so.
    UnknownLost,
    /// It is written, the store cannot say so, and then another owner takes over.
    UnknownOvertaken,
}

/// A store in memory whose next commits end as planned.
pub struct Planned {
    inner: MemoryStore,
    endings: Arc<Mutex<VecDeque<Ending>>>,
    clocks: Clocks,
    sleep: Arc<Mutex<Duration>>,
    strange: Strange,
}

/// Rows that are found although nobody has written them.
type Strange = Arc<Mutex<Vec<Row>>>;

impl Store for Planned {
    fn take_over(&mut self) -> Result<Head, StoreError> {
        self.inner.take_over()
    }

    fn head(&mut self) -> Result<Head, StoreError> {
        self.inner.head()
    }

    fn load(&mut self, keys: &[Key], found: &mut Vec<Option<SweptRow>>) -> Result<(), StoreError> {
        let slept = std::mem::take(&mut *self.sleep.lock().unwrap());
        self.clocks.lock().unwrap().1 += slept;
        let begun = found.len();
        self.inner.load(keys, found)?;
        for row in self.strange.lock().unwrap().iter() {
            if let Some(place) = keys.iter().position(|key| *key == row.key()) {
                found[begun + place] = Some(SweptRow { row: row.clone(), applied_seq: 0 });
            }
        }
        Ok(())
    }

    fn commit(&mut self, commit: Commit<'_>) -> Result<(), CommitError> {
        let unknown = || CommitError::Unknown(StoreError::Unavailable("planned".to_owned()));
        match self.endings.lock().unwrap().pop_front() {
            None => self.inner.commit(commit),
            Some(Ending::Refused(error)) => Err(error.into()),
            Some(Ending::UnknownWritten) => self.inner.commit(commit).and(Err(unknown())),
            Some(Ending::UnknownLost) => Err(unknown()),
            Some(Ending::UnknownOvertaken) => {
                self.inner.commit(commit)?;
                self.inner.take_over()?;
                Err(unknown())
            }
        }
    }

    fn fill(&mut self, part: FillPart<'_>) -> Result<(), CommitError> {
        self.inner.fill(part)
    }

    fn blocks_after(&mut self, seq: u64, bytes_max: usize) -> Result<Vec<Block>, StoreError> {
        self.inner.blocks_after(seq, bytes_max)
    }

    fn block_of(&mut self, seq: u64) -> Result<Option<Block>, StoreError> {
        self.inner.block_of(seq)
    }

    fn operation_runs(&mut self) -> Result<Vec<RunInfo>, StoreError> {
        self.inner.operation_runs()
    }

    fn operation_run(&mut self, run: u64) -> Result<Option<OperationRun>, StoreError> {
        self.inner.operation_run(run)
    }

    fn find_operation(&mut self, runs: &[u64], hash: u64) -> Result<Vec<u64>, StoreError> {
        self.inner.find_operation(runs, hash)
    }
}

/// Wall clock and steady clock.
type Clocks = Arc<Mutex<(Instant, Duration)>>;

/// A book with its writer.
pub struct Bench {
    pub book: MemoryBook,
    pub writer: Writer<Planned>,
    pub handle: Handle,
    pub options: Options,
    /// What the process remembers of the book.
    pub known: Known,
    clocks: Clocks,
    endings: Arc<Mutex<VecDeque<Ending>>>,
    sleep: Arc<Mutex<Duration>>,
    strange: Strange,
}

/// What came back, once it has.
pub type Slot<T> = Arc<Mutex<Option<T>>>;

impl Bench {
    pub fn new() -> Bench {
        Bench::with(Options::default())
    }

    pub fn with(options: Options) -> Bench {
        let start = Instant::from_micros(1_700_000_000_000_000);
        let clocks: Clocks = Arc::new(Mutex::new((start, Duration::ZERO)));
        let (book, endings, sleep) = (MemoryBook::new(), Arc::default(), Arc::default());
        let strange = Strange::default();
        let store = planned(&book, &endings, &clocks, &sleep, &strange);
        let known = Known::nothing();
        let writer = open(store, &clocks, options, SPEC, &known).unwrap();
        let handle = writer.handle();
        Bench { book, writer, handle, options, known, clocks, endings, sleep, strange }
    }

    /// The process dies; another one opens the book.
    pub fn restart(&mut self) {
        self.writer = self.open_as(SPEC).unwrap();
        self.handle = self.writer.handle();
    }

    /// Opens the book once more, as another process would.
    pub fn open_as(&self, spec: BookSpec) -> Result<Writer<Planned>, OpenError> {
        let Bench { endings, clocks, sleep, strange, .. } = self;
        let store = planned(&self.book, endings, clocks, sleep, strange);
        open(store, &self.clocks, self.options, spec, &self.known)
    }

    /// The book is another one from now on, for whoever opens it next.
    pub fn swap(&mut self, book: MemoryBook) -> MemoryBook {
        std::mem::replace(&mut self.book, book)
    }

    /// Puts the writer under a lease that is valid for so long from now.
    pub fn lease_for(self, length: Duration) -> (Bench, Lease) {
        let now = self.clocks.lock().unwrap().1;
        let lease = Lease::until(now + length);
        let writer = self.writer.under(lease.clone());
        (Bench { writer, ..self }, lease)
    }

    /// Questions and answers, all in one batch with what was submitted before.
    pub fn submit_query(&self, query: Query) -> Slot<Result<Vec<Option<Answer>>, Trouble>> {
        let slot: Slot<_> = Arc::default();
        let into = slot.clone();
        let put = move |answers| *into.lock().unwrap() = Some(answers);
        self.handle.query(vec![query], put).unwrap();
        slot
    }

    /// Plans how the next commit ends; several calls plan several commits.
    pub fn next_commit(&self, ending: Ending) {
        self.endings.lock().unwrap().push_back(ending);
    }

    /// Lets a row be found that nobody has written.
    pub fn find(&self, row: Row) {
        self.strange.lock().unwrap().push(row);
    }

    /// Stops the process for so long while it reads rows next: the steady clock goes on.
    pub fn sleep_while_reading(&self, length: Duration) {
        *self.sleep.lock().unwrap() = length;
    }

    /// Moves both clocks.
    pub fn pass(&self, span: Span) {
        let mut clocks = self.clocks.lock().unwrap();
        clocks.0 = clocks.0.saturating_add(span);
        clocks.1 += Duration::from_micros(span.micros());
    }

    /// Moves the wall clock alone.
    pub fn set_wall(&self, change: impl FnOnce(Instant) -> Instant) {
        let mut clocks = self.clocks.lock().unwrap();
        clocks.0 = change(clocks.0);
    }

    /// Submits without stepping.
    pub fn submit(&self, requests: Vec<Request>, atomic: bool) -> Slot<Vec<Outcome>> {
        let slot: Slot<Vec<Outcome>> = Arc::default();
        let into = slot.clone();
        let put = move |outcomes| *into.lock().unwrap() = Some(outcomes);
        self.handle.submit(requests, atomic, put).unwrap();
        slot
    }

    /// Each request as a call of its own, all in one batch.
    pub fn batch(&mut self, requests: impl IntoIterator<Item = Request>) -> Vec<Outcome> {
        let slots: Vec<_> =
            requests.into_iter().map(|request| self.submit(vec![request], false)).collect();
        self.writer.step();
        slots.iter().map(|slot| taken(slot).pop().unwrap()).collect()
    }

    /// All or none.
    pub fn atomic(&mut self, requests: Vec<Request>) -> Vec<Outcome> {
        let slot = self.submit(requests, true);
        self.writer.step();
        taken(&slot)
    }

    /// One request, decided.
    pub fn one(&mut self, request: Request) -> Decided {
        self.batch([request]).pop().unwrap().unwrap()
    }

    /// One question, answered in a batch of its own.
    pub fn ask(&mut self, query: Query) -> Option<Answer> {
        let slot: Slot<_> = Arc::default();
        let into = slot.clone();
        let put = move |answers| *into.lock().unwrap() = Some(answers);
        self.handle.query(vec![query], put).unwrap();
        self.writer.step();
        taken(&slot).unwrap().pop().unwrap()
    }

    /// Balance and held amount of a card, in minor units.
    pub fn card(&mut self, card: CardId) -> (i64, i64) {
        match self.ask(Query::Card(card)) {
            Some(Answer::Card { account, .. }) => (account.balance(), account.held().minor()),
            other => panic!("no card: {other:?}"),
        }
    }

    pub fn head(&self) -> Head {
        self.book.reader().head().unwrap()
    }

    /// Steps until everything is swept, and lets the book be verified.
    pub fn check_sound(&mut self) {
        for _ in 0..1_000 {
            if self.head().watermark == self.head().seq {
                break;
            }
            assert!(self.writer.step(), "the writer ended");
        }
        assert_eq!(self.head().watermark, self.head().seq, "the sweep goes on for ever");
        let report = reports::verify(&mut self.book.reader(), None, &mut |_| {}).unwrap();
        assert!(report.is_sound() && report.compared, "{report:#?}");
    }
}

fn planned(
    book: &MemoryBook,
    endings: &Arc<Mutex<VecDeque<Ending>>>,
    clocks: &Clocks,
    sleep: &Arc<Mutex<Duration>>,
    strange: &Strange,
) -> Planned {
    let (endings, clocks, sleep) = (endings.clone(), clocks.clone(), sleep.clone());
    Planned { inner: book.store(), endings, clocks, sleep, strange: strange.clone() }
}

fn open(
    store: Planned,
    clocks: &Clocks,
    options: Options,
    spec: BookSpec,
    known: &Known,
) -> Result<Writer<Planned>, OpenError> {
    let clocks = clocks.clone();
    let times = Box::new(move || *clocks.lock().unwrap());
    Writer::open_after(store, spec, options, times, known)
}

pub fn taken<T>(slot: &Slot<T>) -> T {
    slot.lock().unwrap().take().expect("it was answered")
}

pub fn usd(units: i64) -> Money {
    Money { amount: Amount::new(units).unwrap(), currency: Currency::USD }
}

pub fn card_id(number: u128) -> CardId {
    CardId::from_bits(number << 64 | number)
}

pub fn hold_id(number: u128) -> HoldId {
    HoldId::from_bits(number << 64 | number)
}

/// A request under the key of this number; zero is no key.
pub fn request(key: u8, command: Command) -> Request {
    let operation =
        Operation { key: OperationKey([key; 16]), fingerprint: [key.wrapping_add(100); 16] };
    Request { command, actor: KeyId::from_bits(1), operation: (key > 0).then_some(operation) }
}

pub fn issue(key: u8, card: u128, units: i64) -> Request {
    let id = card_id(card);
    let code = Code { hash: CodeHash(id.to_bytes()), key: 1, nonce: 5, last4: *b"ABCD" };
    let new = Issue {
        id,
        value: usd(units),
        opening_balance: None,
        code: NewCode(code),
        funding: Funding::External,
        expires_at: None,
        sandbox: Sandbox::None,
        program: None,
        created_at: None,
        details: None,
        activates_at: None,
        delivery: None,
    };
    request(key, Command::GiftCards(GiftCardCommand::Issue(Box::new(new))))
}

fn place(hold: u128, units: i64) -> Box<Place> {
    Box::new(Place {
        id: hold_id(hold),
        amount: usd(units),
        partial: false,
        reference: Text::new("order").unwrap(),
        expires_in_s: None,
        region: None,
        lines: Vec::new(),
        checkout: None,
    })
}

pub fn redeem(key: u8, card: u128, hold: u128, units: i64) -> Request {
    let (card, place) = (CardRef::Id(card_id(card)), place(hold, units));
    request(key, Command::GiftCards(GiftCardCommand::Redeem { card, place }))
}

pub fn hold(key: u8, card: u128, hold: u128, units: i64) -> Request {
    let (card, place) = (CardRef::Id(card_id(card)), place(hold, units));
    request(key, Command::GiftCards(GiftCardCommand::Hold { card, place }))
}

pub fn capture(key: u8, hold: u128, units: i64, is_final: bool) -> Request {
    let capture = Capture { amount: Some(usd(units)), is_final };
    request(key, Command::GiftCards(GiftCardCommand::Capture { hold: hold_id(hold), capture }))
}

pub fn refund(key: u8, hold: u128, refund: u128, units: i64) -> Request {
    let refund = RefundHold { id: RefundId::from_bits(refund), amount: usd(units) };
    request(key, Command::GiftCards(GiftCardCommand::Refund { hold: hold_id(hold), refund }))
}

pub fn cancel(key: u8, card: u128) -> Request {
    request(key, Command::GiftCards(GiftCardCommand::Cancel { card: card_id(card) }))
}

pub fn reverse(key: u8, of: u8) -> Request {
    request(key, Command::Reverse { operation: OperationKey([of; 16]) })
}

/// `ok`, `again` for a repeated answer, or the code of what went wrong; repeated refusals begin
/// with `again `.
pub fn said(outcome: &Outcome) -> String {
    match outcome {
        Ok(Decided { result: Ok(_), replayed: false, .. }) => "ok".to_owned(),
        Ok(Decided { result: Ok(_), replayed: true, .. }) => "again".to_owned(),
        Ok(Decided { result: Err(refusal), replayed: false, .. }) => refusal.code().to_owned(),
        Ok(Decided { result: Err(refusal), .. }) => format!("again {}", refusal.code()),
        Err(trouble) => format!("{trouble:?}").split('(').next().unwrap().to_owned(),
    }
}

/// What was said about each, joined.
pub fn all_said(outcomes: &[Outcome]) -> String {
    outcomes.iter().map(said).collect::<Vec<_>>().join(", ")
}
