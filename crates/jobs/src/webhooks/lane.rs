//! One endpoint: what is on its way to it, and how far it was told.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use base::{Instant, Span};
use outside::keyring::KeyRing;
use store::{EndpointProgress, EndpointState, EventPlace, WebhookEndpoint, WebhookRetry};
use webhooks::schedule::{Disabled, Health, next_attempt};
use webhooks::{EndpointUrl, Outcome, Reach, Secrets};

use super::events::ToldEvent;
use super::secrets::{SecretTrouble, open_webhook_secret};

/// Events that are read ahead of the first that is not over.
const WINDOW: usize = 100;

/// New events on their way at once, to an endpoint that answers.
const NEW_FLYING_MAX: usize = 8;

/// Retries on their way at once, to an endpoint that answers.
const RETRIES_FLYING_MAX: usize = 4;

/// Retries an endpoint may have; with more of them, new events wait in the journal.
const RETRIES_MAX: u64 = 10_000;

/// One endpoint as the thread knows it.
pub(super) struct Lane {
    endpoint: WebhookEndpoint,
    types: Vec<String>,
    /// Events that were read and are not over, and those behind the first of them.
    window: VecDeque<Slot>,
    /// Where reading goes on.
    read_to: EventPlace,
    /// Retries on their way, with the attempts made before.
    retrying: BTreeMap<EventPlace, u32>,
    health: Health,
    state: EndpointState,
    /// While nothing reaches the endpoint: when the next new event is tried.
    probe_at: Instant,
    /// Retries that are kept, when somebody counted last.
    pub(super) retries_kept: u64,
    is_resting: bool,
    learned: Learned,
    /// Where the journal ended when it had last caught up with such a mark, and when that was.
    mark: (u64, Instant),
}

/// What is not kept yet.
#[derive(Default)]
struct Learned {
    retries: Vec<WebhookRetry>,
    over: Vec<EventPlace>,
    /// Something was delivered or failed.
    is_news: bool,
    kept_at: Duration,
    kept_next: Option<EventPlace>,
}

struct Slot {
    event: Arc<ToldEvent>,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    Flying,
    Over,
}

/// An attempt that is to be made.
pub(super) struct Attempt {
    pub(super) event: Arc<ToldEvent>,
    /// Attempts of this delivery that were made before.
    pub(super) made: u32,
    pub(super) is_retry: bool,
}

/// What else is going on when something could be kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// More will be learned at once.
    Busy,
    /// Nothing.
    Idle,
    /// There will be no other moment.
    Last,
}

/// How often what is learned is kept while more is learned: an event more or less, and a place
/// alone.
const KEEP_EVERY: Duration = Duration::from_secs(1);
const KEEP_PLACE_EVERY: Duration = Duration::from_secs(10);

impl Lane {
    /// `head` is the last record there is.
    pub(super) fn new(mut endpoint: WebhookEndpoint, head: u64, now: Instant) -> Lane {
        // A book that was restored may end before what the endpoint was told.
        let end = EventPlace { seq: head + 1, index: 0 };
        endpoint.next = endpoint.next.min(end);
        Lane {
            types: endpoint.types.split_ascii_whitespace().map(str::to_owned).collect(),
            window: VecDeque::new(),
            read_to: endpoint.next,
            retrying: BTreeMap::new(),
            health: Health { failing_since: endpoint.failing_since, failures: 0 },
            state: endpoint.state,
            probe_at: now,
            retries_kept: 0,
            is_resting: false,
            mark: (0, now),
            learned: Learned { kept_next: Some(endpoint.next), ..Learned::default() },
            endpoint,
        }
    }

    pub(super) fn endpoint(&self) -> &WebhookEndpoint {
        &self.endpoint
    }

    pub(super) fn types(&self) -> &[String] {
        &self.types
    }

    pub(super) fn is_on(&self) -> bool {
        self.state == EndpointState::On && !self.is_resting
    }

    /// True when it is told nothing, and not because its owner wants so.
    pub(super) fn is_switched_off(&self) -> bool {
        self.is_resting || !matches!(self.state, EndpointState::On | EndpointState::Off)
    }

    /// Since when it has not caught up with the journal as it was then, `head` being its last
    /// record now; `None` when it has, or is told nothing.
    pub(super) fn behind_since(&mut self, head: u64, now: Instant) -> Option<Instant> {
        if !self.is_on() || self.mark.0 < self.next().seq {
            self.mark = (head, now);
            return None;
        }
        Some(self.mark.1)
    }

    pub(super) fn is_failing(&self) -> bool {
        self.health.failing_since.is_some()
    }

    /// Nothing more is sent until its owner changes something. That is not kept.
    pub(super) fn rest(&mut self) {
        self.is_resting = true;
    }

    /// Where to, and signed with what.
    ///
    /// # Errors
    ///
    /// [`SecretTrouble`].
    pub(super) fn target(
        &self,
        ring: &KeyRing,
        reach: Reach,
        now: Instant,
    ) -> Result<Option<(EndpointUrl, Secrets)>, SecretTrouble> {
        // What is refused today was accepted under other settings.
        let Ok(url) = EndpointUrl::parse(&self.endpoint.url, reach) else { return Ok(None) };
        let open = |sealed: &[u8]| open_webhook_secret(ring, self.endpoint.id, sealed);
        let newest = open(&self.endpoint.secret)?;
        let older = self.endpoint.older_secret.iter().filter(|(_, until)| now < *until);
        let older = older.map(|(sealed, _)| open(sealed)).collect::<Result<_, _>>()?;
        Ok(Some((url, Secrets { newest, older })))
    }

    /// Where to read from and how many events, when any are wanted now. `head` is the last record.
    pub(super) fn wanted(&self, head: u64, now: Instant) -> Option<(EventPlace, usize)> {
        let is_behind = self.read_to.seq <= head;
        if !is_behind || self.waiting().is_some() || RETRIES_MAX <= self.retries_kept {
            return None;
        }
        let limit = match self.is_failing() {
            // One at a time, and seldom: it may be answered again.
            true => usize::from(self.probe_at <= now && self.window.is_empty()),
            false => WINDOW.saturating_sub(self.window.len()),
        };
        (limit > 0).then_some((self.read_to, limit))
    }

    /// Events that were read.
    pub(super) fn read(&mut self, events: Vec<ToldEvent>, next: EventPlace) {
        let slot = |event| Slot { event: Arc::new(event), stage: Stage::Waiting };
        self.window.extend(events.into_iter().map(slot));
        self.read_to = next;
    }

    /// A new event that may leave now.
    pub(super) fn take_new(&mut self) -> Option<Attempt> {
        let flying = self.window.iter().filter(|slot| slot.stage == Stage::Flying).count();
        let flying_max = if self.is_failing() { 1 } else { NEW_FLYING_MAX };
        let place = self.waiting().filter(|_| flying < flying_max)?;
        self.window[place].stage = Stage::Flying;
        Some(Attempt { event: Arc::clone(&self.window[place].event), made: 0, is_retry: false })
    }

    /// An attempt that could not be begun: the event waits again.
    pub(super) fn not_begun(&mut self, attempt: &Attempt) {
        if attempt.is_retry {
            self.retrying.remove(&attempt.event.place);
        } else if let Some(slot) = self.slot(attempt.event.place) {
            slot.stage = Stage::Waiting;
        }
    }

    /// How many retries may leave now, beside those that are on their way.
    pub(super) fn retries_free(&self) -> usize {
        let max = if self.is_failing() { 1 } else { RETRIES_FLYING_MAX };
        max.saturating_sub(self.retrying.len())
    }

    /// How many retries the table may name as due that are not.
    pub(super) fn retries_busy(&self) -> usize {
        self.retrying.len() + self.learned.retries.len() + self.learned.over.len()
    }

    /// Whether a retry is on its way, or has ended a moment ago and the table does not know it.
    pub(super) fn is_busy(&self, place: EventPlace) -> bool {
        self.retrying.contains_key(&place)
            || self.learned.over.contains(&place)
            || self.learned.retries.iter().any(|retry| retry.place == place)
    }

    /// A retry leaves.
    pub(super) fn take_retry(&mut self, retry: WebhookRetry, event: ToldEvent) -> Attempt {
        self.retrying.insert(retry.place, retry.made);
        Attempt { event: Arc::new(event), made: retry.made, is_retry: true }
    }

    /// A retry whose event is not there any more.
    pub(super) fn is_lost(&mut self, retry: WebhookRetry) {
        self.learned.over.push(retry.place);
        self.learned.is_news = true;
    }

    /// What became of an attempt. Tells whether the endpoint is switched off by it.
    pub(super) fn ended(
        &mut self,
        (place, made, is_retry): (EventPlace, u32, bool),
        outcome: Outcome,
        now: Instant,
        (seed, probe_every): (u64, Span),
    ) -> Option<Disabled> {
        self.learned.is_news = true;
        if is_retry {
            self.retrying.remove(&place);
        }
        let (health, disabled) = self.health.after(&outcome, now);
        self.health = health;
        self.settle((place, made, is_retry), &outcome, (now, seed));
        if outcome != Outcome::Delivered {
            self.probe_at = now.saturating_add(probe_every);
            self.leave_the_rest();
        }
        if let Some(why) = disabled {
            self.state = match why {
                Disabled::Gone => EndpointState::Gone,
                Disabled::Failing => EndpointState::Failing,
            };
        }
        disabled
    }

    /// The event is over, unless the endpoint wants no more: then it has it when it is switched on.
    fn settle(
        &mut self,
        (place, made, is_retry): (EventPlace, u32, bool),
        outcome: &Outcome,
        (now, seed): (Instant, u64),
    ) {
        let made = made + 1;
        let next = match outcome {
            Outcome::Gone => {
                if let Some(slot) = self.slot(place).filter(|_| !is_retry) {
                    slot.stage = Stage::Waiting;
                }
                return;
            }
            Outcome::Delivered => None,
            Outcome::Failed(failure) => next_attempt(made, failure, seed),
        };
        match next {
            Some(wait) => {
                let next_at = now.saturating_add(wait);
                self.learned.retries.push(WebhookRetry { place, made, next_at });
            }
            None if is_retry => self.learned.over.push(place),
            None => {}
        }
        if let Some(slot) = self.slot(place).filter(|_| !is_retry) {
            slot.stage = Stage::Over;
        }
        while self.window.front().is_some_and(|slot| slot.stage == Stage::Over) {
            self.window.pop_front();
        }
    }

    /// What was read and has not left stays in the journal until something arrives again.
    fn leave_the_rest(&mut self) {
        if let Some(place) = self.waiting() {
            self.read_to = self.window[place].event.place;
            self.window.truncate(place);
        }
    }

    /// Everything before this place is over.
    fn next(&self) -> EventPlace {
        self.window.front().map_or(self.read_to, |slot| slot.event.place)
    }

    /// What is to be kept, when it is time.
    pub(super) fn to_keep(&self, now: Duration, when: Moment) -> Option<EndpointProgress> {
        let Learned { retries, over, is_news, kept_at, kept_next } = &self.learned;
        let age = now.saturating_sub(*kept_at);
        let is_time = match when {
            Moment::Last => true,
            Moment::Idle if *is_news => true,
            Moment::Idle | Moment::Busy if !is_news => KEEP_PLACE_EVERY <= age,
            Moment::Idle | Moment::Busy => KEEP_EVERY <= age,
        };
        let is_new = *is_news || *kept_next != Some(self.next());
        (is_time && is_new).then(|| EndpointProgress {
            id: self.endpoint.id,
            revision: self.endpoint.revision,
            next: self.next(),
            failing_since: self.health.failing_since,
            state: self.state,
            retries: retries.clone(),
            over: over.clone(),
        })
    }

    /// It was kept.
    pub(super) fn kept(&mut self, now: Duration) {
        let kept_next = Some(self.next());
        self.learned = Learned { kept_at: now, kept_next, ..Learned::default() };
    }

    /// The first event that has not left.
    fn waiting(&self) -> Option<usize> {
        self.window.iter().position(|slot| slot.stage == Stage::Waiting)
    }

    fn slot(&mut self, place: EventPlace) -> Option<&mut Slot> {
        self.window.iter_mut().find(|slot| slot.event.place == place)
    }
}
