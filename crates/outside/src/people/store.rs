//! The table of wrapped keys in `people.db`.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use base::PersonId;
use chacha20poly1305::XChaCha20Poly1305;
use rusqlite::{Connection, OptionalExtension, params};

use super::PeopleError;
use super::accounts::{LAYOUT_2, LAYOUT_3, LAYOUT_4, LAYOUT_5};
use crate::cipher::{cipher, decrypt, encrypt};
use crate::keyring::{KeyNumber, KeyRing, RingError, SECRET_BYTES};
use crate::random::{Randomness, SystemRandomness};
use crate::strict_files::{create_empty, folder_of, prepare_folder, refuse_open_to_others};

/// Layout of the file, kept in SQLite's `user_version`.
const LAYOUT: i64 = 5;

/// Keys wrapped anew in one transaction.
const REWRAPPED_AT_ONCE: u32 = 1_000;

/// A row without a wrapped key is the mark of an erased person.
const SCHEMA: &str = "
    CREATE TABLE ring (fingerprint TEXT NOT NULL) STRICT;
    CREATE TABLE person_keys (
        person BLOB NOT NULL PRIMARY KEY,
        key_number INTEGER,
        wrapped BLOB,
        CHECK ((key_number IS NULL) = (wrapped IS NULL))
    ) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 1;";

/// What the table says about a person.
pub(super) enum Stored {
    /// Their key, unwrapped.
    Key(XChaCha20Poly1305),
    /// The mark of an erasure.
    Erased,
    /// Never heard of.
    Nothing,
}

/// The open file and the keys of the ring that wrap its rows.
pub(super) struct KeyStore {
    connection: Connection,
    wrapping: WrappingKeys,
}

impl KeyStore {
    pub(super) fn open_or_create(path: &Path, ring: &KeyRing) -> Result<Self, PeopleError> {
        prepare_folder(folder_of(path))?;
        // Made empty beforehand, because SQLite would give it the usual open mode. SQLite's own
        // side files take over the mode of the file.
        create_empty(path)?;
        refuse_open_to_others(path, 0o600)?;
        let mut connection = open(path)?;
        prepare_schema(&mut connection, &ring.fingerprint())?;
        let remembered: String =
            connection.query_row("SELECT fingerprint FROM ring", [], |row| row.get(0))?;
        let newest: Option<u32> =
            connection
                .query_row("SELECT max(key_number) FROM person_keys", [], |row| row.get(0))?;
        let newest = newest.and_then(KeyNumber::new).unwrap_or(KeyNumber::FIRST);
        ring.check_belongs(&remembered, newest)?;
        Ok(Self { connection, wrapping: WrappingKeys::of(ring) })
    }

    pub(super) fn load(&self, person: PersonId) -> Result<Stored, PeopleError> {
        load(&self.connection, &self.wrapping, person)
    }

    /// The keys of these persons, in order; missing ones are made in one transaction.
    pub(super) fn load_or_create(
        &mut self,
        persons: &[PersonId],
    ) -> Result<Vec<XChaCha20Poly1305>, PeopleError> {
        let transaction = immediate(&mut self.connection)?;
        let mut keys = Vec::with_capacity(persons.len());
        for person in persons {
            keys.push(match load(&transaction, &self.wrapping, *person)? {
                Stored::Key(key) => key,
                Stored::Erased => return Err(PeopleError::Erased(*person)),
                Stored::Nothing => create(&transaction, &self.wrapping, *person)?,
            });
        }
        transaction.commit()?;
        Ok(keys)
    }

    pub(super) fn erase(&mut self, person: PersonId) -> Result<(), PeopleError> {
        self.connection.execute(
            "INSERT INTO person_keys (person, key_number, wrapped) VALUES (?1, NULL, NULL)
             ON CONFLICT (person) DO UPDATE SET key_number = NULL, wrapped = NULL",
            params![person.to_bytes()],
        )?;
        Ok(())
    }

    pub(super) fn rewrap(&mut self, ring: &KeyRing) -> Result<u64, PeopleError> {
        let remembered: String =
            self.connection.query_row("SELECT fingerprint FROM ring", [], |row| row.get(0))?;
        ring.check_belongs(&remembered, self.wrapping.current)?;
        self.wrapping = WrappingKeys::of(ring);
        let mut rewrapped = 0;
        loop {
            let count = self.rewrap_some()?;
            rewrapped += count;
            if count == 0 {
                return Ok(rewrapped);
            }
        }
    }

    /// One transaction of [`KeyStore::rewrap`].
    fn rewrap_some(&mut self) -> Result<u64, PeopleError> {
        let current = self.wrapping.current;
        let transaction = immediate(&mut self.connection)?;
        let rows: Vec<([u8; 16], u32, Vec<u8>)> = transaction
            .prepare(
                "SELECT person, key_number, wrapped FROM person_keys
                 WHERE key_number <> ?1 LIMIT ?2",
            )?
            .query_map(params![current.get(), REWRAPPED_AT_ONCE], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?
            .collect::<Result<_, _>>()?;
        for (person, number, wrapped) in &rows {
            let person = PersonId::from_bytes(*person);
            let key = self.wrapping.unwrap_key(person, *number, wrapped)?;
            let wrapped = self.wrapping.wrap_key(person, &key);
            transaction
                .prepare("UPDATE person_keys SET key_number = ?2, wrapped = ?3 WHERE person = ?1")?
                .execute(params![person.to_bytes(), current.get(), wrapped])?;
        }
        transaction.commit()?;
        Ok(rows.len() as u64)
    }
}

/// The ciphers that wrap person keys, by key number of the ring.
struct WrappingKeys {
    current: KeyNumber,
    by_number: HashMap<u32, XChaCha20Poly1305>,
}

impl WrappingKeys {
    fn of(ring: &KeyRing) -> Self {
        let by_number =
            ring.wrapping_keys().map(|(number, key)| (number.get(), cipher(key))).collect();
        Self { current: ring.current(), by_number }
    }

    fn wrap_key(&self, person: PersonId, key: &[u8; SECRET_BYTES]) -> Vec<u8> {
        let current = &self.by_number[&self.current.get()];
        encrypt(current, key, &wrap_context(person))
    }

    fn unwrap_key(
        &self,
        person: PersonId,
        number: u32,
        wrapped: &[u8],
    ) -> Result<[u8; SECRET_BYTES], PeopleError> {
        let number = KeyNumber::new(number).ok_or(PeopleError::Damaged(person))?;
        let wrapping = self.by_number.get(&number.get()).ok_or(RingError::UnknownKey(number))?;
        decrypt(wrapping, wrapped, &wrap_context(person))
            .and_then(|key| key.try_into().ok())
            .ok_or(PeopleError::Damaged(person))
    }
}

/// Binds a wrapped key to its person, so that rows cannot be exchanged.
fn wrap_context(person: PersonId) -> Vec<u8> {
    [b"makegood person key ".as_slice(), &person.to_bytes()].concat()
}

fn load(
    connection: &Connection,
    wrapping: &WrappingKeys,
    person: PersonId,
) -> Result<Stored, PeopleError> {
    let row: Option<(Option<u32>, Option<Vec<u8>>)> = connection
        .prepare("SELECT key_number, wrapped FROM person_keys WHERE person = ?1")?
        .query_row(params![person.to_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match row {
        None => Ok(Stored::Nothing),
        Some((Some(number), Some(wrapped))) => {
            Ok(Stored::Key(cipher(wrapping.unwrap_key(person, number, &wrapped)?)))
        }
        Some(_) => Ok(Stored::Erased),
    }
}

fn create(
    connection: &Connection,
    wrapping: &WrappingKeys,
    person: PersonId,
) -> Result<XChaCha20Poly1305, PeopleError> {
    let mut key = [0; SECRET_BYTES];
    SystemRandomness.fill(&mut key);
    connection
        .prepare("INSERT INTO person_keys (person, key_number, wrapped) VALUES (?1, ?2, ?3)")?
        .execute(params![
            person.to_bytes(),
            wrapping.current.get(),
            wrapping.wrap_key(person, &key)
        ])?;
    Ok(cipher(key))
}

/// The file as everybody here opens it.
pub(super) fn open(path: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Freed bytes are overwritten with zeros, so that a destroyed key is not left in the file.
    connection.pragma_update(None, "secure_delete", "ON")?;
    Ok(connection)
}

/// A transaction that takes the write lock at once, so that it cannot fail half way for want of it.
pub(super) fn immediate(
    connection: &mut Connection,
) -> Result<rusqlite::Transaction<'_>, rusqlite::Error> {
    connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
}

/// Lays out a new file; refuses one of a layout from the future.
fn prepare_schema(connection: &mut Connection, fingerprint: &str) -> Result<(), PeopleError> {
    let transaction = immediate(connection)?;
    let layout: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if !(0..=LAYOUT).contains(&layout) {
        return Err(PeopleError::UnknownLayout(layout));
    }
    if layout == 0 {
        transaction.execute_batch(SCHEMA)?;
        transaction.execute("INSERT INTO ring (fingerprint) VALUES (?1)", [fingerprint])?;
    }
    // Made before there were accounts; before it was known who asks; before there were requests;
    // before shops handed people over.
    for (before, change) in [(2, LAYOUT_2), (3, LAYOUT_3), (4, LAYOUT_4), (5, LAYOUT_5)] {
        if layout < before {
            transaction.execute_batch(change)?;
        }
    }
    transaction.commit()?;
    Ok(())
}
