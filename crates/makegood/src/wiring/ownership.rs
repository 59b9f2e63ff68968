//! Which books this process owns, of those that several processes share.
//!
//! A thread of its own acquires, renews and gives up leases: workers that are busy must not cost
//! a lease. What may take long, opening a book and stopping its writer, has a thread each time, so
//! that the leases of the other books are renewed meanwhile. `docs/processes.md` tells the rest.

mod kept;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use http::{App, Book, ReadSide};
use outside::clock::Clock;
use outside::random::{Randomness, SystemRandomness};
use store::{BookName, BookRecord, Leases, Member, Renewal, StoreError, Term};
use writer::{Lease, Running};

use super::Workers;
use crate::failure::{Done, Failure};
use kept::{Held, Kept, Stage};

/// Time in which all books are handed over when the process stops.
const HAND_OVER_TIME_MAX: Duration = Duration::from_secs(10);

/// Time between two looks at which books there are.
const LIST_EVERY: Duration = Duration::from_secs(1);

/// How often leases are looked at. All lengths are those of the steady clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Length of a lease.
    pub(crate) lease: Duration,
    /// By how much this process believes in a shorter one, for clocks that run at other speeds.
    pub(crate) margin: Duration,
    /// Time between two renewals.
    pub(crate) renew_every: Duration,
    /// Time between two looks at the books of others.
    pub(crate) look_every: Duration,
    /// The longest pause before a book is opened again that could not be opened.
    pub(crate) pause_max: Duration,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            lease: Duration::from_secs(5),
            margin: Duration::from_secs(1),
            renew_every: Duration::from_secs(1),
            look_every: Duration::from_millis(250),
            pause_max: Duration::from_secs(4),
        }
    }
}

/// A book that was opened to be owned.
pub(crate) struct Owned {
    /// As the API serves it.
    pub(crate) book: Book,
    /// Its writer.
    pub(crate) running: Running,
    /// What works on it beside its writer.
    pub(crate) workers: Option<Box<Workers>>,
}

/// Lists the books there are.
pub(crate) type ListBooks = Box<dyn FnMut() -> Done<Vec<BookRecord>> + Send>;

/// Takes a book over under a lease. Called from several threads.
pub(crate) type OpenOwned =
    Arc<dyn Fn(&BookRecord, Arc<ReadSide>, Lease) -> Done<Owned> + Send + Sync>;

/// Makes the read side of a book that was not known before.
pub(crate) type Reads = Box<dyn Fn(&BookRecord) -> ReadSide + Send>;

/// What owning books takes.
pub(crate) struct Parts {
    /// Where the leases are.
    pub(crate) leases: Box<dyn Leases>,
    /// This process.
    pub(crate) me: Member,
    /// How often what is done.
    pub(crate) pace: Pace,
    /// The steady clock that the writers have too.
    pub(crate) clock: Arc<dyn Clock>,
    /// Who serves the books, and passes on what is asked of others.
    pub(crate) app: Arc<App>,
    /// Lists the books.
    pub(crate) books: ListBooks,
    /// What reads one, whoever owns it.
    pub(crate) reads: Reads,
    /// Opens one.
    pub(crate) open: OpenOwned,
}

/// The books of this process, while they are.
pub(crate) struct Ownership {
    messages: Sender<Message>,
    thread: JoinHandle<()>,
}

impl Ownership {
    /// Learns which books there are, and begins to own those that nobody owns.
    ///
    /// # Errors
    ///
    /// The books cannot be listed, or there is no thread.
    pub(crate) fn start(parts: Parts) -> Done<Ownership> {
        let (messages, receiver) = mpsc::channel();
        let mut supervisor = Supervisor {
            parts,
            messages: messages.clone(),
            kept: BTreeMap::new(),
            listed_at: Duration::ZERO,
            cut_off_since: None,
            leaving: None,
        };
        supervisor.list()?;
        let thread = std::thread::Builder::new().name("leases".to_owned());
        let thread = thread.spawn(move || supervisor.run(&receiver)).map_err(Failure::new)?;
        Ok(Ownership { messages, thread })
    }

    /// Gives up every book and takes none any more: what waits for the writers is answered, and
    /// the other processes may take over. The others are still followed, so that requests can be
    /// passed on. Blocks until it is done.
    pub(crate) fn hand_over(&self) {
        let (sender, done) = mpsc::channel();
        if self.messages.send(Message::HandOver(sender)).is_ok()
            && done.recv_timeout(HAND_OVER_TIME_MAX).is_err()
        {
            tracing::warn!("not every book was handed over; the leases of the others will lapse");
        }
    }

    /// Whether the thread has ended without being asked: nothing is renewed any more, and the books
    /// of this process are served by nobody until it ends and another one takes them over.
    pub(crate) fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }

    /// Ends the thread, and with it the renewals.
    pub(crate) fn stop(self) {
        let _ = self.messages.send(Message::End);
        // A panic was told by the thread itself.
        let _ = self.thread.join();
    }
}

/// A process that was just started.
pub(crate) fn new_member(address: String) -> Member {
    let random = || SystemRandomness.next_u64();
    Member { process: format!("{:016x}{:016x}", random(), random()), address }
}

enum Message {
    /// A book was opened, or could not be.
    Opened(BookName, Term, Done<Box<Owned>>),
    /// The writer of a book has stopped.
    Closed(BookName, Term),
    /// Give every book up and say when it is done.
    HandOver(Sender<()>),
    End,
}

struct Supervisor {
    parts: Parts,
    messages: Sender<Message>,
    kept: BTreeMap<BookName, Kept>,
    /// When the books were listed last.
    listed_at: Duration,
    /// Since when the database does not answer; said once.
    cut_off_since: Option<Duration>,
    /// Who waits for every book to be given up; none is taken any more.
    leaving: Option<Sender<()>>,
}

impl Supervisor {
    fn run(mut self, receiver: &Receiver<Message>) {
        let mut next_look = self.now();
        loop {
            let patience = next_look.saturating_sub(self.now());
            match receiver.recv_timeout(patience) {
                Ok(Message::Opened(book, term, opened)) => self.opened(&book, term, opened),
                Ok(Message::Closed(book, term)) => self.closed(&book, term),
                Ok(Message::HandOver(done)) => self.hand_all_over(done),
                Ok(Message::End) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {
                    self.look();
                    next_look = self.now() + self.parts.pace.look_every;
                }
            }
            if self.kept.values().all(|kept| kept.held.is_none())
                && let Some(done) = &self.leaving
            {
                let _ = done.send(());
            }
        }
    }

    fn now(&self) -> Duration {
        self.parts.clock.monotonic()
    }

    /// Renews what is held, first of all; then sees to what is not.
    fn look(&mut self) {
        let mut all = std::mem::take(&mut self.kept);
        for (name, kept) in &mut all {
            self.tend(name, kept);
        }
        self.kept = all;
        self.look_around();
        if self.now() >= self.listed_at + LIST_EVERY
            && let Err(failure) = self.list()
        {
            self.cut_off(&failure);
        }
        // What was ours has lapsed by then, and nobody tells who owns it now.
        let lapsed = |since| self.now() >= since + self.parts.pace.lease;
        self.parts.app.put_cut_off(self.cut_off_since.is_some_and(lapsed));
    }

    /// Notices books that are new.
    fn list(&mut self) -> Done {
        self.listed_at = self.now();
        for record in (self.parts.books)()? {
            if !self.kept.contains_key(&record.name) {
                self.parts.app.put_elsewhere(&record.name, None);
                let reads = self.parts.app.read_here((self.parts.reads)(&record));
                self.kept.insert(record.name.clone(), Kept::new(record, reads));
            }
        }
        Ok(())
    }

    /// Renews the lease of a book and looks after its writer.
    fn tend(&mut self, name: &BookName, kept: &mut Kept) {
        let (now, pace) = (self.now(), self.parts.pace);
        let Some(held) = &mut kept.held else { return };
        if matches!(held.stage, Stage::Closing) {
            return;
        }
        if now >= held.renewed_at + pace.renew_every {
            match self.renew(name, held) {
                Renewal::Held => {}
                Renewal::HandOver => {
                    tracing::info!(book = %name, "the book is handed over on request");
                    return self.step_down(name, kept);
                }
                Renewal::Lost => {
                    tracing::warn!(book = %name, "the book was lost to another process");
                    return self.lose(name, kept);
                }
            }
        }
        match &held.stage {
            Stage::Serving(running, _) => {
                let Some(why) = running.handle.ended() else {
                    return kept.served(now, pace);
                };
                tracing::error!(book = %name, why, "the writer has ended; the book is reopened");
                self.parts.app.put_elsewhere(name, None);
                self.discard(std::mem::replace(&mut held.stage, Stage::Resting));
                // It may have ended because the lease is gone.
                held.renewed_at = Duration::ZERO;
                kept.back_off(now, pace);
            }
            // Behind a renewal that was not heard the book may be somebody else's.
            Stage::Resting if now >= kept.not_before && held.lease.is_valid(|| now) => {
                self.open(name, kept);
            }
            Stage::Resting | Stage::Opening | Stage::Closing => {}
        }
    }

    fn renew(&mut self, name: &BookName, held: &mut Held) -> Renewal {
        let (sent, pace) = (self.now(), self.parts.pace);
        let renewed = self.parts.leases.renew(name, &self.parts.me, held.term, pace.lease);
        // Without an answer the lease lapses by itself, unless one of the next attempts gets there.
        let Some(renewal) = self.heard(renewed) else { return Renewal::Held };
        if renewal != Renewal::Lost {
            held.lease.extend(valid_until(sent, pace));
            held.renewed_at = sent;
        }
        renewal
    }

    /// Follows the books of others, and acquires what nobody has.
    fn look_around(&mut self) {
        // Without books this is all that tells whether the database answers.
        if !self.kept.is_empty() && self.kept.values().all(|kept| kept.held.is_some()) {
            return;
        }
        let owners = self.parts.leases.owners();
        let Some(owners) = self.heard(owners) else { return };
        let owners: BTreeMap<_, _> = owners.into_iter().collect();
        let mut all = std::mem::take(&mut self.kept);
        for (name, kept) in all.iter_mut().filter(|(_, kept)| kept.held.is_none()) {
            match owners.get(name).map(|owner| &owner.member) {
                Some(member) if member.process != self.parts.me.process => {
                    self.parts.app.put_elsewhere(name, Some(&member.address));
                }
                _ => {
                    self.parts.app.put_elsewhere(name, None);
                    if self.leaving.is_none() && self.now() >= kept.not_before {
                        self.acquire(name, kept);
                    }
                }
            }
        }
        self.kept = all;
    }

    fn acquire(&mut self, name: &BookName, kept: &mut Kept) {
        let (sent, pace) = (self.now(), self.parts.pace);
        let acquired = self.parts.leases.acquire(name, &self.parts.me, pace.lease);
        let Some(Some(term)) = self.heard(acquired) else { return };
        let lease = Lease::until(valid_until(sent, pace));
        kept.held = Some(Held { term, lease, renewed_at: sent, stage: Stage::Opening });
        self.open(name, kept);
    }

    /// Opens a book whose lease is held, on a thread of its own.
    fn open(&mut self, name: &BookName, kept: &mut Kept) {
        let Some(held) = &mut kept.held else { return };
        held.stage = Stage::Opening;
        let (term, lease) = (held.term, held.lease.clone());
        let (name, record, reads) = (name.clone(), kept.record.clone(), Arc::clone(&kept.reads));
        let (open, messages) = (Arc::clone(&self.parts.open), self.messages.clone());
        in_background(move || {
            let opened = catch_unwind(AssertUnwindSafe(|| open(&record, reads, lease)));
            let opened = opened.unwrap_or_else(|_| Err(Failure::new("it failed on an assertion")));
            let _ = messages.send(Message::Opened(name, term, opened.map(Box::new)));
        });
    }

    fn opened(&mut self, name: &BookName, term: Term, opened: Done<Box<Owned>>) {
        let (now, pace) = (self.now(), self.parts.pace);
        let kept = self.kept.get_mut(name);
        let held = kept.and_then(|kept| kept.held.as_mut()).filter(|held| held.term == term);
        match (held, opened) {
            (Some(held @ Held { stage: Stage::Opening, .. }), Ok(owned))
                if held.lease.is_valid(|| now) =>
            {
                self.parts.app.add_book(owned.book);
                held.stage = Stage::Serving(owned.running, owned.workers);
                tracing::info!(book = %name, term = term.0, "the book is served here");
            }
            // Opening it took too long, or no renewal was heard: it may be somebody else's, who
            // answers questions. The next renewal tells.
            (Some(held @ Held { stage: Stage::Opening, .. }), Ok(owned)) => {
                held.stage = Stage::Resting;
                held.renewed_at = Duration::ZERO;
                if let Some(kept) = self.kept.get_mut(name) {
                    kept.back_off(now, pace);
                }
                tracing::warn!(book = %name, term = term.0, "the book was opened too late; again");
                self.discard(Stage::Serving(owned.running, owned.workers));
            }
            (Some(held @ Held { stage: Stage::Opening, .. }), Err(failure)) => {
                held.stage = Stage::Closing;
                if let Some(kept) = self.kept.get_mut(name) {
                    kept.failed(name, &failure);
                    kept.back_off(now, pace);
                }
                self.closed(name, term);
            }
            // It was to be given up while it was being opened.
            (Some(_), Ok(owned)) => self.close(name, term, owned.running, owned.workers),
            (Some(_), Err(_)) => self.closed(name, term),
            (None, Ok(owned)) => self.discard(Stage::Serving(owned.running, owned.workers)),
            (None, Err(_)) => {}
        }
    }

    /// Gives a book up that is still ours.
    fn step_down(&mut self, name: &BookName, kept: &mut Kept) {
        let Some(held) = &mut kept.held else { return };
        let term = held.term;
        match std::mem::replace(&mut held.stage, Stage::Closing) {
            Stage::Serving(running, workers) => self.close(name, term, running, workers),
            Stage::Resting => {
                let _ = self.messages.send(Message::Closed(name.clone(), term));
            }
            // Told by the thread that opens or closes it.
            Stage::Opening | Stage::Closing => {}
        }
    }

    /// Stops a writer on a thread of its own: what waits for it is answered.
    fn close(&self, name: &BookName, term: Term, running: Running, workers: Option<Box<Workers>>) {
        let (name, messages) = (name.clone(), self.messages.clone());
        // Of a lease that was renewed as often as it is to be, more than that is left.
        let time_max = self.parts.pace.lease / 2;
        in_background(move || {
            let mut workers = workers;
            // Before the writer leaves: a mail that was sent, or a call of a rail, is noted. The
            // book is served meanwhile.
            workers.iter_mut().for_each(|workers| workers.note_what_is_under_way(time_max));
            running.leave();
            // Before the lease goes: the next owner needs the file of the sandbox.
            drop(workers);
            let _ = messages.send(Message::Closed(name, term));
        });
    }

    /// A book is not served here any more, and its lease can go.
    fn closed(&mut self, name: &BookName, term: Term) {
        let Some(kept) = self.kept.get_mut(name) else { return };
        let Some(held) = kept.held.take_if(|held| held.term == term) else { return };
        held.lease.end();
        self.parts.app.put_elsewhere(name, None);
        let released = self.parts.leases.release(name, &self.parts.me, term);
        if self.heard(released).is_some() {
            tracing::info!(book = %name, "the book was given up");
        }
    }

    /// A book is somebody else's already.
    fn lose(&mut self, name: &BookName, kept: &mut Kept) {
        self.parts.app.put_elsewhere(name, None);
        if let Some(held) = kept.held.take() {
            held.lease.end();
            self.discard(held.stage);
        }
    }

    /// Ends a writer that nobody waits for.
    fn discard(&self, stage: Stage) {
        if let Stage::Serving(running, workers) = stage {
            running.handle.leave();
            in_background(move || {
                running.leave();
                drop(workers);
            });
        }
    }

    fn hand_all_over(&mut self, done: Sender<()>) {
        self.leaving = Some(done);
        let mut all = std::mem::take(&mut self.kept);
        for (name, kept) in &mut all {
            self.step_down(name, kept);
        }
        self.kept = all;
    }

    /// What the database said, if it said anything.
    fn heard<T>(&mut self, said: Result<T, StoreError>) -> Option<T> {
        match said {
            Ok(answer) => {
                if self.cut_off_since.take().is_some() {
                    tracing::info!("the database answers again");
                }
                Some(answer)
            }
            Err(error) => {
                self.cut_off(&error);
                None
            }
        }
    }

    fn cut_off(&mut self, why: &dyn std::fmt::Display) {
        if self.cut_off_since.is_none() {
            self.cut_off_since = Some(self.now());
            tracing::warn!(%why, "the database does not answer; leases lapse until it does");
        }
    }
}

/// How long a lease is believed that was asked for at `sent`.
fn valid_until(sent: Duration, pace: Pace) -> Duration {
    sent + pace.lease.saturating_sub(pace.margin)
}

/// Does what may take long.
///
/// # Panics
///
/// When the system gives no thread: then nothing is renewed, the process ends, and others take
/// over.
fn in_background(work: impl FnOnce() + Send + 'static) {
    std::thread::spawn(work);
}
