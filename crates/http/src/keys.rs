//! API keys in use: all of them in memory, read again from the control store from time to time.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use base::KeyId;
use store::{ControlStore, KeyCreation, KeyKind, KeyOperation, StoreError};

use crate::place::Place;
use crate::scope::Scopes;
use crate::version::Version;

/// A valid key in use.
pub(crate) struct ApiKey {
    pub(crate) id: KeyId,
    pub(crate) kind: KeyKind,
    pub(crate) scopes: Scopes,
    pub(crate) version: Version,
    /// The book it opens, wherever that is served.
    pub(crate) place: Arc<Place>,
    /// Sequence of the last write made with it here, so that its lists show it.
    pub(crate) last_write: AtomicU64,
}

impl ApiKey {
    /// Remembers a write.
    pub(crate) fn wrote(&self, seq: u64) {
        self.last_write.fetch_max(seq, Ordering::Relaxed);
    }
}

/// How long the keys in memory are believed: one that another process withdrew stops working
/// within this time.
const BELIEVED_FOR: Duration = Duration::from_secs(60);

/// How long an unknown key stays unknown without reading again, so that nobody can keep the
/// control store busy with invented keys.
pub(crate) const UNKNOWN_FOR: Duration = Duration::from_secs(1);

/// Every valid key, and where they are kept.
pub(crate) struct KeyTable {
    control: Mutex<Control>,
    loaded: RwLock<Loaded>,
    hashers: [RandomState; 2],
}

struct Control {
    store: Box<dyn ControlStore>,
    /// When it could not be read last, and why.
    failed: Option<(Duration, StoreError)>,
}

#[derive(Default)]
struct Loaded {
    at: Option<Duration>,
    by_hash: HashMap<[u8; 16], Arc<ApiKey>>,
    /// Keys that were presented, by the cheap hash of their text. Only valid ones get in.
    by_place: HashMap<u128, Arc<ApiKey>>,
}

/// What is known about a presented key.
pub(crate) enum Known {
    /// It is valid.
    Valid(Arc<ApiKey>),
    /// There is no such key.
    Invalid,
    /// The keys must be read again first.
    ReadAgain,
}

impl KeyTable {
    pub(crate) fn new(control: Box<dyn ControlStore>) -> KeyTable {
        let hashers = [RandomState::new(), RandomState::new()];
        let control = Mutex::new(Control { store: control, failed: None });
        KeyTable { control, loaded: RwLock::default(), hashers }
    }

    /// What memory says about a key. `hash` makes the keyed hash under which it is kept, and is
    /// called for keys that have not been presented lately.
    pub(crate) fn find(&self, text: &str, now: Duration, hash: impl Fn() -> [u8; 16]) -> Known {
        let place = self.place(text);
        {
            let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
            let Some(age) = loaded.at.map(|at| now.saturating_sub(at)) else {
                return Known::ReadAgain;
            };
            if age > BELIEVED_FOR {
                return Known::ReadAgain;
            }
            if let Some(key) = loaded.by_place.get(&place) {
                return Known::Valid(Arc::clone(key));
            }
            if !loaded.by_hash.contains_key(&hash()) {
                return if age > UNKNOWN_FOR { Known::ReadAgain } else { Known::Invalid };
            }
        }
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        let Some(key) = loaded.by_hash.get(&hash()).cloned() else { return Known::ReadAgain };
        loaded.by_place.insert(place, Arc::clone(&key));
        Known::Valid(key)
    }

    /// The book that a key opened when the keys were read last, however long ago. That process
    /// which owns the book may know whether it still does.
    pub(crate) fn last_place(&self, text: &str, hash: impl Fn() -> [u8; 16]) -> Option<Arc<Place>> {
        let place = self.place(text);
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        let key = loaded.by_place.get(&place).or_else(|| loaded.by_hash.get(&hash()))?;
        Some(Arc::clone(&key.place))
    }

    /// Reads all keys again, unless somebody else has done so since `asked_at`, or has failed:
    /// those who wait for a store that is silent do not ask it one after the other. Blocks.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub(crate) fn read_again(
        &self,
        asked_at: Duration,
        now: impl Fn() -> Duration,
        place: impl Fn(&str) -> Option<Arc<Place>>,
    ) -> Result<(), StoreError> {
        let mut control = self.control();
        let former = {
            let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
            if loaded.at.is_some_and(|at| at > asked_at) {
                return Ok(());
            }
            loaded.by_hash.clone()
        };
        if let Some((at, why)) = &control.failed
            && *at > asked_at
        {
            return Err(why.clone());
        }
        let rows = match control.store.find_all_keys() {
            Ok(rows) => rows,
            Err(why) => {
                control.failed = Some((now(), why.clone()));
                return Err(why);
            }
        };
        let mut by_hash = HashMap::new();
        for row in rows.into_iter().filter(|row| row.revoked_at.is_none()) {
            // A key of a book that nobody told of is as good as none.
            let Some(place) = place(row.book.as_str()) else { continue };
            // The same key stays the same object: it remembers its last write.
            let known = former.get(&row.hash).filter(|key| key.id == row.id).cloned();
            by_hash.insert(row.hash, known.unwrap_or_else(|| Arc::new(in_use(&row, place))));
        }
        let at = Some(now());
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        *loaded = Loaded { at, by_hash, by_place: HashMap::new() };
        Ok(())
    }

    /// Keeps a new key; the next request that presents it finds it. Blocks.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub(crate) fn create(
        &self,
        key: &store::ApiKey,
        operation: Option<&KeyOperation>,
    ) -> Result<KeyCreation, StoreError> {
        let created = self.control().store.create_key(key, operation)?;
        self.loaded.write().unwrap_or_else(PoisonError::into_inner).at = None;
        Ok(created)
    }

    /// Uses the store where keys are kept, and what else belongs to no book. Blocks.
    pub(crate) fn with_store<T>(&self, work: impl FnOnce(&mut dyn ControlStore) -> T) -> T {
        work(self.control().store.as_mut())
    }

    fn control(&self) -> MutexGuard<'_, Control> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place of a presented text. Two hashes under secrets of this process make 128 bits, so
    /// that nobody meets the place of somebody else's key by trying.
    fn place(&self, text: &str) -> u128 {
        let [first, second] = self.hashers.each_ref().map(|hasher| hasher.hash_one(text));
        u128::from(first) << 64 | u128::from(second)
    }
}

fn in_use(row: &store::ApiKey, place: Arc<Place>) -> ApiKey {
    let scopes = match row.kind {
        KeyKind::Publishable => Scopes::LOOK_UP,
        KeyKind::Secret => Scopes::of_text(&row.scopes),
    };
    ApiKey {
        id: row.id,
        kind: row.kind,
        scopes,
        version: Version::parse(&row.version).unwrap_or(Version::NEWEST),
        last_write: AtomicU64::new(0),
        place,
    }
}

#[cfg(test)]
mod tests;
