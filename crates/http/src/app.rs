//! What every request shares: books, keys, clock, limits.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use base::{Instant, KeyId, TypedId};
use outside::clock::Clock;
use outside::keyring::KeyRing;
use outside::people::PeopleKeys;
use outside::random::{self, Randomness, SystemRandomness};
use risk::budget::ClientHash;

use crate::api_key::{KeyKind, KeySecret};
use crate::book::Book;
use crate::keys::{ApiKey, DirectoryError, KeyCache, KeyDirectory, KeyRecord, Known};
use crate::problem::{Problem, catalog};
use crate::scope::Scopes;
use crate::version::Version;

/// Limits of the server, each with its unit.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a body; 1 MiB.
    pub body_bytes_max: usize,
    /// Bytes of the body of a batch; 4 MiB.
    pub batch_body_bytes_max: usize,
    /// Operations of one batch; 1,000.
    pub batch_operations_max: usize,
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
    /// How long the code of a new card can be shown again; 24 hours.
    pub code_shown_for: base::Span,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            body_bytes_max: 1 << 20,
            batch_body_bytes_max: 4 << 20,
            batch_operations_max: 1_000,
            connections_max: 10_000,
            header_time_max: Duration::from_secs(30),
            body_time_max: Duration::from_secs(10),
            stop_time_max: Duration::from_secs(20),
            lookup_failure_delay: Duration::from_millis(10),
            code_shown_for: base::Span::days(1),
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
    pub directory: Arc<dyn KeyDirectory>,
    /// Limits.
    pub limits: Limits,
}

/// What every request shares.
pub struct App {
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) people: Arc<PeopleKeys>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: Limits,
    directory: Arc<dyn KeyDirectory>,
    keys: KeyCache,
    books: RwLock<HashMap<String, Arc<Book>>>,
    client_hasher: RandomState,
}

impl App {
    /// An app without books.
    pub fn new(parts: AppParts) -> App {
        let AppParts { ring, people, clock, directory, limits } = parts;
        App {
            ring,
            people,
            clock,
            limits,
            directory,
            keys: KeyCache::new(),
            books: RwLock::default(),
            client_hasher: RandomState::new(),
        }
    }

    /// Serves a book from now on.
    pub fn add_book(&self, book: Book) -> Arc<Book> {
        let book = Arc::new(book);
        let mut books = self.books.write().unwrap_or_else(PoisonError::into_inner);
        books.insert(book.name().to_owned(), Arc::clone(&book));
        book
    }

    /// The books that are served, in order of their names.
    pub fn books(&self) -> Vec<Arc<Book>> {
        let books = self.books.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = books.values().cloned().collect();
        all.sort_by(|one, other| one.name().cmp(other.name()));
        all
    }

    /// The book of this name.
    pub fn book(&self, name: &str) -> Option<Arc<Book>> {
        self.books.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Keeps a key, so that its text is accepted from now on. Returns its id; one that is known
    /// already keeps its id and scopes.
    ///
    /// # Errors
    ///
    /// [`DirectoryError`].
    pub fn add_key(
        &self,
        secret: &KeySecret,
        kind: KeyKind,
        book: &Book,
        scopes: Scopes,
    ) -> Result<KeyId, DirectoryError> {
        let hash = self.key_hash(secret.reveal());
        if let Some(known) = self.directory.find(hash)? {
            return Ok(known.id);
        }
        let scopes = if kind == KeyKind::Publishable { Scopes::LOOK_UP } else { scopes };
        let record = KeyRecord {
            id: self.new_id(),
            hash,
            book: book.name().to_owned(),
            kind,
            scopes,
            version: Version::NEWEST.as_str().to_owned(),
            created_at: self.clock.now(),
        };
        self.directory.add(&record)?;
        Ok(record.id)
    }

    /// The valid key with this text.
    pub(crate) async fn key(self: &Arc<App>, text: &str) -> Result<Arc<ApiKey>, Problem> {
        let place = self.keys.place(text);
        let former = match self.keys.get(place, self.clock.monotonic()) {
            Known::Valid(key) => return Ok(key),
            Known::Stale(key) => Some(key),
            Known::Unknown => None,
        };
        let record = self.find_key(self.key_hash(text)).await?;
        let Some(record) = record else {
            self.keys.remove(place);
            return Err(Problem::new(&catalog::UNAUTHORIZED));
        };
        let fresh = match former {
            Some(former) if former.id == record.id => former,
            _ => Arc::new(self.key_of_record(&record)?),
        };
        self.keys.put(place, Arc::clone(&fresh), self.clock.monotonic());
        Ok(fresh)
    }

    /// Looks a key up without blocking the other requests.
    pub(crate) async fn find_key(
        self: &Arc<App>,
        hash: [u8; 16],
    ) -> Result<Option<KeyRecord>, Problem> {
        let app = Arc::clone(self);
        let found = tokio::task::spawn_blocking(move || app.directory.find(hash)).await;
        found.map_err(|_| Problem::new(&catalog::UNAVAILABLE))?.map_err(directory_problem)
    }

    /// Keeps a new key without blocking the other requests.
    pub(crate) async fn keep_key(self: &Arc<App>, record: KeyRecord) -> Result<(), Problem> {
        let app = Arc::clone(self);
        let added = tokio::task::spawn_blocking(move || app.directory.add(&record)).await;
        added.map_err(|_| Problem::new(&catalog::UNAVAILABLE))?.map_err(directory_problem)
    }

    pub(crate) fn key_hash(&self, text: &str) -> [u8; 16] {
        self.ring.short_hash("api key", text.as_bytes())
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

    fn key_of_record(&self, record: &KeyRecord) -> Result<ApiKey, Problem> {
        // A key of a book that is not served here is as good as none.
        let book = self.book(&record.book);
        let book = book.ok_or_else(|| Problem::new(&catalog::UNAUTHORIZED))?;
        Ok(ApiKey {
            id: record.id,
            kind: record.kind,
            scopes: record.scopes,
            version: Version::parse(&record.version).unwrap_or(Version::NEWEST),
            book,
            last_write: Default::default(),
        })
    }
}

fn directory_problem(error: DirectoryError) -> Problem {
    tracing::warn!(%error, "the directory of keys does not answer");
    Problem::new(&catalog::UNAVAILABLE)
}
