//! Who calls the rails of one book: starts, stops, and is told what there may be to do.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use base::{CheckoutId, Instant, KeyId, RailRefundId};
use engine::{Answer, Command, PaymentCommand, Query, Refusal};
use outside::clock::Clock;
use payments::Refusal as PaymentRefusal;
use rails::Rail;
use store::Reader;
use writer::{Handle, Request, Trouble};

use super::connected::Connected;
use super::desk::Desk;
use super::look::Looks;
use super::nudge::{Follower, Nudge};
use super::report::RailReport;
use super::rounds::Rounds;
use super::spare::SpareIds;
use crate::due::{SYSTEM_ACTOR, book_time};
use crate::worker::Worker;
use crate::{JobError, OpenReader};

/// Nudges that may wait; one too many is forgotten, and what it was about found by the next run.
const NUDGES_WAITING_MAX: usize = 1_024;

/// How long calls under way are waited for when the caller stops. Their answers are lost then; the
/// rows say that they were asked for.
const STOP_TIME_MAX: Duration = Duration::from_secs(2);

/// Who is told what is worth a line in the log.
pub type TellRail = Box<dyn Fn(RailReport) + Send + Sync>;

/// Opens a rail, or says why it cannot be had yet.
pub type OpenRail = Box<dyn FnMut() -> Result<Connected, String> + Send>;

/// Why a rail cannot be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRail {
    /// The book has none of this name.
    NotSetUp,
    /// It has none of this name yet: some rails could not be opened so far.
    NotYet,
    /// The book is being given up; its next owner can ask.
    Stopped,
}

/// What calling rails takes.
pub struct RailParts {
    /// The book.
    pub handle: Handle,
    /// Opens a reader of its tables for one run.
    pub open_reader: OpenReader,
    /// The rails that are set up for it.
    pub rails: Vec<Connected>,
    /// More of them, of which another process may still have the file: opened at once, or by a
    /// later run. The book is served meanwhile.
    pub late: Vec<OpenRail>,
    /// The machine's clock, for waiting.
    pub clock: Arc<dyn Clock>,
    /// Ids for what may follow.
    pub ids: SpareIds,
    /// Time between two regular runs.
    pub interval: Duration,
    /// Told what somebody should know.
    pub report: TellRail,
}

/// Calls the rails of one book. Dropping it stops it.
pub struct RailCaller {
    shared: Arc<Shared>,
    /// `None` once it is being stopped.
    running: Mutex<Option<Running>>,
}

/// The two threads; each ends when its sender is gone.
struct Running {
    /// `None` once they were told to stop.
    senders: Option<(SyncSender<Nudge>, SyncSender<Infallible>)>,
    _workers: [Worker; 2],
}

/// What all threads of a caller have in common.
pub(super) struct Shared {
    pub(super) handle: Handle,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: SpareIds,
    /// By name; empty once the caller has stopped, so that files of sandboxes are free.
    desks: RwLock<BTreeMap<&'static str, Arc<Desk>>>,
    open_reader: Mutex<OpenReader>,
    report: TellRail,
    /// Rails that were asked for and are not set up, and objects of which something was reported
    /// that stays as it is.
    told_of: Mutex<BTreeSet<String>>,
    /// Which older payments are to be asked about.
    pub(super) rounds: Mutex<Rounds>,
    is_stopped: AtomicBool,
    /// Rails that could not be opened yet.
    late: AtomicUsize,
    /// Reports that ask for a person.
    errors: AtomicU64,
    /// Somebody was told that a rail cannot be had yet.
    has_waited: AtomicBool,
}

/// How a command was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is in the book.
    Done,
    /// It was known before.
    Known,
    /// It was refused.
    Refused(Refusal),
}

impl RailCaller {
    /// Starts the regular runs: one at once, then one every interval. The book tells the time, so
    /// a test clock counts. It ends by itself when the writer has ended.
    ///
    /// # Errors
    ///
    /// When the operating system gives no thread.
    pub fn spawn(parts: RailParts) -> std::io::Result<RailCaller> {
        let RailParts { handle, open_reader, rails, mut late, clock, ids, interval, report } =
            parts;
        let desk = |connected: Connected| (connected.rail.name(), Arc::new(Desk::new(connected)));
        let shared = Arc::new(Shared {
            handle,
            clock,
            ids,
            desks: RwLock::new(rails.into_iter().map(desk).collect()),
            open_reader: Mutex::new(open_reader),
            report,
            told_of: Mutex::default(),
            rounds: Mutex::default(),
            is_stopped: AtomicBool::new(false),
            late: AtomicUsize::new(late.len()),
            errors: AtomicU64::new(0),
            has_waited: AtomicBool::new(false),
        });
        late.retain_mut(|open| !shared.opens(open));
        let (nudges, nudged) = mpsc::sync_channel(NUDGES_WAITING_MAX);
        let (runs, stop) = mpsc::sync_channel(0);
        let looks = Looks::new(Arc::clone(&shared), interval, late);
        let follower = Arc::clone(&shared);
        let workers = [
            Worker::spawn("rails", stop, looks)?,
            Worker::spawn("rails-nudges", nudged, Follower(follower))?,
        ];
        let running = Running { senders: Some((nudges, runs)), _workers: workers };
        Ok(RailCaller { shared, running: Mutex::new(Some(running)) })
    }

    /// Something of this checkout wants a rail now. Returns at once; what is forgotten is found
    /// again by the regular runs.
    pub fn nudge_checkout(&self, checkout: CheckoutId) {
        self.nudge(Nudge::Checkout(checkout));
    }

    /// The same for a refund over a rail.
    pub fn nudge_refund(&self, refund: RailRefundId) {
        self.nudge(Nudge::Refund(refund));
    }

    /// The rail of this name.
    ///
    /// # Errors
    ///
    /// [`NoRail`].
    pub fn rail(&self, name: &str) -> Result<Arc<dyn Rail>, NoRail> {
        if self.shared.is_stopped() {
            return Err(NoRail::Stopped);
        }
        let desk = self.shared.desk(name).ok_or_else(|| {
            match self.shared.late.load(Ordering::Relaxed) {
                0 => NoRail::NotSetUp,
                _ => NoRail::NotYet,
            }
        })?;
        Ok(Arc::clone(&desk.connected.rail))
    }

    /// Deeds and questions so far, of each rail by name.
    pub fn calls(&self) -> Vec<(&'static str, u64)> {
        self.shared.desks().iter().map(|desk| (desk.name(), desk.calls())).collect()
    }

    /// Reports so far that ask for a person ([`RailReport::is_error`]).
    pub fn errors(&self) -> u64 {
        self.shared.errors.load(Ordering::Relaxed)
    }

    /// Has it stop: nothing is called any more. Returns at once.
    pub fn tell_to_stop(&self) {
        self.shared.is_stopped.store(true, Ordering::Relaxed);
        self.shared.desks().iter().for_each(|desk| desk.close());
        if let Some(running) = &mut *locked(&self.running) {
            running.senders = None;
        }
    }

    /// Waits, for so long at most, until what calls under way bring is noted, if it was told to
    /// stop. False when some are under way still.
    pub fn is_noted_within(&self, time_max: Duration) -> bool {
        let until = self.shared.clock.monotonic() + time_max;
        let left = || until.saturating_sub(self.shared.clock.monotonic());
        self.shared.desks().iter().all(|desk| desk.wait_closed(left()))
    }

    /// Stops: nothing is called any more. Calls under way are waited for a moment, and what they
    /// bring is noted by whoever calls next, since it asks by the same operation.
    pub fn stop(&self) {
        self.tell_to_stop();
        let running = locked(&self.running).take();
        let desks =
            std::mem::take(&mut *self.shared.desks.write().unwrap_or_else(PoisonError::into_inner));
        // One that came late was not told.
        desks.values().for_each(|desk| desk.close());
        // Waits for the threads.
        drop(running);
        for desk in desks.values() {
            let _all_ended = desk.wait_closed(STOP_TIME_MAX);
        }
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    fn nudge(&self, nudge: Nudge) {
        if let Some(Running { senders: Some((nudges, _)), .. }) = &*locked(&self.running) {
            // A full channel means that a run is coming, a closed one that the writer has ended.
            let _ = nudges.try_send(nudge);
        }
    }
}

impl Drop for RailCaller {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    /// The desk of the rail of this name.
    pub(super) fn desk(&self, name: &str) -> Option<Arc<Desk>> {
        self.desks.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Every desk, in order of the rails' names.
    pub(super) fn desks(&self) -> Vec<Arc<Desk>> {
        self.desks.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Opens a rail that comes late; false when it has to wait still, which is told once.
    pub(super) fn opens(&self, open: &mut OpenRail) -> bool {
        match open() {
            Ok(connected) => {
                let (name, desk) = (connected.rail.name(), Arc::new(Desk::new(connected)));
                let mut desks = self.desks.write().unwrap_or_else(PoisonError::into_inner);
                if !self.is_stopped() {
                    desks.insert(name, desk);
                }
                drop(desks);
                self.late.fetch_sub(1, Ordering::Relaxed);
                true
            }
            Err(why) => {
                if !self.has_waited.swap(true, Ordering::Relaxed) {
                    self.report(RailReport::NotYet { why });
                }
                false
            }
        }
    }

    /// The book's time.
    pub(super) fn now(&self) -> Result<Instant, JobError> {
        book_time(&self.handle).map(|(now, _)| now)
    }

    /// A reader for one run.
    pub(super) fn reader(&self) -> Result<Box<dyn Reader>, JobError> {
        Ok((locked(&self.open_reader))()?)
    }

    /// Asks the writer about many rows at once; `None` where there is none.
    pub(super) fn ask_all(&self, queries: Vec<Query>) -> Result<Vec<Option<Answer>>, Trouble> {
        if queries.is_empty() {
            return Ok(Vec::new());
        }
        let (sender, receiver) = mpsc::channel();
        self.handle.query(queries, move |answers| {
            // Nobody waits when the caller has stopped.
            let _ = sender.send(answers);
        })?;
        let ended = || Trouble::Ended("it stopped before it answered".to_owned());
        receiver.recv().map_err(|_| ended())?
    }

    /// Has a command decided. A refusal that a person must hear of is reported.
    pub(super) fn decide(
        &self,
        command: PaymentCommand,
        rail: &str,
        about: impl std::fmt::Display,
    ) -> Result<Verdict, Trouble> {
        const ACTOR: KeyId = SYSTEM_ACTOR;
        let request =
            Request { command: Command::Payments(command), actor: ACTOR, operation: None };
        let mut outcomes = self.handle.decide(vec![request], false)?;
        let outcome = outcomes.pop().expect("the writer gives one outcome a request");
        let Err(refusal) = outcome?.result else { return Ok(Verdict::Done) };
        let (rail, about) = (rail.to_owned(), about.to_string());
        match refusal {
            Refusal::Payments(PaymentRefusal::NothingToChange) => return Ok(Verdict::Known),
            Refusal::Payments(PaymentRefusal::Contradiction { .. }) => {
                self.report(RailReport::Contradiction { rail, about, refusal });
            }
            // It is told again, or found by the rounds, once the refund's own outcome is known.
            Refusal::Payments(PaymentRefusal::OutcomePending) => {}
            // A dispute takes what would be sent, or has just cancelled it: the refund tells.
            Refusal::Payments(
                PaymentRefusal::AmountExceedsRefundable { .. } | PaymentRefusal::RefundNotOpen,
            ) => {}
            refusal => self.report(RailReport::Refused { rail, about, refusal }),
        }
        Ok(Verdict::Refused(refusal))
    }

    /// True when the writer has ended or leaves. Any other failure is reported, and the next run
    /// tries again: a writer whose lease has lapsed for a moment answers nobody, and goes on.
    pub(super) fn is_over(&self, ended: Result<(), JobError>) -> bool {
        let Err(error) = ended else { return false };
        let is_gone = matches!(error, JobError::Writer(Trouble::Ended(_)));
        if is_gone || self.handle.ended().is_some() {
            return true;
        }
        self.report(RailReport::Failed(error));
        false
    }

    /// True when nobody calls any more.
    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    /// Reports, once a rail, that it is not set up. One that has stopped misses nothing; while some
    /// rail is still to be opened it may be that one, and why it waits was told.
    pub(super) fn miss(&self, rail: &str) {
        if !self.is_stopped() && self.late.load(Ordering::Relaxed) == 0 {
            self.report_once(rail, RailReport::NoSuchRail { rail: rail.to_owned() });
        }
    }

    /// Reports what stays as it is: once of each object or rail.
    pub(super) fn report_once(&self, about: &str, report: RailReport) {
        if locked(&self.told_of).insert(about.to_owned()) {
            self.report(report);
        }
    }

    pub(super) fn report(&self, report: RailReport) {
        if report.is_error() {
            self.errors.fetch_add(1, Ordering::Relaxed);
        }
        (self.report)(report);
    }
}

fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
