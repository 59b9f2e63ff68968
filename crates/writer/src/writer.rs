//! The writer's loop: take, decide, commit, answer, sweep.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use base::{Instant, KeyId, Span};
use engine::{Answer, BookRow, Command, Found, Key, Query, Refusal, Rows, ask, query_needs};
use hashbrown::HashMap;
use journal::BlockBuilder;
use store::{Head, Store, StoreError};

use crate::batch::{Desk, LOAD_ROUNDS_MAX, Tally, last_records};
use crate::commit::{Left, Pace};
use crate::figures::Figures;
use crate::handle::{FlushReply, Handle, Job, Outcome, Request, Trouble};
use crate::memory::{CacheSizes, Memory, Slice, Sweep, UndoLog};
use crate::operations::Operations;
use crate::options::Options;
use crate::queue::{Queue, Taken};
use crate::replay::replay;
use crate::time::{BookTime, ClockJumped, Moment, Times};

/// What a book must be; checked against what it is, or made when the journal is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookSpec {
    /// True for a test book.
    pub is_test: bool,
    /// Fingerprint of the key ring.
    pub ring: [u8; 8],
}

/// Why a book could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key ring is not the one the book was made with.
    #[error(
        "this book was made with another key ring; put the ring back that belongs to it: \
         without it no code can be checked"
    )]
    WrongKeyRing,
    /// A test book was opened as a live one, or the other way round.
    #[error("this book is a {0} book and cannot be opened as another kind")]
    WrongKind(&'static str),
    /// The wall clock is far ahead of the journal.
    #[error(
        "the wall clock says {days} days after the last record of the book, and everything that \
         fell due meanwhile would be booked; check the clock, and if it is right, start with \
         `makegood serve --accept-clock` until something was recorded"
    )]
    ClockFarAhead {
        /// Days between the two.
        days: u64,
    },
    /// The first record could not be written.
    #[error("the book could not be opened: {0}")]
    FirstRecord(String),
    /// The thread could not be started.
    #[error("the writer's thread could not be started: {0}")]
    Thread(std::io::Error),
}

/// The writer of one book. [`spawn`] runs it on a thread; the simulator steps it by hand.
pub struct Writer<S> {
    pub(crate) store: S,
    pub(crate) memory: Memory,
    pub(crate) operations: Operations,
    pub(crate) head: Head,
    pub(crate) sweep: Sweep,
    /// Rows the sweep owes to what came in, not yet enough for a slice.
    pub(crate) sweep_owed: usize,
    pub(crate) figures: Arc<Figures>,
    pub(crate) options: Options,
    pub(crate) buffer: Vec<u8>,
    time: BookTime,
    queue: Arc<Queue>,
    flushes: Vec<Flush>,
    replayed_records: u64,
}

/// Somebody who waits for the tables to reach a sequence.
type Flush = (u64, FlushReply);

/// The writer must end: it cannot know, or must not write, any more.
#[derive(Debug)]
pub(crate) struct Fatal(pub(crate) String);

impl From<ClockJumped> for Fatal {
    fn from(jump: ClockJumped) -> Fatal {
        Fatal(jump.to_string())
    }
}

impl<S: Store> Writer<S> {
    /// Takes the book over, reads the journal above the watermark, and makes the first record
    /// when there is none.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open(
        mut store: S,
        spec: BookSpec,
        options: Options,
        times: Times,
    ) -> Result<Writer<S>, OpenError> {
        let time = BookTime::new(times, options.clock_jump_max);
        check_gap(&store.head()?, spec, &options, time.wall())?;
        let head = store.take_over()?;
        let mut memory = Memory::new(CacheSizes { cards: options.cached_cards_max });
        let mut operations = Operations::open(&mut store, &options)?;
        let opened_micros = time.wall().micros().unsigned_abs();
        let replayed_records = replay(&mut store, &head, &mut memory, &mut operations)?;
        let mut writer = Writer {
            store,
            memory,
            operations,
            sweep: Sweep::new(head.seq, opened_micros),
            sweep_owed: 0,
            head,
            figures: Arc::new(Figures::default()),
            buffer: Vec::new(),
            time,
            queue: Arc::new(Queue::new(options.queue_commands_max)),
            flushes: Vec::new(),
            options,
            replayed_records,
        };
        writer.load_book()?;
        writer.check_book(spec)?;
        // Until the first commit nothing else would say where the book stands.
        writer.show_figures(&Slice::default());
        if writer.head.watermark < writer.head.seq {
            Figures::set(&writer.figures.behind_since_micros, opened_micros);
        }
        Ok(writer)
    }

    /// Records that were applied because the tables did not have them.
    pub fn replayed_records(&self) -> u64 {
        self.replayed_records
    }

    /// A way to the writer.
    pub fn handle(&self) -> Handle {
        Handle { queue: self.queue.clone(), figures: self.figures.clone() }
    }

    /// Does whatever waits, once, without blocking; for callers that step the writer themselves.
    /// Returns false when it has ended.
    pub fn step(&mut self) -> bool {
        let taken = self.queue.take(self.batch_max(), Duration::ZERO);
        self.turn(taken)
    }

    /// Runs until the handle is stopped or the writer must end.
    pub fn run(mut self) {
        loop {
            let taken = self.queue.take(self.batch_max(), self.patience());
            if !self.turn(taken) {
                return;
            }
        }
    }

    fn turn(&mut self, taken: Taken) -> bool {
        let turned = match taken {
            Taken::Jobs(jobs) => self.work(jobs),
            Taken::Idle => self.idle(),
            Taken::Closed => {
                if let Err(Fatal(reason)) = self.sweep_all() {
                    self.end(&reason);
                }
                self.answer_flushes(&Trouble::Ended("the service is stopping".to_owned()));
                return false;
            }
        };
        match turned {
            Ok(()) => true,
            Err(Fatal(reason)) => {
                self.end(&reason);
                false
            }
        }
    }

    /// Decides and commits one batch, then answers it.
    fn work(&mut self, jobs: Vec<Job>) -> Result<(), Fatal> {
        let Moment { now, wall } = match self.now() {
            Ok(moment) => moment,
            Err(fatal) => {
                end_jobs(jobs, &fatal.0);
                return Err(fatal);
            }
        };
        let builder = self.new_block(now);
        let mut desk = Desk {
            store: &mut self.store,
            memory: &mut self.memory,
            operations: &self.operations,
            now,
            wall,
            builder,
            log: UndoLog::default(),
            entries: Vec::new(),
            mine: HashMap::new(),
            jobs: &jobs,
            last_block: None,
            needs_are_loaded: false,
            tally: Tally::default(),
            refused: Vec::new(),
        };
        let decided = decide_jobs(&mut desk, &jobs);
        let Desk { builder, mut log, entries, mine, tally, refused, .. } = desk;
        let ended = match decided {
            Ok(outcomes) => {
                let operations = last_records(&mine);
                let left =
                    Left { entries: &entries, operations: &operations, changed: tally.changed };
                let committed = self.commit(builder, left, Pace::Work);
                committed.map(|written| written.map(|()| outcomes))
            }
            Err(error) if error.is_transient() => Ok(Err(error)),
            Err(error) => Err(Fatal(error.to_string())),
        };
        match ended {
            Ok(Ok(outcomes)) => {
                self.count(tally, &refused);
                // What was in no table before this batch may have been written by it.
                self.memory.end_batch();
                self.answer(jobs, Ok(outcomes), now);
            }
            Ok(Err(error)) => {
                self.memory.roll_back(&mut log, 0);
                self.answer(jobs, Err(error), now);
            }
            Err(fatal) => {
                self.memory.roll_back(&mut log, 0);
                end_jobs(jobs, &fatal.0);
                return Err(fatal);
            }
        }
        self.memory.end_batch();
        Ok(())
    }

    /// Calls everybody back. Without outcomes the batch did not happen.
    fn answer(
        &mut self,
        jobs: Vec<Job>,
        outcomes: Result<Vec<Vec<Outcome>>, StoreError>,
        now: Instant,
    ) {
        let mut outcomes = outcomes.map(Vec::into_iter);
        for job in jobs {
            match job {
                Job::Commands { requests, reply, .. } => reply(match &mut outcomes {
                    Ok(outcomes) => outcomes.next().expect("every job of commands was decided"),
                    Err(error) => {
                        let trouble = Trouble::Unavailable(error.to_string());
                        requests.iter().map(|_| Err(trouble.clone())).collect()
                    }
                }),
                Job::Queries { queries, reply } => {
                    Figures::add(&self.figures.queries, queries.len() as u64);
                    reply(self.ask_all(&queries, now));
                }
                Job::Flush { seq, reply } => {
                    if seq.min(self.head.seq) <= self.head.watermark {
                        reply(Ok(()));
                    } else {
                        self.flushes.push((seq.min(self.head.seq), reply));
                    }
                }
            }
        }
    }

    fn ask_all(&mut self, queries: &[Query], now: Instant) -> Result<Vec<Option<Answer>>, Trouble> {
        queries.iter().map(|query| self.ask_one(query, now)).collect()
    }

    fn ask_one(&mut self, query: &Query, now: Instant) -> Result<Option<Answer>, Trouble> {
        for _ in 0..LOAD_ROUNDS_MAX {
            let missing = query_needs(query, &self.memory);
            if missing.is_empty() {
                return Ok(ask(query, &self.memory, now));
            }
            self.load(&missing).map_err(|error| Trouble::Unavailable(error.to_string()))?;
        }
        Err(Trouble::Unavailable("a question asked for rows without end".to_owned()))
    }

    fn load(&mut self, keys: &[Key]) -> Result<(), StoreError> {
        let mut found = Vec::with_capacity(keys.len());
        self.store.load(keys, &mut found)?;
        for (key, row) in keys.iter().zip(found) {
            self.memory.keep(*key, row.map(|swept| swept.row));
        }
        Ok(())
    }

    /// A quiet moment: the sweep goes on.
    fn idle(&mut self) -> Result<(), Fatal> {
        // Asking for the time now and then notices a clock that jumps while nothing is asked.
        let now = self.now()?.now;
        if self.memory.rows_unswept() > 0 || self.head.watermark < self.head.seq {
            let builder = self.new_block(now);
            // What cannot be swept now is swept later; whoever waits for it has been told.
            let _ = self.commit(builder, Left::default(), Pace::Idle)?;
        }
        Ok(())
    }

    fn new_block(&mut self, now: Instant) -> BlockBuilder {
        let Head { epoch, seq, hash, .. } = self.head;
        let buffer = std::mem::take(&mut self.buffer);
        BlockBuilder::reusing(buffer, epoch, seq + 1, hash, now.micros())
    }

    fn now(&mut self) -> Result<Moment, Fatal> {
        let ahead = match self.memory.book() {
            Found::Present(book) => book.clock_ahead_micros,
            Found::Absent | Found::Unknown => 0,
        };
        Ok(self.time.now(ahead, self.head.at_micros)?)
    }

    /// The wall clock as figures show it.
    pub(crate) fn wall_micros(&self) -> u64 {
        self.time.wall().micros().unsigned_abs()
    }

    pub(crate) fn monotonic(&self) -> Duration {
        self.time.monotonic()
    }

    /// How long to wait for work: not at all while somebody waits for the tables.
    fn patience(&self) -> Duration {
        if !self.flushes.is_empty() {
            Duration::ZERO
        } else if self.memory.rows_unswept() > 0 {
            self.options.idle_before_sweep
        } else {
            Duration::from_secs(1)
        }
    }

    /// Narrower when the sweep has fallen behind: what is refused as busy can be tried again,
    /// memory that is gone cannot.
    fn batch_max(&self) -> usize {
        let unswept = self.memory.rows_unswept();
        if unswept > 2 * self.options.unswept_target {
            (self.options.batch_commands_max / 8).max(1)
        } else {
            self.options.batch_commands_max
        }
    }

    /// True while somebody waits for the tables to catch up.
    pub(crate) fn is_flushing(&self) -> bool {
        !self.flushes.is_empty()
    }

    /// The lowest sequence somebody waits for.
    pub(crate) fn flush_seq(&self) -> u64 {
        self.flushes.iter().map(|(seq, _)| *seq).min().unwrap_or(0)
    }

    /// Answers those whose sequence has been reached.
    pub(crate) fn answer_reached_flushes(&mut self) {
        let watermark = self.head.watermark;
        for (seq, reply) in std::mem::take(&mut self.flushes) {
            if seq <= watermark {
                reply(Ok(()));
            } else {
                self.flushes.push((seq, reply));
            }
        }
    }

    /// Answers those who wait for the tables that they will not get there, and why.
    pub(crate) fn answer_flushes(&mut self, trouble: &Trouble) {
        for (_, reply) in std::mem::take(&mut self.flushes) {
            reply(Err(trouble.clone()));
        }
    }

    fn sweep_all(&mut self) -> Result<(), Fatal> {
        // Bounded: a full disk must not keep the process from ending; the journal has it all.
        for _ in 0..1_000_000 {
            if self.memory.rows_unswept() == 0 && self.head.watermark == self.head.seq {
                break;
            }
            let now = self.now()?.now;
            let builder = self.new_block(now);
            if self.commit(builder, Left::default(), Pace::Idle)?.is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Ends: takes nothing new and answers what waits.
    fn end(&mut self, reason: &str) {
        self.queue.close_because(reason);
        self.answer_flushes(&Trouble::Ended(reason.to_owned()));
        while let Taken::Jobs(jobs) = self.queue.take(usize::MAX, Duration::ZERO) {
            end_jobs(jobs, reason);
        }
    }

    fn count(&self, tally: Tally, refused: &[Refusal]) {
        let figures = &self.figures;
        if tally.commands > 0 {
            figures.batch_sizes.note(tally.commands);
            Figures::raise(&figures.batch_commands_max, tally.commands);
        }
        refused.iter().for_each(|refusal| figures.refused.note(refusal));
        Figures::add(&figures.commands, tally.commands);
        Figures::add(&figures.refusals, tally.refusals);
        Figures::add(&figures.replays, tally.replays);
        Figures::add(&figures.rows_loaded, tally.loaded);
    }

    fn load_book(&mut self) -> Result<(), StoreError> {
        if self.memory.book() == Found::Unknown {
            self.load(&[Key::Book])?;
        }
        Ok(())
    }

    fn check_book(&mut self, spec: BookSpec) -> Result<(), OpenError> {
        if let Found::Present(book) = self.memory.book() {
            return check_spec(book, spec);
        }
        let command = Command::OpenBook { is_test: spec.is_test, ring: spec.ring };
        let request = Request { command, actor: KeyId::from_bits(0), operation: None };
        let (sender, receiver) = std::sync::mpsc::channel();
        let reply = Box::new(move |outcomes| {
            let _ = sender.send(outcomes);
        });
        let job = Job::Commands { requests: vec![request], atomic: false, reply };
        let worked = self.work(vec![job]);
        worked.map_err(|Fatal(reason)| OpenError::FirstRecord(reason))?;
        match receiver.try_recv().ok().and_then(|mut outcomes: Vec<Outcome>| outcomes.pop()) {
            Some(Ok(decided)) if decided.result.is_ok() => Ok(()),
            other => Err(OpenError::FirstRecord(format!("{other:?}"))),
        }
    }
}

/// A machine that starts with a wrong clock has no steady clock to hold it against, but the journal
/// tells when the book was last written to. A test book may rest for as long as it likes.
fn check_gap(
    head: &Head,
    spec: BookSpec,
    options: &Options,
    wall: Instant,
) -> Result<(), OpenError> {
    let rested = wall.since(Instant::from_micros(head.at_micros)).unwrap_or(Span::ZERO);
    let is_far =
        options.start_gap_max.is_some_and(|max| Duration::from_micros(rested.micros()) > max);
    if is_far && head.seq > 0 && !spec.is_test {
        return Err(OpenError::ClockFarAhead { days: rested.micros() / Span::days(1).micros() });
    }
    Ok(())
}

fn check_spec(book: &BookRow, spec: BookSpec) -> Result<(), OpenError> {
    if book.ring != spec.ring {
        return Err(OpenError::WrongKeyRing);
    }
    match (book.is_test, spec.is_test) {
        (true, false) => Err(OpenError::WrongKind("test")),
        (false, true) => Err(OpenError::WrongKind("live")),
        _ => Ok(()),
    }
}

fn decide_jobs<S: Store>(
    desk: &mut Desk<'_, S>,
    jobs: &[Job],
) -> Result<Vec<Vec<Outcome>>, StoreError> {
    let is_plain = |job: &Job| matches!(job, Job::Commands { .. } | Job::Flush { .. });
    if !jobs.iter().all(is_plain) {
        desk.load_needs()?;
    }
    let mut outcomes = Vec::with_capacity(jobs.len());
    for job in jobs {
        if let Job::Commands { requests, atomic, .. } = job {
            outcomes.push(desk.decide_all(requests, *atomic)?);
        }
    }
    Ok(outcomes)
}

fn end_jobs(jobs: Vec<Job>, reason: &str) {
    let ended = || Trouble::Ended(reason.to_owned());
    for job in jobs {
        match job {
            Job::Commands { requests, reply, .. } => {
                reply(requests.iter().map(|_| Err(ended())).collect());
            }
            Job::Queries { reply, .. } => reply(Err(ended())),
            Job::Flush { reply, .. } => reply(Err(ended())),
        }
    }
}

/// A writer on its own thread.
pub struct Running {
    /// The way to it.
    pub handle: Handle,
    /// Records that were applied at start because the tables did not have them.
    pub replayed_records: u64,
    thread: JoinHandle<()>,
}

impl Running {
    /// Stops the writer and waits until everything is answered and swept.
    pub fn stop(self) {
        self.handle.stop();
        // A writer that panicked has answered nobody; its callers have seen that already.
        let _ = self.thread.join();
    }
}

/// Opens a book and runs its writer on a thread of its own.
///
/// # Errors
///
/// [`OpenError`].
pub fn spawn<S: Store + 'static>(
    store: S,
    spec: BookSpec,
    options: Options,
    times: Times,
) -> Result<Running, OpenError> {
    let writer = Writer::open(store, spec, options, times)?;
    let handle = writer.handle();
    let replayed_records = writer.replayed_records();
    let guard = CloseWhenGone(handle.clone());
    let thread = std::thread::Builder::new()
        .name("writer".to_owned())
        .spawn(move || {
            let _guard = guard;
            writer.run();
        })
        .map_err(OpenError::Thread)?;
    Ok(Running { handle, replayed_records, thread })
}

/// Closes the queue however the thread ends, so that nobody waits for a writer that is gone.
struct CloseWhenGone(Handle);

impl Drop for CloseWhenGone {
    fn drop(&mut self) {
        self.0.queue.close_because("the writer failed on an assertion; see the log");
        self.0.queue.drop_all();
    }
}
