//! The thread that leads claims on, from time to time and when nudged.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base::{ClaimId, Instant};
use engine::{Answer, Query};
use outside::clock::{Clock, SystemClock};
use store::{Due, DueObject, Reader};
use writer::{Handle, Trouble};

use super::round::Round;
use super::unfinished::{COUNTED_EVERY, UnfinishedFigures};
use super::waiting::Waiting;
use super::{ClaimsLed, Teller, open_claims};
use crate::due::book_time;
use crate::expirer::OpenReader;
use crate::nudges::Nudges;
use crate::worker::{Work, Worker};
use crate::{FeedKeeper, JobError};

/// The claim that somebody has done something to, if it is one.
type Nudge = Option<ClaimId>;

/// Nudges that may wait; what does not fit is found by the regular runs.
const NUDGES_MAX: usize = 1_024;

/// Leads claims on, in a thread of its own, which dropping the last of these stops. Whoever else
/// may have one stops it by name.
#[derive(Debug)]
pub struct ClaimClerk {
    nudges: Nudges<Nudge>,
    worker: Mutex<Option<Worker>>,
    figures: Arc<UnfinishedFigures>,
}

impl ClaimClerk {
    /// Starts the thread: one run at once, then one every `interval` or less often. `feed` tells
    /// what was delivered. `report` is told how each run ended that did something. The thread ends
    /// by itself when the writer has ended.
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
        let (nudges, inbox) = Nudges::with_room(NUDGES_MAX);
        let figures = Arc::new(UnfinishedFigures::default());
        let leading = Leading {
            figures: Arc::clone(&figures),
            counted_until: Duration::ZERO,
            counted_anew_from: Duration::ZERO,
            is_count_wanted: false,
            handle,
            open_reader,
            feed,
            interval,
            clock: SystemClock::new(),
            waiting: Waiting::default(),
            all_at: Duration::ZERO,
            quiet: None,
            report,
        };
        let worker = Worker::spawn("claims", inbox, leading)?;
        let worker = Mutex::new(Some(worker));
        Ok(ClaimClerk { nudges, worker, figures })
    }

    /// What is late or waits for a person, as of the last count.
    pub fn figures(&self) -> &UnfinishedFigures {
        &self.figures
    }

    /// Asks for a run now, which looks at this claim first. Returns at once.
    pub fn nudge(&self, claim: Option<ClaimId>) {
        self.nudges.nudge_about(claim);
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
    figures: Arc<UnfinishedFigures>,
    /// When is counted again what is late or waits for a person.
    counted_until: Duration,
    /// From when on it may be counted before that: counting takes a part of the time only.
    counted_anew_from: Duration,
    /// Whether somebody has done something to a claim since, and some were late.
    is_count_wanted: bool,
    handle: Handle,
    open_reader: OpenReader,
    feed: Option<Arc<FeedKeeper>>,
    interval: Duration,
    /// One for all runs: the monotonic time of each starts with it.
    clock: SystemClock,
    /// What was looked at in vain.
    waiting: Waiting,
    /// When every open claim is looked at again.
    all_at: Duration,
    /// The last record when nothing was left to do, and until when that is so unless more is
    /// recorded.
    quiet: Option<(u64, Duration)>,
    report: R,
}

/// What is due by time alone is found so late at most in a book in which nothing has happened.
const QUIET_MAX: Duration = Duration::from_secs(60);

/// Between two looks at every open claim. The first is at the start: what was granted for one claim
/// may not have been shown to whoever looks at another when the process before this one ended.
const ALL_EVERY: Duration = Duration::from_secs(60 * 60);

/// What is led on before the tables are asked again.
const PORTION: usize = 256;

/// Looking takes at most this part of the time, unless somebody nudges.
const REST_PER_LOOK: u32 = 20;

/// The longest rest between two looks at a busy book.
const REST_MAX: Duration = Duration::from_secs(10);

impl<R: FnMut(Result<ClaimsLed, JobError>) + Send + 'static> Work for Leading<R> {
    type Message = Nudge;

    fn run(&mut self, inbox: &Receiver<Nudge>) {
        (self.waiting, self.all_at, self.quiet) = (Waiting::default(), Duration::ZERO, None);
        let mut nudged = Vec::new();
        loop {
            let begun = self.clock.monotonic();
            let ended = self.lead(inbox, &mut nudged);
            let writer_ended = matches!(ended, Err(JobError::Writer(Trouble::Ended(_))));
            if !matches!(&ended, Ok(led) if led.is_empty()) {
                (self.report)(ended);
            }
            if writer_ended {
                return;
            }
            if !nudged.is_empty() {
                continue;
            }
            let took = self.clock.monotonic().saturating_sub(begun);
            let rest = self.interval.max((took * REST_PER_LOOK).min(REST_MAX));
            match inbox.recv_timeout(rest) {
                Ok(nudge) => nudged.push(nudge),
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
    /// One run: what was nudged, and what is due unless nothing can be. A nudge that arrives
    /// meanwhile may be about something the run does not see any more, so it is remembered.
    fn lead(
        &mut self,
        inbox: &Receiver<Nudge>,
        nudged: &mut Vec<Nudge>,
    ) -> Result<ClaimsLed, JobError> {
        let (seq, now) = (self.handle.figures().seq(), self.clock.monotonic());
        let is_quiet = |(at_seq, until): (u64, Duration)| at_seq == seq && now < until;
        if nudged.is_empty() && self.quiet.is_some_and(is_quiet) {
            return Ok(ClaimsLed::default());
        }
        let mut reader = (self.open_reader)()?;
        let teller = Teller::of(self.feed.as_deref());
        let mut run = Run {
            round: Round::new(&self.handle, teller),
            waiting: &mut self.waiting,
            reader: reader.as_mut(),
            now,
        };
        let about: BTreeSet<ClaimId> = nudged.drain(..).flatten().collect();
        let is_nudged = !about.is_empty();
        let mut goes_on = || match inbox.try_recv() {
            Ok(nudge) => {
                nudged.push(nudge);
                true
            }
            Err(stopped) => stopped == TryRecvError::Empty,
        };
        for claim in about {
            // Somebody has decided on it, perhaps: others of the same promotion are to know.
            run.nudge(claim)?;
        }
        if self.all_at <= now {
            let is_over = run.look_at_all(&mut goes_on)?;
            self.all_at = if is_over { now + ALL_EVERY } else { self.all_at };
        }
        run.look_at_due(&mut goes_on)?;
        run.round.refresh_others(run.reader)?;
        let mut led = run.round.led;
        // What is late from now on is told at once, and soon what somebody has seen to; all else
        // from time to time.
        self.is_count_wanted |= is_nudged && self.figures.is_any();
        let is_late = led.late + led.late_restitutions + led.stuck > 0;
        let is_wanted = self.is_count_wanted && self.counted_anew_from <= now;
        if self.counted_until <= now || is_late || is_wanted {
            self.count(now)?;
        }
        // The tables follow the journal after a moment: what they do not show is found then.
        let is_complete = (self.open_reader)()?.head()?.watermark >= seq;
        let is_over = led.is_empty() && is_complete && self.all_at > now;
        let until = self.waiting.first().unwrap_or(Duration::MAX).min(now + QUIET_MAX);
        let counts_at = match self.is_count_wanted {
            true => self.counted_anew_from,
            false => self.counted_until,
        };
        let until = until.min(counts_at);
        self.quiet = is_over.then_some((seq, until));
        led.refused.retain(|(what, refusal)| self.waiting.tells(*what, refusal, now));
        Ok(led)
    }

    /// Counts what is late or waits for a person, as of what was recorded by now.
    fn count(&mut self, now: Duration) -> Result<(), JobError> {
        self.handle.flush_and_wait(self.handle.figures().seq())?;
        let begun = self.clock.monotonic();
        let (time, _) = book_time(&self.handle)?;
        self.figures.count((self.open_reader)()?.as_mut(), time)?;
        let ended = self.clock.monotonic();
        self.counted_anew_from = ended + ended.saturating_sub(begun) * REST_PER_LOOK;
        (self.counted_until, self.is_count_wanted) = (now + COUNTED_EVERY, false);
        Ok(())
    }
}

/// One run with what was looked at in vain before.
struct Run<'a> {
    round: Round<'a>,
    waiting: &'a mut Waiting,
    reader: &'a mut dyn Reader,
    now: Duration,
}

impl Run<'_> {
    fn nudge(&mut self, claim: ClaimId) -> Result<(), JobError> {
        let asked = self.round.handle.ask(Query::Claim(claim))?;
        if let Some(Answer::Claim { claim, .. }) = asked {
            self.round.to_refresh.extend(claim.promotion);
        }
        self.look_at(Due { at: Instant::MIN, what: DueObject::Claim(claim) })
    }

    fn look_at(&mut self, due: Due) -> Result<(), JobError> {
        let before = self.round.led.steps();
        self.round.see_to(due, self.reader)?;
        let has_gone_on = self.round.led.steps() > before;
        self.waiting.looked_at(due, has_gone_on, self.now);
        Ok(())
    }

    /// Looks at every open claim; false when that was broken off.
    fn look_at_all(&mut self, goes_on: &mut dyn FnMut() -> bool) -> Result<bool, JobError> {
        for claim in open_claims(self.reader)? {
            if !goes_on() {
                return Ok(false);
            }
            self.round.lead(claim, self.reader)?;
        }
        Ok(true)
    }

    /// Looks at what is due, but for what waits after a look in vain.
    fn look_at_due(&mut self, goes_on: &mut dyn FnMut() -> bool) -> Result<(), JobError> {
        let (now, _) = book_time(self.round.handle)?;
        loop {
            let limit = PORTION + self.waiting.len();
            let found = self.reader.due_of_claims(now, u32::try_from(limit).unwrap_or(u32::MAX))?;
            let is_all = found.len() < limit;
            if is_all {
                let due: BTreeSet<DueObject> = found.iter().map(|due| due.what).collect();
                self.waiting.keep_only(|what| due.contains(&what));
            }
            let fresh = found.into_iter().filter(|due| !self.waiting.has(*due, self.now));
            let fresh: Vec<Due> = fresh.collect();
            if fresh.is_empty() {
                return Ok(());
            }
            for due in fresh {
                if !goes_on() {
                    return Ok(());
                }
                self.look_at(due)?;
            }
            if is_all {
                return Ok(());
            }
        }
    }
}
