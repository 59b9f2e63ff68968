//! The key ring: every long-lived secret of an installation, in one small file.
//!
//! # Words
//!
//! *Key version*: a numbered root secret; every key is derived from one, for one purpose.
//! *Current*: the version new codes, hashes and person keys are made with. *Readable*: an older
//! version still in use for what was made with it. *Retired*: a version that is refused.
//! *Anchor*: a secret beside the versions that never rotates.
//!
//! # Invariants
//!
//! * Versions are numbered 1, 2, 3, … without gaps; exactly one is current.
//! * The ring lives outside the data folder and its backups: [`refuse_inside`].
//! * Nothing here prints a secret: `Debug` is redacted and errors never quote the file.
//!
//! `docs/keys.md` explains to operators what the keys protect, and how to back up and rotate.

mod codes;
mod file;
mod links;
mod recipients;
mod sealing;
mod subkeys;

use std::fmt;
use std::path::{Path, PathBuf};

use base::Instant;

use crate::random::Randomness;
pub use crate::strict_files::FileError;
pub(crate) use subkeys::SECRET_BYTES;
use subkeys::{Prf, Secret, SubKeys, hex, length_prefix};

/// Bytes of a keyed hash.
pub const HASH_BYTES: usize = 16;

/// Most key versions a ring holds; a yearly rotation reaches it after a century.
pub const KEY_VERSIONS_MAX: usize = 100;

/// The secrets of one installation, ready for use.
///
/// A ring does not change while the server runs with it; [`KeyRing::rotate`] makes the next one,
/// which is then put in its place. Cloning it is cheap enough for start-up, not for requests:
/// share it.
#[derive(Clone)]
pub struct KeyRing {
    anchor: Secret,
    short_hash: Prf,
    versions: Vec<KeyVersion>,
    current: KeyNumber,
}

impl KeyRing {
    /// A ring with one fresh key version.
    pub fn generate(now: Instant, random: &mut dyn Randomness) -> Self {
        let anchor = Secret::random(random);
        let first = KeyVersion::fresh(KeyNumber::FIRST, now, random);
        Self::assemble(anchor, vec![first], KeyNumber::FIRST)
    }

    /// The ring after a rotation: a fresh version is current, the one that was is readable.
    ///
    /// # Errors
    ///
    /// [`RingError::Full`] at [`KEY_VERSIONS_MAX`] versions.
    pub fn rotate(&self, now: Instant, random: &mut dyn Randomness) -> Result<Self, RingError> {
        if self.versions.len() >= KEY_VERSIONS_MAX {
            return Err(RingError::Full);
        }
        let mut versions = self.versions.clone();
        versions[self.current.place()].state = KeyState::Readable;
        let number = KeyNumber(self.newest().0 + 1);
        versions.push(KeyVersion::fresh(number, now, random));
        Ok(Self::assemble(self.anchor.clone(), versions, number))
    }

    /// The ring without a version that nothing needs any longer.
    ///
    /// Every code hash and e-mail hash made with it stops being found, and person keys wrapped by
    /// it cannot be unwrapped: first re-hash the cards and run `PeopleKeys::rewrap`.
    ///
    /// # Errors
    ///
    /// [`RingError::UnknownKey`]; [`RingError::RetiresCurrent`] for the current version.
    pub fn retire(&self, number: KeyNumber) -> Result<Self, RingError> {
        if number == self.current {
            return Err(RingError::RetiresCurrent);
        }
        if number > self.newest() {
            return Err(RingError::UnknownKey(number));
        }
        let mut versions = self.versions.clone();
        versions[number.place()].state = KeyState::Retired;
        Ok(Self::assemble(self.anchor.clone(), versions, self.current))
    }

    /// The number of the version that new things are made with.
    pub fn current(&self) -> KeyNumber {
        self.current
    }

    /// Every version's number, state and age, oldest first; for `makegood keys`.
    pub fn versions(&self) -> impl Iterator<Item = (KeyNumber, KeyState, Instant)> + '_ {
        self.versions.iter().map(|version| (version.number, version.state, version.created_at))
    }

    /// Sixteen hexadecimal digits that tell rings apart and reveal nothing of them.
    ///
    /// It stays the same over rotations, so that a book can remember it.
    pub fn fingerprint(&self) -> String {
        hex(&Prf::new(&self.anchor.derive("makegood fingerprint")).compute(&[])[..8])
    }

    /// Refuses this ring for data that was written with another one, or with a newer state of it.
    ///
    /// # Errors
    ///
    /// [`RingError::WrongRing`] when the fingerprints differ; [`RingError::TooOld`] when the data
    /// already uses a key version that this ring does not have.
    pub fn check_belongs(
        &self,
        remembered_fingerprint: &str,
        newest_key_used: KeyNumber,
    ) -> Result<(), RingError> {
        let fingerprint = self.fingerprint();
        if fingerprint != remembered_fingerprint {
            return Err(RingError::WrongRing {
                expected: remembered_fingerprint.to_owned(),
                found: fingerprint,
            });
        }
        if newest_key_used > self.newest() {
            return Err(RingError::TooOld { needed: newest_key_used, newest: self.newest() });
        }
        Ok(())
    }

    /// A keyed 128-bit hash of `bytes`, different for every label: for operation keys, request
    /// fingerprints and API keys.
    ///
    /// It hangs on the anchor and so survives rotation: were it to change, a repeated
    /// idempotency key would not be recognized and money would move twice. What it hashes is
    /// either short-lived or long and random, so a leaked anchor alone opens nothing.
    pub fn short_hash(&self, label: &str, bytes: &[u8]) -> [u8; HASH_BYTES] {
        self.short_hash.short(&[&length_prefix(label.as_bytes()), label.as_bytes(), bytes])
    }

    /// The keyed hash by which a person is found from their e-mail address, within one book.
    ///
    /// The address must already be normalized by the caller. Addresses can be guessed, so the key
    /// is the only protection of this hash; it rotates with the versions.
    ///
    /// # Errors
    ///
    /// [`RingError::UnknownKey`] or [`RingError::RetiredKey`].
    pub fn hash_email(
        &self,
        book: &str,
        normalized_address: &str,
        key: KeyNumber,
    ) -> Result<[u8; HASH_BYTES], RingError> {
        let keys = &self.usable(key)?.keys;
        let address = normalized_address.as_bytes();
        Ok(keys.email_hash.short(&[&length_prefix(book.as_bytes()), book.as_bytes(), address]))
    }

    /// The hashes under which a person with this address may be found: of the current key first,
    /// then of the readable ones from the newest to the oldest. Usually one.
    pub fn email_hash_candidates<'a>(
        &'a self,
        book: &'a str,
        normalized_address: &'a str,
    ) -> impl Iterator<Item = (KeyNumber, [u8; HASH_BYTES])> + 'a {
        self.candidates().map(move |version| {
            let hash = self.hash_email(book, normalized_address, version.number);
            (version.number, hash.expect("candidates are usable"))
        })
    }

    /// The keys that wrap person keys, by number; retired versions are left out.
    pub(crate) fn wrapping_keys(&self) -> impl Iterator<Item = (KeyNumber, [u8; SECRET_BYTES])> {
        let usable = self.versions.iter().filter(|version| version.state != KeyState::Retired);
        usable.map(|version| (version.number, version.keys.person_wrapping))
    }

    /// Usable versions, the current one first, then from the newest to the oldest.
    fn candidates(&self) -> impl Iterator<Item = &KeyVersion> {
        let current = self.versions.iter().filter(|version| version.state == KeyState::Current);
        let readable =
            self.versions.iter().rev().filter(|version| version.state == KeyState::Readable);
        current.chain(readable)
    }

    fn usable(&self, number: KeyNumber) -> Result<&KeyVersion, RingError> {
        match self.versions.get(number.place()) {
            None => Err(RingError::UnknownKey(number)),
            Some(version) if version.state == KeyState::Retired => {
                Err(RingError::RetiredKey(number))
            }
            Some(version) => Ok(version),
        }
    }

    fn newest(&self) -> KeyNumber {
        self.versions.last().expect("a ring has at least one version").number
    }

    /// Callers guarantee the invariants of the module.
    fn assemble(anchor: Secret, versions: Vec<KeyVersion>, current: KeyNumber) -> Self {
        let short_hash = Prf::new(&anchor.derive("makegood short hash"));
        Self { anchor, short_hash, versions, current }
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KeyRing")
            .field("fingerprint", &self.fingerprint())
            .field("current", &self.current)
            .finish_non_exhaustive()
    }
}

/// The number of a key version, counted from 1. It is stored beside everything made with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyNumber(u32);

impl KeyNumber {
    /// The first version of every ring.
    pub const FIRST: Self = Self(1);

    /// A stored number; 0 is none.
    pub fn new(number: u32) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    /// The number, for storing.
    pub fn get(self) -> u32 {
        self.0
    }

    /// Where the version stands in the ring; numbers have no gaps.
    fn place(self) -> usize {
        self.0 as usize - 1
    }
}

impl fmt::Display for KeyNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

/// What a key version may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Makes new things and reads old ones.
    Current,
    /// Reads what it made.
    Readable,
    /// Refused.
    Retired,
}

/// One root secret and the keys derived from it.
#[derive(Clone)]
struct KeyVersion {
    number: KeyNumber,
    state: KeyState,
    created_at: Instant,
    root: Secret,
    keys: SubKeys,
}

impl KeyVersion {
    fn fresh(number: KeyNumber, created_at: Instant, random: &mut dyn Randomness) -> Self {
        Self::of(number, KeyState::Current, created_at, Secret::random(random))
    }

    fn of(number: KeyNumber, state: KeyState, created_at: Instant, root: Secret) -> Self {
        let keys = SubKeys::of(&root);
        Self { number, state, created_at, root, keys }
    }
}

/// Why a ring, or a key of it, was not used. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    /// The file was refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is no ring where one was expected.
    #[error(
        "there is no key ring at {0}. Without it no gift card code can be checked and no personal \
         text read: restore it from its own backup (it is not part of the data backup)"
    )]
    Missing(PathBuf),
    /// The text is not a key ring. The text itself is never quoted.
    #[error("the key ring is damaged: {0}")]
    NotUnderstood(String),
    /// The ring is kept where the data is.
    #[error(
        "the key ring {ring} is inside the data folder {data}: whoever copies the data would \
         have the keys as well. Keep it in a folder of its own"
    )]
    InsideData {
        /// The ring's file.
        ring: PathBuf,
        /// The data folder.
        data: PathBuf,
    },
    /// The data was written with another ring.
    #[error(
        "this is another key ring (fingerprint {found}) than the one this data was written with \
         (fingerprint {expected})"
    )]
    WrongRing {
        /// The fingerprint that the data remembers.
        expected: String,
        /// The fingerprint of this ring.
        found: String,
    },
    /// The ring is a copy from before a rotation.
    #[error(
        "this copy of the key ring is too old: the data uses key {needed}, the ring ends at \
         key {newest}"
    )]
    TooOld {
        /// The newest version the data uses.
        needed: KeyNumber,
        /// The newest version of the ring.
        newest: KeyNumber,
    },
    /// No version has this number.
    #[error("the key ring has no key {0}")]
    UnknownKey(KeyNumber),
    /// A sealed secret cannot be opened.
    #[error("a sealed secret is damaged or in the wrong place")]
    Damaged,
    /// The version was retired.
    #[error("key {0} of the key ring is retired")]
    RetiredKey(KeyNumber),
    /// Only a version that is no longer current can be retired.
    #[error("the current key cannot be retired: rotate first")]
    RetiresCurrent,
    /// The ring has [`KEY_VERSIONS_MAX`] versions.
    #[error("the key ring is full")]
    Full,
}

/// Refuses a ring that is kept inside the data folder, where every backup would copy it along.
///
/// # Errors
///
/// [`RingError::InsideData`]. Links are followed as far as the paths exist.
pub fn refuse_inside(ring: &Path, data_folder: &Path) -> Result<(), RingError> {
    // The file need not exist yet: its nearest existing folder is resolved, the rest appended.
    let whole = |path: &Path| -> PathBuf {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        for part in path.ancestors() {
            if let (Ok(real), Ok(rest)) = (part.canonicalize(), path.strip_prefix(part)) {
                return real.join(rest);
            }
        }
        path
    };
    if whole(ring).starts_with(whole(data_folder)) {
        return Err(RingError::InsideData { ring: ring.into(), data: data_folder.into() });
    }
    Ok(())
}
