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
        let leading = Leading {
            handle,
            open_reader,
            feed,
            interval,
            waiting: Waiting::default(),
            all_at: Duration::ZERO,
            quiet: None,
            report,
        };
        let worker = Worker::spawn("claims", inbox, leading)?;
        let worker = Mutex::new(Some(worker));
        Ok(ClaimClerk { nudges, worker })
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
    handle: Handle,
    open_reader: OpenReader,
    feed: Option<Arc<FeedKeeper>>,
    interval: Duration,
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
            let begun = SystemClock::new().monotonic();
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
            let took = SystemClock::new().monotonic().saturating_sub(begun);
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
        let (seq, now) = (self.handle.figures().seq(), SystemClock::new().monotonic());
        let is_quiet = |(at_seq, until): (u64, Duration)| at_seq == seq && now < until;
        if nudged.is_empty() && self.quiet.is_some_and(is_quiet) {
            return Ok(ClaimsLed::default());
        }
        let mut reader = (self.open_reader)()?;
        let teller = match self.feed.as_deref() {
            Some(keeper) => match keeper.feed() {
                Some(feed) => Teller::Feed(feed),
                None if keeper.is_idle() => Teller::Nobody,
                None => Teller::Opening,
            },
            None => Teller::Nobody,
        };
        let mut run = Run {
            round: Round::new(&self.handle, teller),
            waiting: &mut self.waiting,
            reader: reader.as_mut(),
            now,
        };
        let about: BTreeSet<ClaimId> = nudged.drain(..).flatten().collect();
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
        // The tables follow the journal after a moment: what they do not show is found then.
        let is_complete = (self.open_reader)()?.head()?.watermark >= seq;
        let is_over = led.is_empty() && is_complete && self.all_at > now;
        let until = self.waiting.first().unwrap_or(Duration::MAX).min(now + QUIET_MAX);
        self.quiet = is_over.then_some((seq, until));
        led.refused.retain(|(what, refusal)| self.waiting.tells(*what, refusal, now));
        Ok(led)
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
            self.round.granted.extend(claim.promotion);
        }
        self.look_at(Due { at: Instant::MIN, what: DueObject::Claim(claim) })
    }

    fn look_at(&mut self, due: Due) -> Result<(), JobError> {
        let before = self.round.led.steps();
        self.round.see_to(due, self.reader)?;
        let has_gone_on = self.round.led.steps() > before;
        self.waiting.looked_at(due.what, has_gone_on, self.now);
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
            let fresh = found.into_iter().filter(|due| !self.waiting.has(due.what, self.now));
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
