//! A whole life of a book: requests, failures, restarts, and an oracle that is always asked too.

mod check;
mod judge;
mod settings;
mod summary;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base::{Instant, KeyId};
use engine::{Answer, Command, Query};
use store::{Reader, StoreError};
use writer::{Archived, BookSpec, OpenError, Outcome, Removal, Request, Trouble, Writer};

pub use check::compare_tables;
pub use judge::compare;
pub use settings::Settings;
pub use summary::Summary;

use crate::{Asker, FaultPlan, FaultyStore, Ground, Model, Oracle, Random, VirtualClock, Workload};

/// The product did something else than the oracle, or something that must never happen.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Divergence(pub String);

impl From<StoreError> for Divergence {
    fn from(error: StoreError) -> Divergence {
        Divergence(format!("a reader failed: {error}"))
    }
}

const SPEC: BookSpec = BookSpec { is_test: true, ring: [9; 8] };

/// Steps after which a writer that still has not answered is believed to be stuck.
const PATIENCE_STEPS: usize = 10_000;

/// Runs one simulated book of gift cards to its end, held against the oracle.
///
/// # Errors
///
/// [`Divergence`], with what was expected and what came.
pub fn run<G: Ground>(ground: &G, settings: Settings) -> Result<Summary, Divergence> {
    run_with(ground, settings, Oracle::new(), Workload::new(settings.seed))
}

/// Runs one simulated book to its end: what `asker` asks, held against `model`.
///
/// # Errors
///
/// [`Divergence`], with what was expected and what came.
pub fn run_with<G: Ground, M: Model, A: Asker<M>>(
    ground: &G,
    settings: Settings,
    model: M,
    asker: A,
) -> Result<Summary, Divergence> {
    let mut simulation = Simulation::new(ground, settings, model, asker)?;
    simulation.open()?;
    while simulation.summary.commands < settings.commands {
        simulation.turn()?;
    }
    simulation.plan.stop();
    simulation.finish()?;
    simulation.check_tables()?;
    simulation.summary.faults = simulation.plan.struck();
    Ok(simulation.summary)
}

struct Simulation<'g, G: Ground, M, A> {
    ground: &'g G,
    reader: G::Reader,
    settings: Settings,
    random: Random,
    asker: A,
    model: M,
    clock: VirtualClock,
    plan: FaultPlan,
    writer: Option<Writer<FaultyStore<G::Store>>>,
    /// The latest book time this writer can have told, in microseconds.
    told: i64,
    /// Book time of the last block, in microseconds.
    block_at: i64,
    asked: BTreeMap<u64, Asked>,
    jobs: u64,
    replies: Arc<Mutex<Vec<(u64, Reply)>>>,
    summary: Summary,
}

/// What was put into the queue and is not answered yet.
enum Asked {
    Commands { requests: Vec<Request>, atomic: bool },
    Queries(Vec<Query>),
    Flush(u64),
    Remove(Archived),
}

/// What came back.
#[derive(Debug)]
enum Reply {
    Commands(Vec<Outcome>),
    Queries(Result<Vec<Option<Answer>>, Trouble>),
    Flush(Result<(), Trouble>),
    Remove(Result<Removal, Trouble>),
}

impl<'g, G: Ground, M: Model, A: Asker<M>> Simulation<'g, G, M, A> {
    fn new(
        ground: &'g G,
        settings: Settings,
        model: M,
        asker: A,
    ) -> Result<Simulation<'g, G, M, A>, Divergence> {
        let plan = FaultPlan::none();
        if let Some(calls) = settings.faults_one_in {
            plan.strike_one_in(calls, settings.seed);
        }
        if let Some((call, fault)) = settings.fault_at {
            plan.strike_at(call, fault);
        }
        let start = Instant::from_micros(1_700_000_000_000_000);
        // The store makes the book; only then it can be read.
        drop(ground.store()?);
        Ok(Simulation {
            ground,
            reader: ground.reader()?,
            settings,
            random: Random::new(settings.seed ^ 0x5EED),
            asker,
            model,
            clock: VirtualClock::at(start),
            plan,
            writer: None,
            told: 0,
            block_at: 0,
            asked: BTreeMap::new(),
            jobs: 0,
            replies: Arc::default(),
            summary: Summary::default(),
        })
    }

    /// Some requests, and sometimes a restart, a stop, or a look at the tables.
    fn turn(&mut self) -> Result<(), Divergence> {
        self.let_time_pass();
        let now = self.now();
        self.asker.turn(self.settings.remembered_since(now));
        self.submit_some(now);
        if self.random.one_in(10) {
            self.remove_some()?;
        }
        if self.random.one_in(self.settings.restart_one_in) {
            // The process dies with requests in its queue.
            self.reopen()?;
        }
        self.work_off()?;
        if self.random.one_in(4) {
            self.step()?;
        }
        if self.random.one_in(self.settings.restart_one_in) {
            self.stop_in_good_order()?;
        }
        if self.random.one_in(self.settings.check_one_in) {
            self.check_tables()?;
        }
        Ok(())
    }

    /// Lets everything that the asker has begun come to its end.
    fn finish(&mut self) -> Result<(), Divergence> {
        for _ in 0..PATIENCE_STEPS {
            self.let_time_pass();
            let now = self.now();
            self.asker.turn(self.settings.remembered_since(now));
            let requests = self.asker.finish(&self.model, &self.summary)?;
            if requests.is_empty() {
                return Ok(());
            }
            // No more at once than the smallest queue takes.
            for some in requests.chunks(20) {
                self.submit(Asked::Commands { requests: some.to_vec(), atomic: false });
                self.work_off()?;
            }
        }
        Err(Divergence("the book never comes to rest".to_owned()))
    }

    fn let_time_pass(&mut self) {
        self.clock.pass(self.random.below(2_000_000));
        if self.random.one_in(300) {
            // Somebody corrects the wall clock, by less than the writer mistrusts.
            let seconds = self.random.between(-100, 100);
            let wall = self.clock.wall().micros() + seconds * 1_000_000;
            self.clock.set_wall(Instant::from_micros(wall));
        }
    }

    /// The book's time as the writer must compute it now.
    fn now(&self) -> Instant {
        let ahead = self.clock.wall().micros() + self.model.clock_ahead_micros();
        Instant::from_micros(ahead.max(self.told))
    }

    fn submit_some(&mut self, now: Instant) {
        let jobs = self.random.weighted(&[(40, 1), (30, 3), (20, 8), (10, 30)]);
        for _ in 0..jobs {
            match self.random.below(100) {
                0..15 => {
                    let count = self.random.between(1, 5);
                    let queries = (0..count).map(|_| self.asker.query(&self.model, now)).collect();
                    self.submit(Asked::Queries(queries));
                }
                15..17 => self.submit(Asked::Flush(self.model.seq())),
                choice => {
                    let count = self.random.weighted(&[(70, 1), (20, 4), (9, 12), (1, 150)]);
                    let requests: Vec<_> =
                        (0..count).map(|_| self.asker.request(&self.model, now)).collect();
                    self.submit(Asked::Commands { requests, atomic: choice < 25 });
                }
            }
        }
        let shows_true_time =
            now.micros() == self.clock.wall().micros() + self.model.clock_ahead_micros();
        if self.random.one_in(self.settings.clock_one_in) && shows_true_time {
            self.advance_clock(now);
        }
    }

    /// Asks for the journal up to some block to be removed. Nothing else may change by it.
    fn remove_some(&mut self) -> Result<(), Divergence> {
        let seq = 1 + self.random.below(self.model.seq());
        let Some(block) = self.reader.block_of(seq)? else { return Ok(()) };
        let archived = Archived { seq: block.last_seq(), hash: block.hash };
        self.submit(Asked::Remove(archived));
        Ok(())
    }

    /// Moves the clock of the test book: minutes, hours, or beyond every date there is.
    fn advance_clock(&mut self, now: Instant) {
        let leaps = self.settings.leaps_percent;
        let seconds = [(50, 60), (40, 5_000), (10 - leaps, 100_000), (leaps, 3_000_000)];
        let seconds = self.random.weighted(&seconds);
        let low = if self.random.percent(10) { -2_000_000 } else { 0 };
        let micros = self.random.between(low, if low < 0 { 0 } else { seconds * 1_000_000 });
        let to = Instant::from_micros(now.micros() + micros);
        let command = Command::AdvanceClock { to };
        let request = Request { command, actor: KeyId::from_bits(1), operation: None };
        self.submit(Asked::Commands { requests: vec![request], atomic: false });
    }

    fn submit(&mut self, asked: Asked) {
        let handle = self.writer.as_ref().expect("a writer is open between turns").handle();
        self.jobs += 1;
        let (job, replies) = (self.jobs, self.replies.clone());
        let put = move |reply: Reply| {
            replies.lock().unwrap_or_else(PoisonError::into_inner).push((job, reply));
        };
        let submitted = match &asked {
            Asked::Commands { requests, atomic } => {
                handle.submit(requests.clone(), *atomic, move |got| put(Reply::Commands(got)))
            }
            Asked::Queries(queries) => {
                handle.query(queries.clone(), move |got| put(Reply::Queries(got)))
            }
            Asked::Flush(seq) => handle.flush(*seq, move |got| put(Reply::Flush(got.map(drop)))),
            Asked::Remove(archived) => handle.remove(*archived, move |got| put(Reply::Remove(got))),
        };
        match submitted {
            Ok(()) => {
                self.asked.insert(job, asked);
            }
            Err(_) => self.summary.busy += 1,
        }
    }

    /// Steps until everything is answered.
    fn work_off(&mut self) -> Result<(), Divergence> {
        for _ in 0..PATIENCE_STEPS {
            if self.asked.is_empty() {
                return Ok(());
            }
            self.step()?;
        }
        Err(Divergence(format!("{} jobs are never answered", self.asked.len())))
    }

    /// One step of the writer, judged; a writer that ended is replaced.
    fn step(&mut self) -> Result<(), Divergence> {
        let (now, wall) = (self.now(), self.clock.wall());
        self.told = now.micros();
        let writer = self.writer.as_mut().expect("a writer is open between turns");
        let goes_on = writer.step();
        let replies =
            std::mem::take(&mut *self.replies.lock().unwrap_or_else(PoisonError::into_inner));
        if self.settings.keeps_answers {
            self.summary.answers.extend(replies.iter().map(|reply| format!("{reply:?}")));
        }
        if goes_on {
            return self.judge(replies, now, wall);
        }
        self.judge_ended(replies, now, wall)?;
        self.summary.deaths += 1;
        self.reopen()
    }

    /// Stops as a service stops: everything waiting is answered, everything is swept.
    fn stop_in_good_order(&mut self) -> Result<(), Divergence> {
        self.work_off()?;
        let writer = self.writer.as_mut().expect("a writer is open between turns");
        writer.handle().stop();
        if writer.step() {
            return Err(Divergence("a stopped writer goes on".to_owned()));
        }
        let head = self.reader.head()?;
        if self.settings.is_faultless() && head.watermark != self.model.seq() {
            return Err(Divergence(format!("stopped before everything was swept: {head:?}")));
        }
        self.reopen()
    }

    /// The process ends without a word, and another one opens the book.
    fn reopen(&mut self) -> Result<(), Divergence> {
        self.writer = None;
        // Whatever waited has gone with the process; its callers never hear of it.
        self.asked.clear();
        self.summary.restarts += 1;
        self.open()
    }

    fn open(&mut self) -> Result<(), Divergence> {
        for attempt in 0..PATIENCE_STEPS {
            // Opening takes many calls: with a fault in every fifth it would never succeed.
            self.plan.pause(attempt >= 20);
            let store = FaultyStore::new(self.ground.store()?, self.plan.clone());
            let opened = Writer::open(store, SPEC, self.settings.options, self.clock.times());
            match opened {
                Ok(writer) => {
                    self.writer = Some(writer);
                    self.plan.pause(false);
                    return self.opened();
                }
                Err(OpenError::Store(error)) if error.is_transient() => {}
                Err(OpenError::FirstRecord(_)) if self.model.seq() == 0 => {}
                Err(error) => return Err(Divergence(format!("the book does not open: {error}"))),
            }
        }
        Err(Divergence("the book never opens".to_owned()))
    }

    /// Makes the first record in the oracle too, when it is not there yet.
    fn opened(&mut self) -> Result<(), Divergence> {
        if self.model.seq() == 0 {
            let wall = self.clock.wall();
            self.block_at = wall.micros();
            self.model.begin_batch(wall, wall);
            let command = Command::OpenBook { is_test: SPEC.is_test, ring: SPEC.ring };
            let request = Request { command, actor: KeyId::from_bits(0), operation: None };
            self.model.decide(&[request], false);
            self.model.end_batch();
        }
        self.told = self.block_at;
        let seq = self.reader.head()?.seq;
        if seq != self.model.seq() {
            let expected = self.model.seq();
            return Err(Divergence(format!("opened at record {seq}, expected {expected}")));
        }
        Ok(())
    }
}
