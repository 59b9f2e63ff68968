//! The thread that sends the events of a book to its endpoints.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use base::{EndpointId, Instant, Span};
use outside::clock::Clock;
use outside::keyring::KeyRing;
use outside::random::{Randomness, SystemRandomness};
use store::{BookName, ControlStore, EventPlace, Reader, StoreError};
use webhooks::schedule::Disabled;
use webhooks::{Delivery, EndpointUrl, Failure, MessageId, Outcome, Reach, Secrets};
use writer::Handle;

use super::events::TellEvents;
use super::lane::{Attempt, Lane, Moment};
use super::secrets::SecretTrouble;
use crate::worker::{Work, Worker};
use crate::{OpenReader, OutgoingFigures};

/// How often is looked at what; lengths of the steady clock, but for the probes.
#[derive(Clone, Copy, Debug)]
pub struct WebhookPace {
    /// Time between two looks for new events, retries that are due, and changed endpoints.
    pub look_every: Duration,
    /// Time between two new events for an endpoint that nothing reaches, by the wall clock.
    pub probe_every: Span,
}

impl Default for WebhookPace {
    fn default() -> WebhookPace {
        WebhookPace { look_every: Duration::from_millis(250), probe_every: Span::minutes(1) }
    }
}

/// What sending takes.
pub struct DelivererParts {
    /// The book.
    pub book: BookName,
    /// Its writer, which knows how far the journal goes.
    pub handle: Handle,
    /// What reads its journal.
    pub open_reader: OpenReader,
    /// Where endpoints are kept.
    pub control: Box<dyn ControlStore>,
    /// What tells its events.
    pub events: Arc<dyn TellEvents>,
    /// What makes attempts.
    pub sender: Arc<webhooks::Sender>,
    /// Which addresses `sender` may reach.
    pub reach: Reach,
    /// What opens secrets.
    pub ring: Arc<KeyRing>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// What is counted.
    pub figures: Arc<OutgoingFigures>,
    /// How often.
    pub pace: WebhookPace,
}

/// What the operator should hear of.
#[derive(Debug)]
pub enum WebhookNews {
    /// An endpoint was switched off.
    SwitchedOff(EndpointId, Disabled),
    /// An endpoint cannot be sent to until this is mended.
    Unusable(EndpointId, SecretTrouble),
    /// What an endpoint is to be told cannot be read. It waits until its owner changes something;
    /// the others go on.
    Unreadable(EndpointId, StoreError),
    /// Tables could not be used; it is tried again.
    Trouble(StoreError),
    /// The thread failed on an assertion; it goes on after a rest.
    Panicked,
}

/// Sends the events of a book, in a thread of its own. Dropping it stops the thread; attempts that
/// are on their way end by themselves, and nobody hears of them.
#[derive(Debug)]
pub struct Deliverer {
    messages: Sender<Message>,
    _worker: Worker,
}

impl Deliverer {
    /// Starts the thread. It ends by itself when the writer has ended. `report` is told what the
    /// operator should hear of.
    ///
    /// # Errors
    ///
    /// When the operating system gives no thread.
    pub fn spawn(
        parts: DelivererParts,
        report: impl FnMut(WebhookNews) + Send + 'static,
    ) -> std::io::Result<Deliverer> {
        let (messages, inbox) = mpsc::channel();
        let work = Telling { parts, report: Box::new(report), messages: messages.clone() };
        Ok(Deliverer { messages, _worker: Worker::spawn("webhooks", inbox, work)? })
    }

    /// Stops the thread, keeps what was learned, and waits for it.
    pub fn stop(self) {
        drop(self);
    }

    /// Has the thread stop and keep what was learned. Returns at once.
    pub fn tell_to_stop(&self) {
        let _ = self.messages.send(Message::Stop);
    }
}

impl Drop for Deliverer {
    fn drop(&mut self) {
        self.tell_to_stop();
    }
}

enum Message {
    Ended(Ended),
    Stop,
}

/// An attempt is over.
struct Ended {
    endpoint: EndpointId,
    revision: u64,
    place: EventPlace,
    made: u32,
    is_retry: bool,
    outcome: Outcome,
}

/// What outlives a panic.
struct Telling {
    parts: DelivererParts,
    report: Box<dyn FnMut(WebhookNews) + Send>,
    messages: Sender<Message>,
}

impl Work for Telling {
    type Message = Message;

    fn is_stop(message: &Message) -> bool {
        matches!(message, Message::Stop)
    }

    fn run(&mut self, inbox: &Receiver<Message>) {
        let Telling { parts, report, messages } = self;
        Round { parts, report, messages, lanes: BTreeMap::new(), reader: None }.run(inbox);
    }

    fn panicked(&mut self) {
        (self.report)(WebhookNews::Panicked);
    }
}

/// The thread at work.
struct Round<'a> {
    parts: &'a mut DelivererParts,
    report: &'a mut (dyn FnMut(WebhookNews) + Send),
    messages: &'a Sender<Message>,
    lanes: BTreeMap<EndpointId, Lane>,
    reader: Option<Box<dyn Reader>>,
}

impl Round<'_> {
    fn run(mut self, receiver: &Receiver<Message>) {
        let mut next_look = self.steady();
        while self.parts.handle.ended().is_none() {
            if next_look <= self.steady() {
                self.try_to(Round::look);
                next_look = self.steady() + self.parts.pace.look_every;
            }
            self.try_to(Round::send_new);
            let is_behind = self.is_behind();
            let patience = match is_behind {
                true => Duration::ZERO,
                false => next_look.saturating_sub(self.steady()),
            };
            match receiver.recv_timeout(patience) {
                Ok(Message::Ended(ended)) => {
                    self.ended(&ended);
                    self.try_to(|work| work.keep(Moment::Busy));
                }
                Err(RecvTimeoutError::Timeout) if is_behind => {
                    self.try_to(|work| work.keep(Moment::Busy));
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.try_to(|work| work.keep(Moment::Idle));
                    next_look = self.steady();
                }
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.try_to(|work| work.keep(Moment::Last));
    }

    fn steady(&self) -> Duration {
        self.parts.clock.monotonic()
    }

    fn now(&self) -> Instant {
        self.parts.clock.now()
    }

    /// Trouble with the tables passes; the next round tries again, with a new reader.
    fn try_to(&mut self, work: impl FnOnce(&mut Self) -> Result<(), StoreError>) {
        if let Err(error) = work(self) {
            self.reader = None;
            (self.report)(WebhookNews::Trouble(error));
        }
    }

    /// Whether there is more to be read for some endpoint: few of many events may be wanted. After
    /// trouble with a reader it waits for the next look.
    fn is_behind(&self) -> bool {
        let (head, now) = (self.parts.handle.figures().seq(), self.now());
        let mut lanes = self.lanes.values().filter(|lane| lane.is_on());
        self.reader.is_some() && lanes.any(|lane| lane.wanted(head, now).is_some())
    }

    /// Learns which endpoints there are, and sends what is due again.
    fn look(&mut self) -> Result<(), StoreError> {
        let endpoints = self.parts.control.endpoints_of(&self.parts.book)?;
        self.lanes.retain(|id, _| endpoints.iter().any(|endpoint| endpoint.id == *id));
        for endpoint in endpoints {
            let id = endpoint.id;
            let known = self.lanes.get(&id).map(|lane| lane.endpoint().revision);
            if known != Some(endpoint.revision) {
                let head = self.parts.handle.figures().seq();
                let mut lane = Lane::new(endpoint, head, self.now());
                lane.retries_kept = self.parts.control.count_retries(id)?;
                self.lanes.insert(id, lane);
            }
            let sent = self.send_retries(id);
            self.unless_unreadable(id, sent)?;
        }
        self.count();
        Ok(())
    }

    /// Tells how far the endpoints are.
    fn count(&mut self) {
        let (head, now) = (self.parts.handle.figures().seq(), self.now());
        let figures = &self.parts.figures.webhooks;
        let behind = self.lanes.values_mut().filter_map(|lane| lane.behind_since(head, now));
        figures.behind_since_micros.set_instant(behind.min());
        figures.retrying.set(self.lanes.values().map(|lane| lane.retries_kept).sum());
        let off = self.lanes.values().filter(|lane| lane.is_switched_off()).count();
        figures.switched_off.set(off as u64);
    }

    fn send_retries(&mut self, id: EndpointId) -> Result<(), StoreError> {
        let now = self.now();
        let Some(lane) = self.lanes.get(&id).filter(|lane| lane.is_on()) else { return Ok(()) };
        let free = lane.retries_free();
        if free == 0 {
            return Ok(());
        }
        let limit = u32::try_from(free + lane.retries_busy()).unwrap_or(u32::MAX);
        let mut due = self.parts.control.due_retries(id, now, limit)?;
        due.retain(|retry| !lane.is_busy(retry.place));
        for retry in due.into_iter().take(free) {
            let (events, reader) = self.events()?;
            let event = events.one(reader, retry.place)?;
            let Some(lane) = self.lanes.get_mut(&id) else { return Ok(()) };
            match event {
                Some(event) => {
                    let attempt = lane.take_retry(retry, event);
                    self.begin(id, attempt);
                }
                None => lane.is_lost(retry),
            }
        }
        Ok(())
    }

    /// Reads what has happened and sends it, as far as each endpoint takes it.
    fn send_new(&mut self) -> Result<(), StoreError> {
        let (head, now) = (self.parts.handle.figures().seq(), self.now());
        let ids: Vec<EndpointId> = self.lanes.keys().copied().collect();
        for id in ids {
            let read = self.read_for(id, (head, now));
            self.unless_unreadable(id, read)?;
            let on = |lane: &&mut Lane| lane.is_on();
            while let Some(attempt) = self.lanes.get_mut(&id).filter(on).and_then(Lane::take_new) {
                if !self.begin(id, attempt) {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Reads what an endpoint wants next.
    fn read_for(&mut self, id: EndpointId, (head, now): (u64, Instant)) -> Result<(), StoreError> {
        let Some(lane) = self.lanes.get(&id).filter(|lane| lane.is_on()) else { return Ok(()) };
        let Some((from, limit)) = lane.wanted(head, now) else { return Ok(()) };
        let types = lane.types().to_vec();
        let (events, reader) = self.events()?;
        let page = events.page(reader, from, head, &types, limit)?;
        if let Some(lane) = self.lanes.get_mut(&id) {
            lane.read(page.events, page.next);
        }
        Ok(())
    }

    /// What is damaged for one endpoint is no trouble of the others.
    fn unless_unreadable(
        &mut self,
        id: EndpointId,
        ended: Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Err(error @ StoreError::Corrupt(_)) = ended else { return ended };
        self.reader = None;
        if let Some(lane) = self.lanes.get_mut(&id) {
            lane.rest();
        }
        (self.report)(WebhookNews::Unreadable(id, error));
        Ok(())
    }

    fn events(&mut self) -> Result<(Arc<dyn TellEvents>, &mut dyn Reader), StoreError> {
        if self.reader.is_none() {
            self.reader = Some((self.parts.open_reader)()?);
        }
        let reader = self.reader.as_mut().expect("it was opened a moment ago");
        Ok((Arc::clone(&self.parts.events), reader.as_mut()))
    }

    /// Makes an attempt on a thread of its own. False when it could not be begun.
    fn begin(&mut self, id: EndpointId, attempt: Attempt) -> bool {
        let now = self.now();
        let Some(lane) = self.lanes.get_mut(&id) else { return false };
        let target = match lane.target(&self.parts.ring, self.parts.reach, now) {
            Ok(target) => target,
            Err(trouble) => {
                lane.not_begun(&attempt);
                // Said once: the lane rests until its owner changes something.
                lane.rest();
                (self.report)(WebhookNews::Unusable(id, trouble));
                return false;
            }
        };
        let ended = Ended {
            endpoint: id,
            revision: lane.endpoint().revision,
            place: attempt.event.place,
            made: attempt.made,
            is_retry: attempt.is_retry,
            outcome: Outcome::Failed(Failure::Broken),
        };
        let (sender, messages) = (Arc::clone(&self.parts.sender), self.messages.clone());
        let event = Arc::clone(&attempt.event);
        let send = move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                target.map_or(ended.outcome, |target| send(&sender, &target, &event, now))
            }));
            let outcome = outcome.unwrap_or(ended.outcome);
            let _ = messages.send(Message::Ended(Ended { outcome, ..ended }));
        };
        if thread::Builder::new().name("webhook".to_owned()).spawn(send).is_err() {
            lane.not_begun(&attempt);
            return false;
        }
        true
    }

    fn ended(&mut self, ended: &Ended) {
        let Ended { endpoint, revision, place, made, is_retry, outcome } = *ended;
        let figures = &self.parts.figures.webhooks;
        match outcome {
            Outcome::Delivered => figures.delivered.count(),
            Outcome::Failed(_) | Outcome::Gone => figures.failed.count(),
        }
        let (now, probe_every) = (self.now(), self.parts.pace.probe_every);
        // Of a lane that is gone, or of an endpoint that was changed since: it is sent again.
        let lane = self.lanes.get_mut(&endpoint);
        let Some(lane) = lane.filter(|lane| lane.endpoint().revision == revision) else { return };
        let seed = SystemRandomness.next_u64();
        let disabled = lane.ended((place, made, is_retry), outcome, now, (seed, probe_every));
        if let Some(why) = disabled {
            (self.report)(WebhookNews::SwitchedOff(endpoint, why));
            self.try_to(|work| work.keep_lane(endpoint, Moment::Last));
        }
    }

    fn keep(&mut self, when: Moment) -> Result<(), StoreError> {
        let ids: Vec<EndpointId> = self.lanes.keys().copied().collect();
        ids.into_iter().try_for_each(|id| self.keep_lane(id, when))
    }

    fn keep_lane(&mut self, id: EndpointId, when: Moment) -> Result<(), StoreError> {
        let now = self.steady();
        let Some(lane) = self.lanes.get_mut(&id) else { return Ok(()) };
        let Some(progress) = lane.to_keep(now, when) else { return Ok(()) };
        if !self.parts.control.keep_progress(&self.parts.book, &progress)? {
            // Its owner has changed it: the next look begins anew.
            self.lanes.remove(&id);
            return Ok(());
        }
        lane.kept(now);
        if !(progress.retries.is_empty() && progress.over.is_empty()) {
            lane.retries_kept = self.parts.control.count_retries(id)?;
        }
        Ok(())
    }
}

fn send(
    sender: &webhooks::Sender,
    (url, secrets): &(EndpointUrl, Secrets),
    event: &super::ToldEvent,
    now: Instant,
) -> Outcome {
    let id = MessageId::new(&event.id).expect("ids of events are letters, digits and a line");
    sender.send(&Delivery { id: &id, url, secrets, body: &event.body, now })
}
