//! The writer's loop: take, decide, commit, answer, sweep.

use std::sync::Arc;
use std::time::Duration;

use base::{Instant, KeyId};
use engine::{Answer, Command, Found, Key, Query, Refusal, Rows, ask, query_needs};
use hashbrown::HashMap;
use journal::BlockBuilder;
use store::{Head, Store, StoreError};

use crate::batch::{Desk, LOAD_ROUNDS_MAX, Tally, last_records};
use crate::commit::{Left, Pace};
use crate::figures::Figures;
use crate::handle::{FlushReply, Handle, Job, Outcome, Request, Trouble};
use crate::known::{Known, Mark};
use crate::lease::Lease;
use crate::memory::{CacheSizes, Memory, Slice, Sweep, UndoLog};
use crate::opening::{BookSpec, OpenError, check_gap, check_spec};
use crate::operations::Operations;
use crate::options::Options;
use crate::queue::{Queue, Taken};
use crate::removal::Removing;
use crate::replay::replay;
use crate::time::{BookTime, ClockJumped, Moment, Times};

/// How old the proof may be that a shared book still is as this writer left it.
const HEAD_EVERY: Duration = Duration::from_secs(1);

/// The writer of one book. [`spawn`](crate::spawn) runs it on a thread; the simulator steps it by
/// hand.
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
    known: Known,
    lease: Lease,
    /// When, by the steady clock, the head row last was what this writer believes.
    pub(crate) proven_at: Duration,
    time: BookTime,
    queue: Arc<Queue>,
    flushes: Vec<Flush>,
    pub(crate) removing: Option<Removing>,
    replayed_records: u64,
}

/// Somebody who waits for the tables to reach a sequence.
type Flush = (u64, FlushReply);

/// The writer must end: it cannot know, or must not write, any more.
#[derive(Debug)]
pub(crate) struct Fatal {
    reason: String,
    /// True when another owner was found before anything was written.
    is_fenced: bool,
}

impl Fatal {
    /// Why, when something may have been written.
    pub(crate) fn because(why: impl std::fmt::Display) -> Fatal {
        Fatal { reason: why.to_string(), is_fenced: false }
    }

    /// A store that wrote nothing, and why.
    pub(crate) fn of(error: &StoreError) -> Fatal {
        let is_fenced = matches!(error, StoreError::Fenced);
        Fatal { reason: error.to_string(), is_fenced }
    }
}

impl From<ClockJumped> for Fatal {
    fn from(jump: ClockJumped) -> Fatal {
        Fatal::because(jump)
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
        store: S,
        spec: BookSpec,
        options: Options,
        times: Times,
    ) -> Result<Writer<S>, OpenError> {
        Writer::open_after(store, spec, options, times, &Known::nothing())
    }

    /// The same for a book of which something may be known; what is committed is noted there.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open_after(
        store: S,
        spec: BookSpec,
        options: Options,
        times: Times,
        known: &Known,
    ) -> Result<Writer<S>, OpenError> {
        Writer::open_leased(store, spec, options, times, Lease::forever(), known)
    }

    /// The same under a lease: another process may own the book one day. It is not taken over once
    /// the lease has lapsed, for it may be another one's already.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open_leased(
        mut store: S,
        spec: BookSpec,
        options: Options,
        times: Times,
        lease: Lease,
        known: &Known,
    ) -> Result<Writer<S>, OpenError> {
        let time = BookTime::new(times, options.clock_jump_max);
        let head = store.head()?;
        check_gap(&head, spec, &options, time.wall())?;
        // Before anything is written to what may be the wrong server, and once more behind the
        // fence: the connection may have found another server meanwhile.
        known.check(&head, &mut store)?;
        if !lease.is_valid(|| time.monotonic()) {
            return Err(OpenError::LeaseLapsed);
        }
        let head = store.take_over()?;
        known.check(&head, &mut store)?;
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
            known: known.clone(),
            lease: Lease::forever(),
            proven_at: time.monotonic(),
            time,
            queue: Arc::new(Queue::new(options.queue_commands_max)),
            flushes: Vec::new(),
            removing: None,
            options,
            replayed_records,
        };
        writer.load_book()?;
        writer.check_book(spec)?;
        writer.note_known();
        // Until the first commit nothing else would say where the book stands.
        writer.show_figures(&Slice::default());
        if writer.head.watermark < writer.head.seq {
            Figures::set(&writer.figures.behind_since_micros, opened_micros);
        }
        Ok(writer.under(lease))
    }

    /// The head is committed: whoever opens the book next must find it.
    pub(crate) fn note_known(&self) {
        self.known.note(Mark { seq: self.head.seq, hash: self.head.hash });
    }

    /// The same under a lease: another process may own the book one day.
    #[must_use]
    pub fn under(mut self, lease: Lease) -> Writer<S> {
        if lease.is_shared() {
            self.queue.lease();
        }
        self.lease = lease;
        self
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
                if let Err(fatal) = self.sweep_all() {
                    self.end(&fatal);
                }
                self.answer_flushes(&Trouble::Ended("the service is stopping".to_owned()));
                return false;
            }
            Taken::Left => {
                self.answer_flushes(&Trouble::Moved);
                return false;
            }
        };
        match turned {
            Ok(()) => true,
            Err(fatal) => {
                self.end(&fatal);
                false
            }
        }
    }

    /// Decides and commits one batch, then answers it.
    fn work(&mut self, jobs: Vec<Job>) -> Result<(), Fatal> {
        let moment = self.look_at_head().and_then(|()| self.now());
        let Moment { now, wall } = match moment {
            Ok(moment) => moment,
            Err(fatal) => {
                self.end_jobs(jobs, &fatal, true);
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
            sending: self.options.sending,
            rules: self.options.rules,
            promoting: self.options.promoting,
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
        // A block that is committed under the fence proves that nobody else owns the book.
        let mut is_proven = false;
        let ended = match decided {
            Ok(outcomes) => {
                let operations = last_records(&mine);
                let left =
                    Left { entries: &entries, operations: &operations, changed: tally.changed };
                is_proven = builder.record_count() > 0;
                let committed = self.commit(builder, left, Pace::Work);
                committed.map(|written| written.map(|()| outcomes))
            }
            Err(error) if error.is_transient() => Ok(Err(error)),
            Err(error) => Err(Fatal::of(&error)),
        };
        match ended {
            Ok(Ok(outcomes)) => {
                self.count(tally, &refused);
                // What was in no table before this batch may have been written by it.
                self.memory.end_batch();
                self.answer(jobs, Ok(outcomes), is_proven, now);
            }
            Ok(Err(error)) => {
                self.memory.roll_back(&mut log, 0);
                self.answer(jobs, Err(error), false, now);
            }
            Err(fatal) => {
                self.memory.roll_back(&mut log, 0);
                self.end_jobs(jobs, &fatal, true);
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
        is_proven: bool,
        now: Instant,
    ) {
        let mut outcomes = outcomes.map(Vec::into_iter);
        for job in jobs {
            match job {
                Job::Commands { requests, reply, .. } => {
                    let all =
                        |trouble: &Trouble| requests.iter().map(|_| Err(trouble.clone())).collect();
                    reply(match &mut outcomes {
                        Ok(outcomes) => {
                            let decided = outcomes.next();
                            let decided = decided.expect("every job of commands was decided");
                            let may_leave = is_proven || self.may_answer();
                            if may_leave { decided } else { all(&Trouble::Moved) }
                        }
                        Err(error) => all(&Trouble::Unavailable(error.to_string())),
                    });
                }
                Job::Queries { queries, reply } => {
                    Figures::add(&self.figures.queries, queries.len() as u64);
                    let answers = self.ask_all(&queries, now);
                    // Only now that the rows were read: the process may have slept meanwhile.
                    reply(if self.may_answer() { answers } else { Err(Trouble::Moved) });
                }
                Job::Flush { seq, reply } => {
                    if seq.min(self.head.seq) <= self.head.watermark {
                        reply(if self.may_answer() { Ok(self.head) } else { Err(Trouble::Moved) });
                    } else {
                        self.flushes.push((seq.min(self.head.seq), reply));
                    }
                }
                Job::Remove { archived, reply } => self.begin_removal(archived, now, reply),
            }
        }
    }

    /// Whether an answer may leave that no commit has proven.
    pub(crate) fn may_answer(&self) -> bool {
        self.lease.is_valid(|| self.time.monotonic())
    }

    fn ask_all(&mut self, queries: &[Query], now: Instant) -> Result<Vec<Option<Answer>>, Trouble> {
        queries.iter().map(|query| self.ask_one(query, now)).collect()
    }

    fn ask_one(&mut self, query: &Query, now: Instant) -> Result<Option<Answer>, Trouble> {
        for _ in 0..LOAD_ROUNDS_MAX {
            let missing = query_needs(query, &self.memory);
            if missing.is_empty() {
                return Ok(ask(query, &self.memory, self.options.promoting, now));
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
        self.look_at_head()?;
        let is_behind = self.memory.rows_unswept() > 0 || self.head.watermark < self.head.seq;
        if is_behind || self.removing.is_some() {
            let builder = self.new_block(now);
            // What cannot be swept now is swept later; whoever waits for it has been told.
            let _ = self.commit(builder, Left::default(), Pace::Idle)?;
        }
        Ok(())
    }

    /// Questions prove nothing, and the rows they need may come from another server than the one
    /// that was committed to: a standby that was promoted behind the same address. So the head is
    /// looked at when no commit has done so for a while.
    fn look_at_head(&mut self) -> Result<(), Fatal> {
        let now = self.monotonic();
        if !self.lease.is_shared() || now < self.proven_at + HEAD_EVERY {
            return Ok(());
        }
        match self.store.head() {
            Ok(head) if head == self.head => self.proven_at = now,
            Ok(_) => return Err(Fatal::of(&StoreError::Fenced)),
            // Nobody to ask: until when answers may leave, the lease tells.
            Err(error) if error.is_transient() => {}
            Err(error) => return Err(Fatal::of(&error)),
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

    /// How long to wait for work: not at all while somebody waits for a later commit.
    fn patience(&self) -> Duration {
        if !self.flushes.is_empty() || self.removing.is_some() {
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
        let head = self.head;
        for (seq, reply) in std::mem::take(&mut self.flushes) {
            if seq <= head.watermark {
                // Just committed, and so proven.
                reply(Ok(head));
            } else {
                self.flushes.push((seq, reply));
            }
        }
    }

    /// Answers those who wait for a later commit, of the tables or of a removal, that it will not
    /// come, and why.
    pub(crate) fn answer_flushes(&mut self, trouble: &Trouble) {
        if let Some(removing) = self.removing.take() {
            removing.end(trouble);
        }
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
    fn end(&mut self, fatal: &Fatal) {
        self.queue.close_because(&fatal.reason);
        self.answer_flushes(&match self.lease.is_shared() {
            true => Trouble::Moved,
            false => Trouble::Ended(fatal.reason.clone()),
        });
        while let Taken::Jobs(jobs) = self.queue.take(usize::MAX, Duration::ZERO) {
            self.end_jobs(jobs, fatal, false);
        }
    }

    /// Answers jobs of a writer that ends. Under a lease whatever cannot have happened may be
    /// asked of the next owner; `are_taken` says that it may have.
    fn end_jobs(&self, jobs: Vec<Job>, fatal: &Fatal, are_taken: bool) {
        let is_shared = self.lease.is_shared();
        let ended = || Trouble::Ended(fatal.reason.clone());
        let unknown = || match is_shared && (fatal.is_fenced || !are_taken) {
            true => Trouble::Moved,
            false => ended(),
        };
        let harmless = || if is_shared { Trouble::Moved } else { ended() };
        for job in jobs {
            match job {
                Job::Commands { requests, reply, .. } => {
                    reply(requests.iter().map(|_| Err(unknown())).collect());
                }
                Job::Queries { reply, .. } => reply(Err(harmless())),
                Job::Flush { reply, .. } => reply(Err(harmless())),
                Job::Remove { reply, .. } => reply(Err(harmless())),
            }
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
        Figures::add(&figures.unkept, tally.unkept);
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
        worked.map_err(|fatal| OpenError::FirstRecord(fatal.reason))?;
        match receiver.try_recv().ok().and_then(|mut outcomes: Vec<Outcome>| outcomes.pop()) {
            Some(Ok(decided)) if decided.result.is_ok() => Ok(()),
            other => Err(OpenError::FirstRecord(format!("{other:?}"))),
        }
    }
}

fn decide_jobs<S: Store>(
    desk: &mut Desk<'_, S>,
    jobs: &[Job],
) -> Result<Vec<Vec<Outcome>>, StoreError> {
    let is_plain = |job: &Job| !matches!(job, Job::Queries { .. });
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
