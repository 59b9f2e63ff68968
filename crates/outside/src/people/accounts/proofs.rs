//! Rows of persons and of what they sign in with.

use ::people::passkey::PublicKey;
use ::people::totp::Totp;
use ::people::{Person, PersonState, RecoveryCodes, Roles, SecretHash};
use base::{Instant, PasskeyId, PersonId};
use rusqlite::{OptionalExtension, Row, params};

use super::rows::{damaged, hash_or_none, instant, instant_or_none, micros, pieces, tries};
use super::{AccountRows, KnownPasskey, KnownPerson, KnownTotp, PasskeyFound, PeopleError};
use crate::keyring::KeyNumber;

const PERSON: &str = "person, state, roles, enrol_until, staff_since, created_at, address, \
                      address_key, sealed_address";
const PASSKEY: &str = "passkey, person, credential, public_key, counter, backup_eligible, \
                       backed_up, created_at, used_at, confirmed_at";

impl AccountRows<'_> {
    /// The person of this id.
    ///
    /// # Errors
    ///
    /// [`PeopleError::Database`], [`PeopleError::DamagedRow`]; so for all methods here.
    pub fn person(&self, person: PersonId) -> Result<Option<KnownPerson>, PeopleError> {
        let query = format!("SELECT {PERSON} FROM persons WHERE book = ?1 AND person = ?2");
        let mut statement = self.transaction.prepare(&query)?;
        let found = statement.query_row(params![self.book, person.to_bytes()], person_row);
        found.optional()?.map(read_person).transpose()
    }

    /// The person who has the address of this hash.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::person`].
    pub fn person_at(&self, address: SecretHash) -> Result<Option<KnownPerson>, PeopleError> {
        let query = format!("SELECT {PERSON} FROM persons WHERE book = ?1 AND address = ?2");
        let mut statement = self.transaction.prepare(&query)?;
        let found = statement.query_row(params![self.book, address.0], person_row);
        found.optional()?.map(read_person).transpose()
    }

    /// Keeps a person as they are now.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::person`]; an address that somebody else has is one of the database.
    pub fn put_person(&self, known: &KnownPerson) -> Result<(), PeopleError> {
        let KnownPerson { person, address, address_key, sealed_address } = known;
        self.transaction
            .prepare(
                "INSERT INTO persons (book, person, state, roles, enrol_until, staff_since,
                     created_at, address, address_key, sealed_address)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT (book, person) DO UPDATE SET state = excluded.state,
                     roles = excluded.roles, enrol_until = excluded.enrol_until,
                     staff_since = excluded.staff_since, address = excluded.address,
                     address_key = excluded.address_key,
                     sealed_address = excluded.sealed_address",
            )?
            .execute(params![
                self.book,
                person.id.to_bytes(),
                person.state as u8,
                person.roles.number(),
                micros(person.enrol_until),
                micros(person.staff_since),
                person.created_at.micros(),
                address.map(|address| address.0),
                address_key.map(KeyNumber::get),
                sealed_address,
            ])?;
        Ok(())
    }

    /// The passkey of this credential id.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::person`].
    pub fn passkey(&self, credential_id: &[u8]) -> Result<Option<KnownPasskey>, PeopleError> {
        let query = format!("SELECT {PASSKEY} FROM passkeys WHERE book = ?1 AND credential = ?2");
        let mut statement = self.transaction.prepare(&query)?;
        let found = statement.query_row(params![self.book, credential_id], passkey_row);
        found.optional()?.map(read_passkey).transpose()
    }

    /// The passkeys of a person, oldest first.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::person`].
    pub fn passkeys_of(&self, person: PersonId) -> Result<Vec<KnownPasskey>, PeopleError> {
        let query = format!(
            "SELECT {PASSKEY} FROM passkeys WHERE book = ?1 AND person = ?2 ORDER BY passkey"
        );
        let mut statement = self.transaction.prepare(&query)?;
        let rows = statement.query_map(params![self.book, person.to_bytes()], passkey_row)?;
        rows.map(|row| read_passkey(row?)).collect()
    }

    /// Adds a passkey.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::person`].
    pub fn add_passkey(&self, passkey: &KnownPasskey) -> Result<PasskeyFound, PeopleError> {
        let added = self
            .transaction
            .prepare(
                "INSERT INTO passkeys (book, passkey, person, credential, public_key, counter,
                     backup_eligible, backed_up, created_at, used_at, confirmed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT (book, credential) DO NOTHING",
            )?
            .execute(params![
                self.book,
                passkey.id.to_bytes(),
                passkey.person.to_bytes(),
                passkey.credential_id,
                passkey.key.as_bytes(),
                passkey.counter,
                passkey.backup_eligible,
                passkey.backed_up,
                passkey.created_at.micros(),
                micros(passkey.used_at),
                micros(passkey.confirmed_at),
            ])?;
        Ok(if added == 1 { PasskeyFound::New } else { PasskeyFound::Known })
    }

    /// Keeps what a passkey said when it was used.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::person`].
    pub fn passkey_used(
        &self,
        passkey: PasskeyId,
        (counter, backed_up): (u32, bool),
        now: Instant,
    ) -> Result<(), PeopleError> {
        self.transaction
            .prepare(
                "UPDATE passkeys SET counter = ?3, backed_up = ?4, used_at = ?5
                 WHERE book = ?1 AND passkey = ?2",
            )?
            .execute(params![self.book, passkey.to_bytes(), counter, backed_up, now.micros()])?;
        Ok(())
    }

    /// Confirms a passkey of a person for staff; false when they have no such passkey.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::person`].
    pub fn confirm_passkey(
        &self,
        person: PersonId,
        passkey: PasskeyId,
        now: Instant,
    ) -> Result<bool, PeopleError> {
        let confirmed = self.transaction.execute(
            "UPDATE passkeys SET confirmed_at = ?4
             WHERE book = ?1 AND passkey = ?2 AND person = ?3",
            params![self.book, passkey.to_bytes(), person.to_bytes(), now.micros()],
        )?;
        Ok(confirmed == 1)
    }

    /// Takes a passkey of a person away; false when they have no such passkey.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::person`].
    pub fn remove_passkey(
        &self,
        person: PersonId,
        passkey: PasskeyId,
    ) -> Result<bool, PeopleError> {
        let removed = self.transaction.execute(
            "DELETE FROM passkeys WHERE book = ?1 AND passkey = ?2 AND person = ?3",
            params![self.book, passkey.to_bytes(), person.to_bytes()],
        )?;
        Ok(removed == 1)
    }

    /// The authenticator program of a person, also one that is only offered.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::person`].
    pub fn totp(&self, person: PersonId) -> Result<Option<KnownTotp>, PeopleError> {
        type Found = (Vec<u8>, i64, Option<i64>, Option<i64>, u32, Option<i64>);
        let mut statement = self.transaction.prepare(
            "SELECT sealed, offered_at, confirmed_at, last_step, failures, wait_until
             FROM totps WHERE book = ?1 AND person = ?2",
        )?;
        let found: Option<Found> = statement
            .query_row(params![self.book, person.to_bytes()], |row| row.try_into())
            .optional()?;
        let Some((sealed, offered_at, confirmed_at, last_step, failures, wait_until)) = found
        else {
            return Ok(None);
        };
        let totp = Totp {
            confirmed_at: instant_or_none(confirmed_at, "totps")?,
            offered_at: instant(offered_at, "totps")?,
            last_step,
            tries: tries(failures, wait_until, "totps")?,
        };
        Ok(Some(KnownTotp { totp, sealed }))
    }

    /// Keeps the authenticator program of a person.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::person`].
    pub fn put_totp(&self, person: PersonId, known: &KnownTotp) -> Result<(), PeopleError> {
        let KnownTotp { totp, sealed } = known;
        self.transaction
            .prepare(
                "INSERT INTO totps (book, person, sealed, offered_at, confirmed_at, last_step,
                     failures, wait_until)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (book, person) DO UPDATE SET sealed = excluded.sealed,
                     offered_at = excluded.offered_at, confirmed_at = excluded.confirmed_at,
                     last_step = excluded.last_step, failures = excluded.failures,
                     wait_until = excluded.wait_until",
            )?
            .execute(params![
                self.book,
                person.to_bytes(),
                sealed,
                totp.offered_at.micros(),
                micros(totp.confirmed_at),
                totp.last_step,
                totp.tries.failures,
                micros(totp.tries.wait_until),
            ])?;
        Ok(())
    }

    /// Takes the authenticator program of a person away.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::person`].
    pub fn remove_totp(&self, person: PersonId) -> Result<(), PeopleError> {
        let of = params![self.book, person.to_bytes()];
        self.transaction.execute("DELETE FROM totps WHERE book = ?1 AND person = ?2", of)?;
        Ok(())
    }

    /// The recovery codes of a person; none when none were made.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::person`].
    pub fn recovery_codes(&self, person: PersonId) -> Result<RecoveryCodes, PeopleError> {
        let mut statement = self.transaction.prepare(
            "SELECT hashes, failures, wait_until FROM recovery_codes
             WHERE book = ?1 AND person = ?2",
        )?;
        let found: Option<(Vec<u8>, u32, Option<i64>)> = statement
            .query_row(params![self.book, person.to_bytes()], |row| row.try_into())
            .optional()?;
        let Some((hashes, failures, wait_until)) = found else {
            return Ok(RecoveryCodes::default());
        };
        let left = pieces(&hashes, "recovery_codes")?.into_iter().map(SecretHash).collect();
        Ok(RecoveryCodes { left, tries: tries(failures, wait_until, "recovery_codes")? })
    }

    /// Keeps the recovery codes of a person.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::person`].
    pub fn put_recovery_codes(
        &self,
        person: PersonId,
        codes: &RecoveryCodes,
    ) -> Result<(), PeopleError> {
        let hashes: Vec<u8> = codes.left.iter().flat_map(|hash| hash.0).collect();
        let of = params![
            self.book,
            person.to_bytes(),
            hashes,
            codes.tries.failures,
            micros(codes.tries.wait_until)
        ];
        self.transaction
            .prepare(
                "INSERT INTO recovery_codes (book, person, hashes, failures, wait_until)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (book, person) DO UPDATE SET hashes = excluded.hashes,
                     failures = excluded.failures, wait_until = excluded.wait_until",
            )?
            .execute(of)?;
        Ok(())
    }
}

type PersonRow = (
    [u8; 16],
    u8,
    u32,
    Option<i64>,
    Option<i64>,
    i64,
    Option<[u8; 16]>,
    Option<u32>,
    Option<Vec<u8>>,
);

fn person_row(row: &Row<'_>) -> rusqlite::Result<PersonRow> {
    row.try_into()
}

fn read_person(row: PersonRow) -> Result<KnownPerson, PeopleError> {
    let (id, state, roles, enrol_until, staff_since, created_at, address, key, sealed_address) =
        row;
    let person = Person {
        id: PersonId::from_bytes(id),
        state: damaged(PersonState::from_number(state), "persons")?,
        roles: damaged(Roles::from_number(roles), "persons")?,
        enrol_until: instant_or_none(enrol_until, "persons")?,
        staff_since: instant_or_none(staff_since, "persons")?,
        created_at: instant(created_at, "persons")?,
    };
    let address_key = key.map(|key| damaged(KeyNumber::new(key), "persons")).transpose()?;
    Ok(KnownPerson { person, address: hash_or_none(address), address_key, sealed_address })
}

type PasskeyRow =
    ([u8; 16], [u8; 16], Vec<u8>, Vec<u8>, u32, bool, bool, i64, Option<i64>, Option<i64>);

fn passkey_row(row: &Row<'_>) -> rusqlite::Result<PasskeyRow> {
    row.try_into()
}

fn read_passkey(row: PasskeyRow) -> Result<KnownPasskey, PeopleError> {
    let (id, person, credential, key, counter, backup_eligible, backed_up, created, used, at) = row;
    Ok(KnownPasskey {
        id: PasskeyId::from_bytes(id),
        person: PersonId::from_bytes(person),
        credential_id: credential.into(),
        key: damaged(PublicKey::read(&key), "passkeys")?,
        counter,
        backup_eligible,
        backed_up,
        created_at: instant(created, "passkeys")?,
        confirmed_at: instant_or_none(at, "passkeys")?,
        used_at: instant_or_none(used, "passkeys")?,
    })
}
