//! What every request shares: books, keys, clock, limits.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use base::{Instant, KeyId, TypedId};
use outside::clock::Clock;
use outside::keyring::KeyRing;
use outside::people::PeopleKeys;
use outside::random::{self, Randomness, SystemRandomness};
use risk::budget::ClientHash;

use store::{BookName, ControlStore, KeyCreation, KeyKind, KeyOperation, StoreError};

use crate::account::{Outbox, Site};
use crate::answered::Answered;
use crate::api_key::{self, KeySecret, NewKey};
use crate::blocking;
use crate::book::Book;
use crate::inventory::AssumedFeed;
use crate::keys::{ApiKey, KeyTable, Known, UNKNOWN_FOR};
use crate::neighbors::{Miss, Neighbors};
use crate::place::{Place, Whereabouts};
use crate::problem::{Problem, catalog};
use crate::read_side::ReadSide;
use crate::scope::Scopes;
use crate::watch::{AnswerSeen, Watch};

/// Limits of the server, each with its unit.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a body; 1 MiB.
    pub body_bytes_max: usize,
    /// Bytes of the body of a batch; 4 MiB.
    pub batch_body_bytes_max: usize,
    /// Operations of one batch; 1,000.
    pub batch_operations_max: usize,
    /// Claims that one replay of all looks at; 20,000.
    pub claims_replayed_max: u32,
    /// Connections served at once; 10,000.
    pub connections_max: usize,
    /// Time in which the headers of a request must arrive, and an idle connection is kept; 30 s.
    pub header_time_max: Duration,
    /// Time in which a body must arrive; 10 s.
    pub body_time_max: Duration,
    /// Time that requests under way get when the server stops; 20 s.
    pub stop_time_max: Duration,
    /// After which time a look-up that failed is answered, whatever it failed of; 10 ms.
    pub lookup_failure_delay: Duration,
    /// Whether the `client` that a publishable look-up names is believed: only behind a proxy of
    /// one's own that writes it, for anybody can present such a key. Off.
    pub publishable_client_believed: bool,
    /// From which time on a request is logged as slow; 1 s.
    pub slow_request_min: Duration,
    /// How long a request waits for a book that changes hands between processes; 12 s, below the
    /// time that clients usually wait.
    pub forward_time_max: Duration,
    /// How long whoever pays a checkout waits for rails; 5 s.
    pub pay_time_max: Duration,
    /// How long the code of a new card can be shown again; 24 hours.
    pub code_shown_for: base::Span,
    /// Which addresses webhook endpoints may have; public ones.
    pub webhook_reach: webhooks::Reach,
    /// What is assumed of the feed where none is known, to tell what promotions will bring.
    pub assumed_feed: AssumedFeed,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            body_bytes_max: 1 << 20,
            batch_body_bytes_max: 4 << 20,
            batch_operations_max: 1_000,
            claims_replayed_max: 20_000,
            connections_max: 10_000,
            header_time_max: Duration::from_secs(30),
            body_time_max: Duration::from_secs(10),
            stop_time_max: Duration::from_secs(20),
            lookup_failure_delay: Duration::from_millis(10),
            publishable_client_believed: false,
            slow_request_min: Duration::from_secs(1),
            forward_time_max: Duration::from_secs(12),
            pay_time_max: Duration::from_secs(5),
            code_shown_for: base::Span::days(1),
            webhook_reach: webhooks::Reach::Public,
            assumed_feed: AssumedFeed::default(),
        }
    }
}

/// What an [`App`] is made of.
pub struct AppParts {
    /// The secrets of the installation.
    pub ring: Arc<KeyRing>,
    /// The keys of persons.
    pub people: Arc<PeopleKeys>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Where API keys are kept.
    pub control: Box<dyn ControlStore>,
    /// Limits.
    pub limits: Limits,
}

/// What every request shares.
pub struct App {
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) people: Arc<PeopleKeys>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: Limits,
    pub(crate) answered: Answered,
    pub(crate) watch: Watch,
    keys: KeyTable,
    places: RwLock<HashMap<String, Arc<Place>>>,
    /// Where people sign in; none when they cannot.
    site: Option<Site>,
    /// Mails about accounts on their way.
    pub(crate) outbox: Outbox,
    /// None when this process is the only one.
    neighbors: Option<Neighbors>,
    /// True while nobody tells which process owns what.
    is_cut_off: AtomicBool,
    client_hasher: RandomState,
}

impl App {
    /// An app without books.
    pub fn new(parts: AppParts) -> App {
        let AppParts { ring, people, clock, control, limits } = parts;
        App {
            ring,
            people,
            clock,
            limits,
            answered: Answered::default(),
            watch: Watch::default(),
            keys: KeyTable::new(control),
            places: RwLock::default(),
            site: None,
            outbox: Outbox::default(),
            neighbors: None,
            is_cut_off: AtomicBool::new(false),
            client_hasher: RandomState::new(),
        }
    }

    /// Tells `watcher` about every answer from now on, on the thread that makes it: it must be
    /// quick. Only the first watcher is told.
    pub fn watch(&self, watcher: impl Fn(&AnswerSeen<'_>) + Send + Sync + 'static) {
        self.watch.set(Box::new(watcher));
    }

    /// The same with accounts: people sign in at this site.
    #[must_use]
    pub fn with_site(mut self, site: Site) -> App {
        self.site = Some(site);
        self
    }

    /// Where people sign in.
    pub(crate) fn site(&self) -> Option<&Site> {
        self.site.as_ref()
    }

    /// The same as one of several processes over one database: requests for books that are not
    /// here are passed on to their owners, and those of the other processes are known.
    #[must_use]
    pub fn among_processes(mut self) -> App {
        self.neighbors = Some(Neighbors::new(&self.ring));
        self
    }

    /// The way to the other processes, if there may be some.
    pub(crate) fn neighbors(&self) -> Option<&Neighbors> {
        self.neighbors.as_ref()
    }

    /// Serves a book here from now on.
    pub fn add_book(&self, book: Book) -> Arc<Book> {
        let book = Arc::new(book);
        self.put(book.book_name(), Whereabouts::Here(Arc::clone(&book)));
        book
    }

    /// A book is not served here: it is in the process at this address (`http://host:port`), or
    /// changes hands. Books that nobody told of do not exist, and their keys open nothing.
    pub fn put_elsewhere(&self, name: &BookName, address: Option<&str>) {
        self.put(
            name,
            address.map_or(Whereabouts::Nowhere, |address| Whereabouts::Elsewhere(address.into())),
        );
    }

    /// Whether the database has been silent for so long that this process owns nothing any more and
    /// does not know who does: then it is not ready, whatever it was told before.
    pub fn put_cut_off(&self, is_cut_off: bool) {
        self.is_cut_off.store(is_cut_off, Ordering::Relaxed);
    }

    pub(crate) fn is_cut_off(&self) -> bool {
        self.is_cut_off.load(Ordering::Relaxed)
    }

    /// Lists and reports of a book are read here whoever owns it. Returns its read side, for the
    /// time in which it is served here: the one that was given first.
    pub fn read_here(&self, reads: ReadSide) -> Arc<ReadSide> {
        let name = reads.record().name.clone();
        self.place_or_new(&name).read_here(reads)
    }

    fn put(&self, name: &BookName, is: Whereabouts) {
        self.place_or_new(name).set(is);
    }

    fn place_or_new(&self, name: &BookName) -> Arc<Place> {
        if let Some(place) = self.place(name.as_str()) {
            return place;
        }
        let mut places = self.places.write().unwrap_or_else(PoisonError::into_inner);
        let place = places.entry(name.to_string());
        let new = || Arc::new(Place::new(name.clone(), Whereabouts::Nowhere));
        Arc::clone(place.or_insert_with(new))
    }

    /// Every book wherever it is served, in order of their names.
    pub(crate) fn places(&self) -> Vec<Arc<Place>> {
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = places.values().cloned().collect();
        all.sort_by(|one, other| one.name().cmp(other.name()));
        all
    }

    /// True when there is a book of this name, wherever it is served.
    pub(crate) fn has_place(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// A book of the installation, wherever it is served.
    pub(crate) fn place(&self, name: &str) -> Option<Arc<Place>> {
        self.places.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The books that are served here, in order of their names.
    pub fn books(&self) -> Vec<Arc<Book>> {
        self.places().iter().filter_map(|place| place.book()).collect()
    }

    /// The book of this name, when it is served here.
    pub fn book(&self, name: &str) -> Option<Arc<Book>> {
        self.place(name)?.book()
    }

    /// Keeps a key, so that its text is accepted from now on. Returns its id; a key that exists
    /// already keeps its id and scopes. Blocks for a moment.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn add_key(
        &self,
        secret: &KeySecret,
        kind: KeyKind,
        book: &Book,
        scopes: Scopes,
    ) -> Result<KeyId, StoreError> {
        let row = self.key_row(&NewKey { secret, kind, scopes }, book);
        match self.keys.create(&row, None)? {
            KeyCreation::Exists(former) | KeyCreation::Replayed(former) => Ok(former.id),
            KeyCreation::Created | KeyCreation::Mismatch => Ok(row.id),
        }
    }

    /// A new key as it is kept.
    pub(crate) fn key_row(&self, key: &NewKey<'_>, book: &Book) -> store::ApiKey {
        key.row(&self.ring, book.book_name(), self.new_id(), self.clock.now())
    }

    /// The valid key with this text.
    ///
    /// # Errors
    ///
    /// `unauthorized`, or `unavailable` when the control store cannot be read.
    pub(crate) async fn key(self: &Arc<App>, text: &str) -> Result<Arc<ApiKey>, Problem> {
        let asked_at = self.clock.monotonic();
        let hash = || api_key::presented_hash(&self.ring, text);
        let mut known = self.keys.find(text, asked_at, hash);
        // Another process may have made it a moment ago: then it is looked for once more.
        let is_late = matches!(known, Known::Invalid) && self.neighbors.is_some();
        if is_late {
            tokio::time::sleep(UNKNOWN_FOR).await;
        }
        if is_late || matches!(known, Known::ReadAgain) {
            self.with_keys(move |app| {
                app.keys.read_again(asked_at, || app.clock.monotonic(), |name| app.place(name))
            })
            .await
            // Another process may read them, or this one again in a moment.
            .map_err(|problem| problem.missed(Miss::NothingDone))?;
            // As of when it was asked: what was read since is new enough, however long it took.
            known = self.keys.find(text, asked_at, hash);
        }
        match known {
            Known::Valid(key) => Ok(key),
            Known::Invalid | Known::ReadAgain => Err(Problem::new(&catalog::UNAUTHORIZED)),
        }
    }

    /// The book that a key opened when the keys could be read last.
    pub(crate) fn last_place(&self, text: &str) -> Option<Arc<Place>> {
        self.keys.last_place(text, || api_key::presented_hash(&self.ring, text))
    }

    /// Keeps a new key, at most once for an operation.
    ///
    /// # Errors
    ///
    /// `unavailable`.
    pub(crate) async fn create_key(
        self: &Arc<App>,
        row: store::ApiKey,
        operation: Option<KeyOperation>,
    ) -> Result<KeyCreation, Problem> {
        self.with_keys(move |app| app.keys.create(&row, operation.as_ref())).await
    }

    /// Uses the control store without blocking the other requests.
    ///
    /// # Errors
    ///
    /// `unavailable`.
    pub(crate) async fn in_control<T: Send + 'static>(
        self: &Arc<App>,
        work: impl FnOnce(&mut dyn ControlStore) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.with_keys(move |app| app.keys.with_store(work)).await
    }

    /// Uses the keys without blocking the other requests.
    async fn with_keys<T: Send + 'static>(
        self: &Arc<App>,
        work: impl FnOnce(&App) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let app = Arc::clone(self);
        let done = blocking::spawn(move || work(&app)).await;
        done.map_err(|_| Problem::new(&catalog::UNAVAILABLE))?.map_err(|error| {
            tracing::warn!(%error, "the control store does not answer");
            Problem::new(&catalog::UNAVAILABLE)
        })
    }

    /// A new id of any type.
    pub(crate) fn new_id<Id: TypedId>(&self) -> Id {
        random::new_id(self.clock.now(), &mut SystemRandomness)
    }

    /// Sixty-four random bits that are not zero.
    pub(crate) fn nonce(&self) -> u64 {
        SystemRandomness.next_u64().max(1)
    }

    /// The wall clock.
    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// What tells one client from another, under a secret of this process.
    pub(crate) fn client_hash(&self, identity: impl std::hash::Hash) -> ClientHash {
        ClientHash(self.client_hasher.hash_one(identity))
    }
}
