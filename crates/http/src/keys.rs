//! API keys: where they are kept, and those used lately in memory.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use base::{Instant, KeyId};

use crate::api_key::KeyKind;
use crate::book::Book;
use crate::scope::Scopes;
use crate::version::Version;

/// What is known about a key. Its text is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// Its id.
    pub id: KeyId,
    /// Keyed hash of its text.
    pub hash: [u8; 16],
    /// Name of its book.
    pub book: String,
    /// Secret or publishable.
    pub kind: KeyKind,
    /// What it may do.
    pub scopes: Scopes,
    /// Date of the version it is pinned to.
    pub version: String,
    /// When it was made.
    pub created_at: Instant,
}

/// Where keys are kept.
pub trait KeyDirectory: Send + Sync {
    /// The key with this hash that is still valid.
    ///
    /// # Errors
    ///
    /// [`DirectoryError`] when the directory cannot be read now.
    fn find(&self, hash: [u8; 16]) -> Result<Option<KeyRecord>, DirectoryError>;

    /// Keeps a new key.
    ///
    /// # Errors
    ///
    /// [`DirectoryError`] when it cannot be written now.
    fn add(&self, record: &KeyRecord) -> Result<(), DirectoryError>;
}

/// The directory does not work now. The text is for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the directory of keys cannot be used: {0}")]
pub struct DirectoryError(pub String);

/// A directory that is gone when the process ends; for tests and demonstrations.
#[derive(Debug, Default)]
pub struct MemoryDirectory(Mutex<Vec<KeyRecord>>);

impl KeyDirectory for MemoryDirectory {
    fn find(&self, hash: [u8; 16]) -> Result<Option<KeyRecord>, DirectoryError> {
        let records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(records.iter().find(|record| record.hash == hash).cloned())
    }

    fn add(&self, record: &KeyRecord) -> Result<(), DirectoryError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(record.clone());
        Ok(())
    }
}

/// A valid key in use.
pub(crate) struct ApiKey {
    pub(crate) id: KeyId,
    pub(crate) kind: KeyKind,
    pub(crate) scopes: Scopes,
    pub(crate) version: Version,
    pub(crate) book: Arc<Book>,
    /// Sequence of the last write made with it, so that its lists show it.
    pub(crate) last_write: AtomicU64,
}

impl ApiKey {
    /// Remembers a write.
    pub(crate) fn wrote(&self, seq: u64) {
        self.last_write.fetch_max(seq, Ordering::Relaxed);
    }
}

/// How long a key is believed to be valid without asking again: a key withdrawn by another
/// process stops working within this time.
const BELIEVED_FOR: Duration = Duration::from_secs(60);

/// Keys in use, found by a hash of their text under a secret of this process. Only valid keys get
/// in, so there are never more of them than keys.
pub(crate) struct KeyCache {
    hashers: [RandomState; 2],
    keys: RwLock<HashMap<u128, Cached>>,
}

struct Cached {
    key: Arc<ApiKey>,
    asked_at: Duration,
}

/// What the cache knows about a presented key.
pub(crate) enum Known {
    /// Valid a moment ago.
    Valid(Arc<ApiKey>),
    /// Valid once; ask again.
    Stale(Arc<ApiKey>),
    /// Never seen.
    Unknown,
}

impl KeyCache {
    pub(crate) fn new() -> KeyCache {
        let hashers = [RandomState::new(), RandomState::new()];
        KeyCache { hashers, keys: RwLock::default() }
    }

    /// The place of a presented text. Two hashes under different secrets make 128 bits, so that
    /// nobody meets the place of somebody else's key by trying.
    pub(crate) fn place(&self, text: &str) -> u128 {
        let [first, second] = self.hashers.each_ref().map(|hasher| hasher.hash_one(text));
        u128::from(first) << 64 | u128::from(second)
    }

    pub(crate) fn get(&self, place: u128, now: Duration) -> Known {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        match keys.get(&place) {
            None => Known::Unknown,
            Some(cached) if now.saturating_sub(cached.asked_at) > BELIEVED_FOR => {
                Known::Stale(Arc::clone(&cached.key))
            }
            Some(cached) => Known::Valid(Arc::clone(&cached.key)),
        }
    }

    pub(crate) fn put(&self, place: u128, key: Arc<ApiKey>, asked_at: Duration) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.insert(place, Cached { key, asked_at });
    }

    pub(crate) fn remove(&self, place: u128) {
        self.keys.write().unwrap_or_else(PoisonError::into_inner).remove(&place);
    }
}
