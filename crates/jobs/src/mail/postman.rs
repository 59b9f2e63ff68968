//! The thread that sends the mails of a book.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ::mail::schedule::{Attempts, Next};
use ::mail::{Deferral, Mailer, Message, Outcome};
use base::{Instant, Span};
use engine::{Answer, Command, GiftCardCommand, Query};
use giftcards::{DeliveryNews, DeliveryState};
use outside::clock::Clock;
use outside::keyring::KeyRing;
use outside::people::PeopleError;
use store::{
    BookName, ControlStore, EventPlace, MailCause, MailStage, Reader, StoreError, WaitingMail,
};
use writer::{Handle, Request, Trouble};

use super::asked::{asked, types};
use super::letter::Letterhead;
use super::matter::matter;
use super::words::ReadWords;
use crate::webhooks::TellEvents;
use crate::worker::{Work, Worker};
use crate::{OpenReader, OutgoingFigures, SYSTEM_ACTOR};

/// Events read, and mails sent, before the other is looked at again.
const PORTION: usize = 100;

/// How often the place in the events is kept when there was nothing to send.
const KEEP_PLACE_EVERY: Duration = Duration::from_secs(10);

/// How long a mail waits whose words cannot be opened. No attempt is counted: nobody was asked.
const UNREADABLE_PAUSE: Span = Span::hours(1);

/// What sending mails takes.
pub struct PostmanParts {
    /// The book.
    pub book: BookName,
    /// Its writer.
    pub handle: Handle,
    /// What reads its journal.
    pub open_reader: OpenReader,
    /// Where waiting mails are kept.
    pub control: Box<dyn ControlStore>,
    /// What tells its events.
    pub events: Arc<dyn TellEvents>,
    /// What opens the words of people.
    pub words: Arc<dyn ReadWords>,
    /// Who takes mails.
    pub mailer: Arc<dyn Mailer>,
    /// What all mails have in common.
    pub letterhead: Letterhead,
    /// What makes links and return paths.
    pub ring: Arc<KeyRing>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// What is counted.
    pub figures: Arc<OutgoingFigures>,
    /// Time between two looks.
    pub look_every: Duration,
}

/// What the operator should hear of.
#[derive(Debug)]
pub enum MailNews {
    /// Nobody took a mail in three days; of a gift, the card says that it bounced.
    GaveUp(MailCause),
    /// Nobody knows whether a mail was sent, twice. Of a gift a person decides: `resend` is a new
    /// mail.
    Uncertain(MailCause),
    /// Of a gift: the recipient was erased, there is no address that mail can go to, or its sender
    /// was blocked since. To a buyer: the server refused it for good.
    Undeliverable(MailCause),
    /// What people wrote or are called cannot be opened: a person must see to the keys. It is tried
    /// again each hour; the others go on.
    Unreadable(MailCause, PeopleError),
    /// The thread failed on an assertion; it goes on after a rest.
    Panicked,
    /// The mail server refuses what is ours; it is tried again.
    NeedsOperator(Deferral),
    /// Something could not be used; it is tried again.
    Trouble(MailTrouble),
}

/// Why mails wait.
#[derive(Debug, thiserror::Error)]
pub enum MailTrouble {
    /// Tables.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The writer.
    #[error(transparent)]
    Writer(#[from] Trouble),
    /// Keys of persons.
    #[error(transparent)]
    People(#[from] PeopleError),
}

/// Sends the mails of a book, in a thread of its own. Dropping it stops the thread after the mail
/// it is at, and waits for it.
#[derive(Debug)]
pub struct Postman {
    /// `None` once it is being stopped; the thread ends when this is gone.
    stop: Mutex<Option<Sender<Infallible>>>,
    worker: Worker,
}

impl Postman {
    /// Starts the thread. It ends by itself when the writer has ended. `report` is told what the
    /// operator should hear of.
    ///
    /// # Errors
    ///
    /// When the operating system gives no thread.
    pub fn spawn(
        parts: PostmanParts,
        report: impl FnMut(MailNews) + Send + 'static,
    ) -> std::io::Result<Postman> {
        let (stop, inbox) = mpsc::channel();
        let work = Sending { parts, report: Box::new(report) };
        let worker = Worker::spawn("mail", inbox, work)?;
        Ok(Postman { stop: Mutex::new(Some(stop)), worker })
    }

    /// Stops the thread after the mail it is at, and waits for it.
    pub fn stop(self) {
        drop(self);
    }

    /// Has the thread stop after the mail it is at. Returns at once.
    pub fn tell_to_stop(&self) {
        *self.stop.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Waits for the end of a thread that was told to stop, for so long at most. One that a mail
    /// server keeps waiting is left alone: it writes down by itself what became of its mail.
    pub fn has_ended_within(&mut self, time_max: Duration) -> bool {
        let has_ended = self.worker.has_ended_within(time_max);
        if !has_ended {
            self.worker.leave_alone();
        }
        has_ended
    }
}

impl Drop for Postman {
    fn drop(&mut self) {
        self.tell_to_stop();
    }
}

/// What outlives a panic.
struct Sending {
    parts: PostmanParts,
    report: Box<dyn FnMut(MailNews) + Send>,
}

impl Work for Sending {
    type Message = Infallible;

    fn run(&mut self, inbox: &Receiver<Infallible>) {
        let Sending { parts, report } = self;
        let round = Round {
            parts,
            report,
            inbox,
            reader: None,
            place: None,
            place_kept_at: Duration::ZERO,
            is_miscounted: true,
            known: BTreeMap::new(),
        };
        round.run();
    }

    fn panicked(&mut self) {
        (self.report)(MailNews::Panicked);
    }
}

/// The thread at work.
struct Round<'a> {
    parts: &'a mut PostmanParts,
    report: &'a mut (dyn FnMut(MailNews) + Send),
    inbox: &'a Receiver<Infallible>,
    reader: Option<Box<dyn Reader>>,
    /// Where in the events to go on, once it was read.
    place: Option<EventPlace>,
    place_kept_at: Duration,
    /// True when mails that wait are not counted as they are now.
    is_miscounted: bool,
    /// What became of mails of which neither card nor control store knows it yet.
    known: BTreeMap<MailCause, DeliveryState>,
}

impl Round<'_> {
    fn run(mut self) {
        while self.parts.handle.ended().is_none() {
            if let Err(trouble) = self.look() {
                self.reader = None;
                (self.report)(MailNews::Trouble(trouble));
            }
            match self.inbox.recv_timeout(self.parts.look_every) {
                Ok(never) => match never {},
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// True once somebody waits for the thread to end.
    fn is_stopping(&self) -> bool {
        self.inbox.try_recv() == Err(mpsc::TryRecvError::Disconnected)
    }

    /// Takes in what is asked for, and sends what is due.
    fn look(&mut self) -> Result<(), MailTrouble> {
        while self.take()? && !self.is_stopping() {}
        let now = self.parts.clock.now();
        let limit = u32::try_from(PORTION).unwrap_or(u32::MAX);
        for mail in self.parts.control.due_mails(&self.parts.book, now, limit)? {
            if self.is_stopping() {
                break;
            }
            self.send(mail)?;
        }
        self.count()
    }

    /// Counts the mails that wait, when that may have changed.
    fn count(&mut self) -> Result<(), MailTrouble> {
        if self.is_miscounted {
            let (waiting, since) = self.parts.control.count_mails(&self.parts.book)?;
            let figures = &self.parts.figures.mails;
            figures.waiting.set(waiting);
            figures.waiting_since_micros.set_instant(since);
            self.is_miscounted = false;
        }
        Ok(())
    }

    /// Takes in the mails that some events ask for; true when there may be more.
    fn take(&mut self) -> Result<bool, MailTrouble> {
        let head = self.parts.handle.figures().seq();
        let from = match self.place {
            Some(place) => place,
            None => self.first_place(head)?,
        };
        self.place = Some(from);
        if head < from.seq {
            return Ok(false);
        }
        if self.reader.is_none() {
            self.reader = Some((self.parts.open_reader)()?);
        }
        let reader = self.reader.as_mut().expect("it was opened a moment ago").as_mut();
        let page = self.parts.events.page(reader, from, head, &types(), PORTION)?;
        let mut mails = Vec::new();
        if !page.events.is_empty() {
            let (now, of_book) = (self.parts.clock.now(), self.book_time()?);
            for event in &page.events {
                let cause = asked(event, of_book, &self.parts.handle)?;
                mails.extend(cause.map(|cause| self.new_mail(cause, now)));
            }
        }
        let steady = self.parts.clock.monotonic();
        if !mails.is_empty() || self.place_kept_at + KEEP_PLACE_EVERY <= steady {
            self.is_miscounted |= !mails.is_empty();
            self.parts.control.take_mails(&self.parts.book, page.next, &mails)?;
            self.place_kept_at = steady;
        }
        self.place = Some(page.next);
        Ok(page.next != from && page.next.seq <= head)
    }

    /// Where it was kept; a book that was restored may end before that.
    fn first_place(&mut self, head: u64) -> Result<EventPlace, MailTrouble> {
        let kept = self.parts.control.mail_place(&self.parts.book)?;
        let kept = kept.unwrap_or(EventPlace { seq: 1, index: 0 });
        Ok(kept.min(EventPlace { seq: head + 1, index: 0 }))
    }

    fn new_mail(&self, cause: MailCause, now: Instant) -> WaitingMail {
        let book = self.parts.book.clone();
        let (made, unknown, stage) = (0, 0, MailStage::Waiting);
        WaitingMail { book, cause, made, unknown, stage, next_at: now, written_at: now }
    }

    /// What time it is in the book; that of a test book may be moved.
    fn book_time(&self) -> Result<Instant, Trouble> {
        Ok(match self.parts.handle.ask(Query::Book)? {
            Some(Answer::Book { now, .. }) => now,
            _ => self.parts.clock.now(),
        })
    }

    fn send(&mut self, mail: WaitingMail) -> Result<(), MailTrouble> {
        let Some(matter) = matter(mail.cause, &self.parts.handle)? else {
            return self.forget(&mail);
        };
        if let Some(state) = self.known.get(&mail.cause) {
            return self.note(&mail, *state);
        }
        match mail.stage {
            MailStage::Waiting => {}
            // By a process that was killed, or that lost the book.
            MailStage::Begun => return self.ended(mail, &Outcome::Unknown),
            MailStage::Sent => return self.note(&mail, DeliveryState::Sent),
            MailStage::Bounced => return self.note(&mail, DeliveryState::Bounced),
        }
        let PostmanParts { letterhead, words, ring, .. } = &*self.parts;
        match letterhead.write(&mail, &matter, words.as_ref(), ring) {
            Err(error) if is_of_all(&error) => Err(error.into()),
            Err(error) => self.put_off(mail, error),
            Ok(Some(message)) => self.attempt(mail, &message),
            Ok(None) => {
                if let MailCause::Gift { .. } = mail.cause {
                    (self.report)(MailNews::Undeliverable(mail.cause));
                    self.parts.figures.mails.bounced.count();
                }
                self.note(&mail, DeliveryState::Bounced)
            }
        }
    }

    fn attempt(&mut self, mail: WaitingMail, message: &Message) -> Result<(), MailTrouble> {
        if !self.parts.control.begin_mail(&mail)? {
            // This process was away for longer than its lease, and the book's owner has seen to it.
            return Ok(());
        }
        let begun = WaitingMail { stage: MailStage::Begun, ..mail };
        let outcome = self.parts.mailer.send(message);
        self.ended(begun, &outcome)
    }

    /// One mail cannot be written now; the others can.
    fn put_off(&mut self, mail: WaitingMail, why: PeopleError) -> Result<(), MailTrouble> {
        (self.report)(MailNews::Unreadable(mail.cause, why));
        let next_at = self.parts.clock.now().saturating_add(UNREADABLE_PAUSE);
        Ok(self.parts.control.keep_mail(&WaitingMail { next_at, ..mail })?)
    }

    fn ended(&mut self, mail: WaitingMail, outcome: &Outcome) -> Result<(), MailTrouble> {
        if let Outcome::Deferred(deferral) = outcome
            && deferral.needs_operator()
        {
            (self.report)(MailNews::NeedsOperator(*deferral));
        }
        if *outcome == Outcome::Unknown {
            self.parts.figures.mails.unknown.count();
        }
        let attempts = Attempts { made: mail.made, unknown: mail.unknown };
        let (Attempts { made, unknown }, next) = attempts.after(outcome);
        match next {
            Next::Sent => {
                self.parts.figures.mails.sent.count();
                self.note(&mail, DeliveryState::Sent)
            }
            Next::Bounced => {
                self.parts.figures.mails.bounced.count();
                // A card says it itself; of a mail to a buyer nothing else does.
                if !matches!(mail.cause, MailCause::Gift { .. }) {
                    (self.report)(MailNews::Undeliverable(mail.cause));
                }
                self.note(&mail, DeliveryState::Bounced)
            }
            Next::GaveUp => {
                self.parts.figures.mails.bounced.count();
                (self.report)(MailNews::GaveUp(mail.cause));
                self.note(&mail, DeliveryState::Bounced)
            }
            Next::Uncertain => {
                (self.report)(MailNews::Uncertain(mail.cause));
                self.forget(&mail)
            }
            Next::Again(wait) => {
                if *outcome != Outcome::Unknown {
                    self.parts.figures.mails.deferred.count();
                }
                let next_at = self.parts.clock.now().saturating_add(wait);
                let stage = MailStage::Waiting;
                let mail = WaitingMail { made, unknown, stage, next_at, ..mail };
                Ok(self.parts.control.keep_mail(&mail)?)
            }
        }
    }

    /// A mail waits no more; of a gift, the card is told what became of it. That is written down
    /// first: the book may be somebody else's by now, who must not send it again.
    fn note(&mut self, mail: &WaitingMail, state: DeliveryState) -> Result<(), MailTrouble> {
        self.known.insert(mail.cause, state);
        if let MailCause::Gift { card, sending } = mail.cause {
            self.write_down(mail, state)?;
            let news = DeliveryNews { sending, state };
            let command = Command::GiftCards(GiftCardCommand::NoteDelivery { card, news });
            let request = Request { command, actor: SYSTEM_ACTOR, operation: None };
            let mut outcomes = self.parts.handle.decide(vec![request], false)?;
            let outcome = outcomes.pop().expect("the writer gives one outcome a request");
            // A refusal is final too: a report was faster, or the card is gone.
            let _ = outcome?.result;
        }
        self.forget(mail)
    }

    /// Keeps what became of an attempt. Of a mail to a buyer, forgetting it says as much.
    fn write_down(&mut self, mail: &WaitingMail, state: DeliveryState) -> Result<(), MailTrouble> {
        if mail.stage == MailStage::Begun {
            let stage = match state {
                DeliveryState::Bounced => MailStage::Bounced,
                _ => MailStage::Sent,
            };
            self.parts.control.keep_mail(&WaitingMail { stage, ..mail.clone() })?;
        }
        Ok(())
    }

    fn forget(&mut self, mail: &WaitingMail) -> Result<(), MailTrouble> {
        self.is_miscounted = true;
        self.parts.control.forget_mail(&mail.book, mail.cause)?;
        self.known.remove(&mail.cause);
        Ok(())
    }
}

/// True when no words can be opened for now, whoever's.
fn is_of_all(error: &PeopleError) -> bool {
    matches!(error, PeopleError::File(_) | PeopleError::Database(_) | PeopleError::UnknownLayout(_))
}
