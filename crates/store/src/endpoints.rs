//! Webhook endpoints: where a book tells what happens in it, and how far each was told.

use base::{EndpointId, Instant};

use crate::{BookName, KeyOperation, StoreError};

/// A place between two events of a book: those before it were told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventPlace {
    /// Sequence of the record of the event after it.
    pub seq: u64,
    /// Place of that event among those of its record, from 0.
    pub index: u32,
}

/// Whether an endpoint is told anything, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointState {
    /// It is told.
    On,
    /// Its owner switched it off.
    Off,
    /// It answered 410: it wants no more.
    Gone,
    /// Nothing has reached it for days.
    Failing,
    /// It came out of a backup, and whoever restored it has not said yet that this book is the one
    /// that tells it.
    Restored,
}

/// A webhook endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// Its id.
    pub id: EndpointId,
    /// The book that tells.
    pub book: BookName,
    /// Where it is.
    pub url: String,
    /// Types of events it wants, with blanks between; all when empty.
    pub types: String,
    /// Whether it is told.
    pub state: EndpointState,
    /// What it is signed with, sealed by the caller.
    pub secret: Vec<u8>,
    /// When that was made, by the wall clock.
    pub secret_at: Instant,
    /// The one before, sealed, and how long it is good beside the new one.
    pub older_secret: Option<(Vec<u8>, Instant)>,
    /// The first failure since something reached it, by the wall clock.
    pub failing_since: Option<Instant>,
    /// Everything before it was delivered, given up, or is among the retries.
    pub next: EventPlace,
    /// Counts what its owner changed, so that what was learned before is not kept after it.
    pub revision: u64,
    /// The operation that changed the secret last, so that its repetition changes nothing.
    pub rotated_by: Option<[u8; 16]>,
    /// When it was made, by the wall clock.
    pub created_at: Instant,
}

/// A delivery of one event that is to be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebhookRetry {
    /// Which event.
    pub place: EventPlace,
    /// Attempts that failed.
    pub made: u32,
    /// When the next one is due, by the wall clock.
    pub next_at: Instant,
}

/// What became of a request for an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndpointCreation {
    /// It was made.
    Created,
    /// The same request had made this one before; nothing was done.
    Replayed(Box<WebhookEndpoint>),
    /// An earlier request used the same idempotency key for something else; nothing was done.
    Mismatch,
    /// The book has as many as it may have; nothing was done.
    TooMany,
}

/// What was learned by sending to one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointProgress {
    /// Which.
    pub id: EndpointId,
    /// What its owner had changed when the sending began.
    pub revision: u64,
    /// As in [`WebhookEndpoint::next`].
    pub next: EventPlace,
    /// As in [`WebhookEndpoint::failing_since`].
    pub failing_since: Option<Instant>,
    /// Whether it goes on.
    pub state: EndpointState,
    /// Deliveries that failed, and when they are due again.
    pub retries: Vec<WebhookRetry>,
    /// Retries that are over: delivered, or given up.
    pub over: Vec<EventPlace>,
}

/// Webhook endpoints of every book. An endpoint is no part of the journal: no money depends on it.
pub trait EndpointStore: Send {
    /// Makes an endpoint, at most once for an operation for as long as the endpoint exists.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as for every method here.
    fn create_endpoint(
        &mut self,
        endpoint: &WebhookEndpoint,
        operation: Option<&KeyOperation>,
        endpoints_max: usize,
    ) -> Result<EndpointCreation, StoreError>;

    /// Endpoints of a book, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn endpoints_of(&mut self, book: &BookName) -> Result<Vec<WebhookEndpoint>, StoreError>;

    /// Puts an endpoint as its owner changed it in place of the one with the revision it has, and
    /// counts that up. False when there is no such endpoint any more: read it again.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn change_endpoint(&mut self, endpoint: &WebhookEndpoint) -> Result<bool, StoreError>;

    /// Removes an endpoint and its retries. False when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn delete_endpoint(&mut self, book: &BookName, id: EndpointId) -> Result<bool, StoreError>;

    /// Keeps what was learned by sending, unless its owner has changed the endpoint since: then
    /// nothing is kept, and the answer is false.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn keep_progress(
        &mut self,
        book: &BookName,
        progress: &EndpointProgress,
    ) -> Result<bool, StoreError>;

    /// Has one event sent again, whatever became of it before.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn want_again(&mut self, id: EndpointId, retry: &WebhookRetry) -> Result<(), StoreError>;

    /// Retries that are due by `until`, the most urgent first, `limit` at most.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn due_retries(
        &mut self,
        id: EndpointId,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<WebhookRetry>, StoreError>;

    /// How many retries an endpoint has.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn count_retries(&mut self, id: EndpointId) -> Result<u64, StoreError>;
}

impl EndpointState {
    const ALL: [EndpointState; 5] = [
        EndpointState::On,
        EndpointState::Off,
        EndpointState::Gone,
        EndpointState::Failing,
        EndpointState::Restored,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            EndpointState::On => "on",
            EndpointState::Off => "off",
            EndpointState::Gone => "gone",
            EndpointState::Failing => "failing",
            EndpointState::Restored => "restored",
        }
    }

    /// Reads the name back.
    pub fn parse(text: &str) -> Option<EndpointState> {
        EndpointState::ALL.into_iter().find(|state| state.as_str() == text)
    }
}
