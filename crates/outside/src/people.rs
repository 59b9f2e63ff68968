//! One key per person: personal text is sealed under it, and destroying it erases the text in
//! every copy there is.
//!
//! The keys are kept in `people.db`, beside the key ring and away from the data: the journal and
//! its backups hold only ciphertext, and nothing in them has to be rewritten when somebody is
//! erased. Each key is random, never changes, and is stored wrapped by a key of the ring; rotating
//! the ring re-wraps the keys ([`PeopleKeys::rewrap`]) and leaves sealed text alone.
//!
//! Erasure leaves a mark, so that *erased* and *lost* can be told apart: a person without key and
//! without mark means that `people.db` is older than the data, and that is an error.

mod accounts;
mod cache;
mod store;

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base::PersonId;
use chacha20poly1305::XChaCha20Poly1305;

use crate::cipher::{decrypt, encrypt};
use crate::clock::{Clock, SystemClock};
use crate::keyring::{KeyRing, RingError};
use crate::strict_files::FileError;
pub use accounts::{
    AccountRows, Accounts, ActDone, Agreed, AssignedTo, KnownAct, KnownApproval, KnownMessage,
    KnownPasskey, KnownPerson, KnownSignIn, KnownTotp, PasskeyFound, TalkFilter, TalkPlace,
};
use cache::RecentCache;
use store::{KeyStore, Stored};

/// Name of the file inside the folder given to [`PeopleKeys::open_or_create`].
pub const PEOPLE_FILE: &str = "people.db";

/// Unwrapped keys kept in memory: about 1.5 MB.
pub const CACHED_KEYS_MAX: usize = 10_000;

/// How long an unwrapped key is kept before it is read again: so an erasure made by another
/// process on the same file is felt within a minute. This process's own erasures act at once.
pub const CACHED_FOR: Duration = Duration::from_secs(60);

/// First byte of every sealed text.
const SEALED_FORMAT: u8 = 1;

/// The keys of all persons of an installation. Share one among all threads.
pub struct PeopleKeys {
    store: Mutex<KeyStore>,
    cache: Mutex<RecentCache<PersonId, XChaCha20Poly1305>>,
    clock: SystemClock,
}

impl PeopleKeys {
    /// Opens `people.db` in `folder`, which is the ring's folder, or creates it.
    ///
    /// # Errors
    ///
    /// [`PeopleError::File`] when others could read it; [`PeopleError::Ring`] when it was made with
    /// another ring; [`PeopleError::Database`].
    pub fn open_or_create(folder: &Path, ring: &KeyRing) -> Result<Self, PeopleError> {
        let store = KeyStore::open_or_create(&folder.join(PEOPLE_FILE), ring)?;
        let cache = RecentCache::new(CACHED_KEYS_MAX, CACHED_FOR);
        Ok(Self { store: Mutex::new(store), cache: Mutex::new(cache), clock: SystemClock::new() })
    }

    /// Seals a text of a person. The same purpose must be named to open it.
    ///
    /// The first text of a person makes their key, which is on disk before this returns: that
    /// costs a disk sync, so seal the texts of many new persons with [`PeopleKeys::seal_many`].
    /// The length of the text can be seen from the outside.
    ///
    /// # Errors
    ///
    /// [`PeopleError::Erased`] for an erased person: ids are never used again;
    /// [`PeopleError::Ring`] when the ring lacks the wrapping key; [`PeopleError::Database`].
    pub fn seal(
        &self,
        person: PersonId,
        purpose: &str,
        plain: &str,
    ) -> Result<Vec<u8>, PeopleError> {
        let mut sealed = self.seal_many(&[PlainText { person, purpose, plain }])?;
        Ok(sealed.pop().expect("one text in, one sealed text out"))
    }

    /// Seals texts of any number of persons, in order, with at most one disk sync.
    ///
    /// # Errors
    ///
    /// As [`PeopleKeys::seal`]; then none is sealed.
    pub fn seal_many(&self, texts: &[PlainText<'_>]) -> Result<Vec<Vec<u8>>, PeopleError> {
        let keys = self.keys_for_sealing(texts)?;
        Ok(texts.iter().zip(&keys).map(|(text, key)| seal_text(key, text)).collect())
    }

    /// Opens a sealed text, or says that its person was erased.
    ///
    /// # Errors
    ///
    /// [`PeopleError::Damaged`] when person or purpose are not those it was sealed for, or
    /// the bytes were changed; [`PeopleError::KeyMissing`] when `people.db` is older than the data.
    pub fn open(
        &self,
        person: PersonId,
        purpose: &str,
        sealed: &[u8],
    ) -> Result<Opened, PeopleError> {
        let Some(key) = self.key_for_opening(person)? else {
            return Ok(Opened::Erased);
        };
        let damaged = PeopleError::Damaged(person);
        let Some((&SEALED_FORMAT, sealed)) = sealed.split_first() else {
            return Err(damaged);
        };
        let plain = decrypt(&key, sealed, &text_context(person, purpose));
        match plain.map(String::from_utf8) {
            Some(Ok(text)) => Ok(Opened::Text(text)),
            _ => Err(damaged),
        }
    }

    /// Destroys a person's key: all their sealed text, wherever it is, can no longer be opened.
    ///
    /// Erasing twice, or somebody who never had a key, is fine. It is on disk when this returns.
    ///
    /// # Errors
    ///
    /// [`PeopleError::Database`].
    pub fn erase(&self, person: PersonId) -> Result<(), PeopleError> {
        let mut store = self.store();
        store.erase(person)?;
        // Under the store's lock, so that no reader can put the key back in between.
        self.cache().remove(person);
        Ok(())
    }

    /// Takes over a rotated ring and wraps every key anew by its current key; returns how many.
    ///
    /// Afterwards the older versions are no longer needed for personal text. It may be stopped and
    /// repeated at any time.
    ///
    /// # Errors
    ///
    /// [`PeopleError::Ring`] when it is another ring or lacks a wrapping key in use;
    /// [`PeopleError::Database`].
    pub fn rewrap(&self, ring: &KeyRing) -> Result<u64, PeopleError> {
        self.store().rewrap(ring)
    }

    fn keys_for_sealing(
        &self,
        texts: &[PlainText<'_>],
    ) -> Result<Vec<XChaCha20Poly1305>, PeopleError> {
        let cached: Option<Vec<_>> = {
            let now = self.clock.monotonic();
            let mut cache = self.cache();
            texts.iter().map(|text| cache.get(text.person, now)).collect()
        };
        if let Some(keys) = cached {
            return Ok(keys);
        }
        let mut store = self.store();
        let persons: Vec<_> = texts.iter().map(|text| text.person).collect();
        let keys = store.load_or_create(&persons)?;
        let mut cache = self.cache();
        for (person, key) in persons.iter().zip(&keys) {
            cache.insert(*person, key.clone(), self.clock.monotonic());
        }
        Ok(keys)
    }

    fn key_for_opening(&self, person: PersonId) -> Result<Option<XChaCha20Poly1305>, PeopleError> {
        if let Some(key) = self.cache().get(person, self.clock.monotonic()) {
            return Ok(Some(key));
        }
        let store = self.store();
        match store.load(person)? {
            Stored::Key(key) => {
                self.cache().insert(person, key.clone(), self.clock.monotonic());
                Ok(Some(key))
            }
            Stored::Erased => Ok(None),
            Stored::Nothing => Err(PeopleError::KeyMissing(person)),
        }
    }

    /// Where both locks are taken, this one comes first. A thread that panicked while holding it
    /// left no half change behind, because changes are transactions.
    fn store(&self) -> MutexGuard<'_, KeyStore> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cache(&self) -> MutexGuard<'_, RecentCache<PersonId, XChaCha20Poly1305>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for PeopleKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PeopleKeys").finish_non_exhaustive()
    }
}

/// A text to seal.
#[derive(Clone, Copy)]
pub struct PlainText<'a> {
    /// Whose text it is.
    pub person: PersonId,
    /// What it is, such as `gift_card.message`; sealed text cannot be moved to another purpose.
    pub purpose: &'a str,
    /// The text.
    pub plain: &'a str,
}

/// What became of a sealed text.
#[derive(Clone, PartialEq, Eq)]
pub enum Opened {
    /// The text.
    Text(String),
    /// The person was erased; the text is gone for good.
    Erased,
}

impl fmt::Debug for Opened {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Erased => "Erased",
        })
    }
}

/// Why personal text could not be sealed or opened. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The file was refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// The key ring does not fit, or lacks a key.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// SQLite failed.
    #[error("people.db cannot be used: {0}")]
    Database(#[from] rusqlite::Error),
    /// The file was written by a newer program.
    #[error("people.db has layout {0}, which this version does not know")]
    UnknownLayout(i64),
    /// The person was erased, and ids are never used again.
    #[error("person {0} was erased")]
    Erased(PersonId),
    /// There is ciphertext of this person but no key and no mark of erasure.
    #[error(
        "people.db knows nothing of person {0}, whose text the data contains: it is probably a \
         copy from before that person; restore a newer one"
    )]
    KeyMissing(PersonId),
    /// A row of an account has a value that no version has written.
    #[error("people.db has a damaged row in its table {0}")]
    DamagedRow(&'static str),
    /// The bytes are not what was sealed for this person and purpose.
    #[error("a sealed text or key of person {0} is damaged or in the wrong place")]
    Damaged(PersonId),
}

fn seal_text(key: &XChaCha20Poly1305, text: &PlainText<'_>) -> Vec<u8> {
    let mut sealed = vec![SEALED_FORMAT];
    let context = text_context(text.person, text.purpose);
    sealed.extend(encrypt(key, text.plain.as_bytes(), &context));
    sealed
}

/// Binds a sealed text to its person and purpose.
fn text_context(person: PersonId, purpose: &str) -> Vec<u8> {
    [b"makegood text ".as_slice(), &person.to_bytes(), purpose.as_bytes()].concat()
}
