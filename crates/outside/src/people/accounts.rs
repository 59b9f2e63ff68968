//! Accounts: persons, what they sign in with, their sessions and their requests to the support, in
//! `people.db` beside the keys.
//!
//! They are no part of a book's journal: whoever signs in moves no money, and what is kept here has
//! to be forgotten with the person. Every row names its book, and no method finds a row of another.
//!
//! What is kept can be stolen without opening anything: hashes under the key ring, ciphertext under
//! the person's key, public keys.

mod acts;
mod askers;
mod events;
mod hand_overs;
mod proofs;
mod rows;
mod schema;
mod sessions;
mod talks;

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ::people::passkey::PublicKey;
use ::people::totp::Totp;
use ::people::{Person, SecretHash, SignIn};
pub use acts::{ActDone, Agreed, KnownAct};
use base::{PasskeyId, PersonId};
pub use events::KnownApproval;
use rusqlite::{Connection, Transaction};
pub(super) use schema::{LAYOUT_2, LAYOUT_3, LAYOUT_5};
pub(super) use talks::LAYOUT_4;
pub use talks::{AssignedTo, KnownMessage, TalkFilter, TalkPlace};

use super::store::{KeyStore, immediate, open};
use super::{PEOPLE_FILE, PeopleError};
use crate::keyring::{KeyNumber, KeyRing};

/// The accounts of all books. Share one among all threads; processes on one file share it as well.
pub struct Accounts {
    connection: Mutex<Connection>,
}

impl Accounts {
    /// Opens `people.db` in `folder`, which is the ring's folder, or creates it.
    ///
    /// # Errors
    ///
    /// As [`PeopleKeys::open_or_create`](super::PeopleKeys::open_or_create).
    pub fn open_or_create(folder: &Path, ring: &KeyRing) -> Result<Accounts, PeopleError> {
        let path = folder.join(PEOPLE_FILE);
        // It lays out the file and compares the ring.
        KeyStore::open_or_create(&path, ring)?;
        Ok(Accounts { connection: Mutex::new(open(&path)?) })
    }

    /// Does `work` on the rows of a book as one step: nobody sees half of it, and what it looked at
    /// does not change meanwhile (ASVS 5.0, 15.4.2). It is on disk when this returns; an error
    /// takes all of it back. Blocks.
    ///
    /// # Errors
    ///
    /// Those of `work`; [`PeopleError::Database`].
    pub fn transact<T>(
        &self,
        book: &str,
        work: impl FnOnce(&AccountRows<'_>) -> Result<T, PeopleError>,
    ) -> Result<T, PeopleError> {
        // A thread that panicked left no half change behind: its transaction was taken back.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = AccountRows { transaction: immediate(&mut connection)?, book };
        let done = work(&rows)?;
        rows.transaction.commit()?;
        Ok(done)
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Accounts").finish_non_exhaustive()
    }
}

/// The rows of one book, within one step.
pub struct AccountRows<'a> {
    transaction: Transaction<'a>,
    book: &'a str,
}

/// A person with what is kept beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPerson {
    /// The person.
    pub person: Person,
    /// The keyed hash under which their mail address is found.
    pub address: Option<SecretHash>,
    /// The key version under which it was hashed; `None` for the anchor, as all were once.
    pub address_key: Option<KeyNumber>,
    /// The address itself, sealed under the person's key.
    pub sealed_address: Option<Vec<u8>>,
}

/// A passkey as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPasskey {
    /// Which passkey.
    pub id: PasskeyId,
    /// Whose.
    pub person: PersonId,
    /// By what devices find it.
    pub credential_id: Box<[u8]>,
    /// What its signatures are checked with.
    pub key: PublicKey,
    /// How often it had signed when it was used last.
    pub counter: u32,
    /// Whether it may be on several devices.
    pub backup_eligible: bool,
    /// Whether it was when it was used last.
    pub backed_up: bool,
    /// When it was added.
    pub created_at: base::Instant,
    /// When an administrator has confirmed it for staff.
    pub confirmed_at: Option<base::Instant>,
    /// When it was used last.
    pub used_at: Option<base::Instant>,
}

/// Whether a passkey could be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyFound {
    /// It was new.
    New,
    /// Somebody has it already.
    Known,
}

/// An authenticator program as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownTotp {
    /// What is known of it.
    pub totp: Totp,
    /// Its secret, sealed under the person's key.
    pub sealed: Vec<u8>,
}

/// A sign-in with what is kept beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownSignIn {
    /// The sign-in.
    pub sign_in: SignIn,
    /// The hash of the address to which its code went.
    pub address: Option<SecretHash>,
    /// The address itself, sealed under the ring.
    pub sealed_address: Option<Vec<u8>>,
}
