//! Accounts: persons, what they sign in with, and their sessions, in `people.db` beside the keys.
//!
//! They are no part of a book's journal: whoever signs in moves no money, and what is kept here has
//! to be forgotten with the person. Every row names its book, and no method finds a row of another.
//!
//! What is kept can be stolen without opening anything: hashes under the key ring, ciphertext under
//! the person's key, public keys.

mod acts;
mod proofs;
mod rows;
mod sessions;

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ::people::passkey::PublicKey;
use ::people::totp::Totp;
use ::people::{AddressLog, Person, SecretHash, SignIn};
pub use acts::{Agreed, KnownAct};
use base::{PasskeyId, PersonId};
use rusqlite::{Connection, Transaction};

use super::store::{KeyStore, immediate, open};
use super::{PEOPLE_FILE, PeopleError};
use crate::keyring::KeyRing;

/// Tables of layout 2. Instants are microseconds since 1970; absent ones are NULL.
pub(super) const ACCOUNTS_SCHEMA: &str = "
    CREATE TABLE persons (
        book TEXT NOT NULL,
        person BLOB NOT NULL,
        state INTEGER NOT NULL,
        roles INTEGER NOT NULL,
        enrol_until INTEGER,
        created_at INTEGER NOT NULL,
        address BLOB,
        sealed_address BLOB,
        PRIMARY KEY (book, person),
        UNIQUE (book, address)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE passkeys (
        book TEXT NOT NULL,
        passkey BLOB NOT NULL,
        person BLOB NOT NULL,
        credential BLOB NOT NULL,
        public_key BLOB NOT NULL,
        counter INTEGER NOT NULL,
        backup_eligible INTEGER NOT NULL,
        backed_up INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        used_at INTEGER,
        PRIMARY KEY (book, passkey),
        UNIQUE (book, credential)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX passkeys_of_person ON passkeys (book, person);
    CREATE TABLE totps (
        book TEXT NOT NULL,
        person BLOB NOT NULL,
        sealed BLOB NOT NULL,
        offered_at INTEGER NOT NULL,
        confirmed_at INTEGER,
        last_step INTEGER,
        failures INTEGER NOT NULL,
        wait_until INTEGER,
        PRIMARY KEY (book, person)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE recovery_codes (
        book TEXT NOT NULL,
        person BLOB NOT NULL,
        hashes BLOB NOT NULL,
        failures INTEGER NOT NULL,
        wait_until INTEGER,
        PRIMARY KEY (book, person)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE addresses (
        book TEXT NOT NULL,
        address BLOB NOT NULL,
        sent BLOB NOT NULL,
        failures INTEGER NOT NULL,
        wait_until INTEGER,
        PRIMARY KEY (book, address)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE sign_ins (
        book TEXT NOT NULL,
        browser BLOB NOT NULL,
        sign_in BLOB NOT NULL,
        begun_at INTEGER NOT NULL,
        code BLOB,
        code_expires_at INTEGER,
        code_tries_left INTEGER,
        person BLOB,
        ways INTEGER NOT NULL,
        challenge BLOB,
        address BLOB,
        sealed_address BLOB,
        PRIMARY KEY (book, browser)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sign_ins_by_age ON sign_ins (begun_at);
    CREATE TABLE sessions (
        book TEXT NOT NULL,
        session BLOB NOT NULL,
        person BLOB NOT NULL,
        token BLOB NOT NULL,
        ways INTEGER NOT NULL,
        is_of_staff INTEGER NOT NULL,
        device TEXT,
        created_at INTEGER NOT NULL,
        used_at INTEGER NOT NULL,
        proven_at INTEGER NOT NULL,
        ended_why INTEGER,
        ended_at INTEGER,
        challenge BLOB,
        PRIMARY KEY (book, session),
        UNIQUE (book, token)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sessions_of_person ON sessions (book, person);
    CREATE TABLE acts (
        book TEXT NOT NULL,
        nonce BLOB NOT NULL,
        session BLOB NOT NULL,
        person BLOB NOT NULL,
        account BLOB NOT NULL,
        minor INTEGER NOT NULL,
        currency TEXT NOT NULL,
        sealed_payee BLOB NOT NULL,
        expires_at INTEGER NOT NULL,
        done_at INTEGER,
        passkey BLOB,
        public_key BLOB,
        client_data BLOB,
        authenticator_data BLOB,
        signature BLOB,
        agreed_at INTEGER,
        PRIMARY KEY (book, nonce)
    ) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 2;";

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

/// What is remembered of an address that nothing is known of.
fn unknown_address() -> AddressLog {
    AddressLog::default()
}
