//! The control store: which books there are, and which API keys open them.

use base::{Instant, KeyId, Token};

use crate::{
    EndpointStore, EventPlace, MailStore, StoreError, WaitingMail, WebhookEndpoint, WebhookRetry,
};

/// Name of a book; also the name of its file.
pub type BookName = Token<40>;

/// A book as the control store knows it. What decisions depend on is in the book itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookRecord {
    /// Its name.
    pub name: BookName,
    /// True for a book whose money is not real.
    pub is_test: bool,
    /// When it was created, by the wall clock.
    pub created_at: Instant,
    /// A random number that is another one after every restore of a backup, so that whoever
    /// remembers a place of the journal notices that the journal went back. Zero in books from
    /// before there was such a number.
    pub incarnation: u64,
}

/// Books, API keys and what leaves books by itself, as they are at one instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ControlContents {
    /// Every book, by name.
    pub books: Vec<BookRecord>,
    /// Every key of every book, by id.
    pub keys: Vec<ApiKey>,
    /// For every book, in their order.
    pub outgoing: Vec<Outgoing>,
}

/// What leaves a book by itself, and how far whoever gets it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The book.
    pub book: BookName,
    /// Webhook endpoints, newest first.
    pub endpoints: Vec<ToldEndpoint>,
    /// How far the events that ask for mails were read; `None` before the first.
    pub mail_place: Option<EventPlace>,
    /// Mails that wait, the longest due first.
    pub mails: Vec<WaitingMail>,
}

/// A webhook endpoint with what is on its way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldEndpoint {
    /// The endpoint.
    pub endpoint: WebhookEndpoint,
    /// Deliveries that are tried again, the most urgent first.
    pub retries: Vec<WebhookRetry>,
}

/// What a key is good for at all, before its scopes are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// For servers: everything its scopes allow.
    Secret,
    /// For pages and apps in people's hands: looks cards up, and nothing else.
    Publishable,
}

/// An API key. The key itself is not here: only a keyed hash of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id, which is no secret.
    pub id: KeyId,
    /// The one book it opens.
    pub book: BookName,
    /// Secret or publishable.
    pub kind: KeyKind,
    /// Keyed hash of the key, made by the caller.
    pub hash: [u8; 16],
    /// What it allows, in the words of the API.
    pub scopes: String,
    /// The dated version of the API it was made under.
    pub version: String,
    /// Last four characters, for people to tell keys apart.
    pub last4: [u8; 4],
    /// When it was made, by the wall clock.
    pub created_at: Instant,
    /// When it was withdrawn, by the wall clock.
    pub revoked_at: Option<Instant>,
}

/// The request by which a key is made, so that a repetition of it makes no second one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyOperation {
    /// Keyed hash of the idempotency key.
    pub operation: [u8; 16],
    /// Fingerprint of the body.
    pub fingerprint: [u8; 16],
}

/// What became of a request for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyCreation {
    /// The key was made.
    Created,
    /// The same request had made this key before; nothing was done.
    Replayed(ApiKey),
    /// An earlier request used the same idempotency key for something else; nothing was done.
    Mismatch,
    /// This very key exists already, under whatever id; nothing was done.
    Exists(ApiKey),
}

/// Books, API keys, webhook endpoints and mails that wait. Few, small and rarely written: no
/// journal, no memory in front.
pub trait ControlStore: EndpointStore + MailStore {
    /// Adds a book.
    ///
    /// # Errors
    ///
    /// [`StoreError::BookExists`], or another [`StoreError`] as for every method here.
    fn create_book(&mut self, book: &BookRecord) -> Result<(), StoreError>;

    /// Every book, by name.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn books(&mut self) -> Result<Vec<BookRecord>, StoreError>;

    /// Makes a key, at most once for an operation.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoSuchBook`].
    fn create_key(
        &mut self,
        key: &ApiKey,
        operation: Option<&KeyOperation>,
    ) -> Result<KeyCreation, StoreError>;

    /// Every key of every book, withdrawn ones included, by id: what a server loads to check
    /// requests against.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn find_all_keys(&mut self) -> Result<Vec<ApiKey>, StoreError>;

    /// Keys of one book, withdrawn ones included, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn keys_of(&mut self, book: &BookName) -> Result<Vec<ApiKey>, StoreError>;

    /// Withdraws a key of a book; the time of the first withdrawal stays. `None` when the book
    /// has no such key.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn revoke_key(
        &mut self,
        book: &BookName,
        id: KeyId,
        at: Instant,
    ) -> Result<Option<ApiKey>, StoreError>;

    /// Forgets operations noted before `before` and tells how many.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn forget_key_operations(&mut self, before: Instant) -> Result<u64, StoreError>;
}

impl KeyKind {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            KeyKind::Secret => "secret",
            KeyKind::Publishable => "publishable",
        }
    }

    /// Reads the name back.
    pub fn parse(text: &str) -> Option<KeyKind> {
        [KeyKind::Secret, KeyKind::Publishable].into_iter().find(|kind| kind.as_str() == text)
    }
}
