//! Rows of who asks for codes: addresses, networks, and browsers that are known.

use ::people::{
    AddressLog, HASH_BYTES, KnownBrowser, NetworkLog, SecretHash, SentToStranger, Used,
};
use base::{Instant, PersonId};
use rusqlite::{OptionalExtension, params};

use super::rows::{damaged, instant, micros, pieces, tries};
use super::{AccountRows, PeopleError};

/// Bytes of a code that a stranger has had sent: the time, and the network or zeros.
const SENT_BYTES: usize = 8 + HASH_BYTES;

impl AccountRows<'_> {
    /// What is remembered of an address.
    ///
    /// # Errors
    ///
    /// [`PeopleError::Database`], [`PeopleError::DamagedRow`]; so for all methods here.
    pub fn address(&self, address: SecretHash) -> Result<AddressLog, PeopleError> {
        let found: Option<(Vec<u8>, i64)> = self
            .transaction
            .prepare("SELECT sent, doubt FROM addresses WHERE book = ?1 AND address = ?2")?
            .query_row(params![self.book, address.0], |row| row.try_into())
            .optional()?;
        let Some((sent, doubt)) = found else { return Ok(AddressLog::default()) };
        let sent = pieces(&sent, "addresses")?.into_iter().map(read_sent);
        let sent = sent.collect::<Result<_, _>>()?;
        Ok(AddressLog { sent, doubt: Used { full_at: instant(doubt, "addresses")? } })
    }

    /// Keeps what is remembered of an address; of addresses of which nothing is worth remembering
    /// any longer nothing stays.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::address`].
    pub fn put_address(
        &self,
        address: SecretHash,
        log: &AddressLog,
        now: Instant,
    ) -> Result<(), PeopleError> {
        let sent: Vec<u8> = log.sent.iter().flat_map(write_sent).collect();
        self.transaction
            .prepare(
                "INSERT INTO addresses (book, address, sent, doubt, idle_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (book, address) DO UPDATE SET sent = excluded.sent,
                     doubt = excluded.doubt, idle_at = excluded.idle_at",
            )?
            .execute(params![
                self.book,
                address.0,
                sent,
                log.doubt.full_at.micros(),
                log.idle_at().micros()
            ])?;
        self.transaction
            .execute("DELETE FROM addresses WHERE idle_at <= ?1", params![now.micros()])?;
        Ok(())
    }

    /// What strangers of a network did lately.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::address`].
    pub fn network(&self, network: SecretHash) -> Result<NetworkLog, PeopleError> {
        let found: Option<(i64, i64)> = self
            .transaction
            .prepare("SELECT asked, wrong FROM networks WHERE book = ?1 AND network = ?2")?
            .query_row(params![self.book, network.0], |row| row.try_into())
            .optional()?;
        let Some((asked, wrong)) = found else { return Ok(NetworkLog::default()) };
        let used = |micros| Ok::<_, PeopleError>(Used { full_at: instant(micros, "networks")? });
        Ok(NetworkLog { asked: used(asked)?, wrong: used(wrong)? })
    }

    /// Keeps what strangers of a network did; networks that did nothing lately are forgotten.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::address`].
    pub fn put_network(
        &self,
        network: SecretHash,
        log: &NetworkLog,
        now: Instant,
    ) -> Result<(), PeopleError> {
        self.transaction
            .prepare(
                "INSERT INTO networks (book, network, asked, wrong, idle_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (book, network) DO UPDATE SET asked = excluded.asked,
                     wrong = excluded.wrong, idle_at = excluded.idle_at",
            )?
            .execute(params![
                self.book,
                network.0,
                log.asked.full_at.micros(),
                log.wrong.full_at.micros(),
                log.idle_at().micros()
            ])?;
        self.transaction
            .execute("DELETE FROM networks WHERE idle_at <= ?1", params![now.micros()])?;
        Ok(())
    }

    /// For whom a browser is known that asks about an address, of which these are the hashes. Only
    /// what this browser itself was used for is looked through: nothing is learned of others.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::address`].
    pub fn browser_at(
        &self,
        browser: SecretHash,
        addresses: &[SecretHash],
    ) -> Result<Option<(PersonId, KnownBrowser)>, PeopleError> {
        let mut statement = self.transaction.prepare(
            "SELECT browsers.person, known_at, used_at, sent, failures, wait_until,
                 persons.address
             FROM browsers JOIN persons USING (book, person)
             WHERE book = ?1 AND browser = ?2",
        )?;
        let mut rows = statement.query(params![self.book, browser.0])?;
        while let Some(row) = rows.next()? {
            let (person, known_at, used_at, sent, failures, wait_until, address): BrowserRow =
                row.try_into()?;
            let Some(address) = address.map(SecretHash) else { continue };
            if !addresses.contains(&address) {
                continue;
            }
            let sent = pieces(&sent, "browsers")?.into_iter();
            let sent = sent.map(|bytes| instant(i64::from_be_bytes(bytes), "browsers"));
            let known = KnownBrowser {
                known_at: instant(known_at, "browsers")?,
                used_at: instant(used_at, "browsers")?,
                sent: sent.collect::<Result<_, _>>()?,
                tries: tries(failures, wait_until, "browsers")?,
            };
            return Ok(Some((PersonId::from_bytes(person), known)));
        }
        Ok(None)
    }

    /// Keeps a browser that is known for somebody. The ones that rested longest make room, and
    /// those that are known no longer are forgotten.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::address`].
    pub fn put_browser(
        &self,
        browser: SecretHash,
        person: PersonId,
        known: &KnownBrowser,
        now: Instant,
    ) -> Result<(), PeopleError> {
        let sent: Vec<u8> = known.sent.iter().flat_map(|at| at.micros().to_be_bytes()).collect();
        self.transaction
            .prepare(
                "INSERT INTO browsers (book, browser, person, known_at, used_at, sent, failures,
                     wait_until)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (book, browser, person) DO UPDATE SET used_at = excluded.used_at,
                     sent = excluded.sent, failures = excluded.failures,
                     wait_until = excluded.wait_until",
            )?
            .execute(params![
                self.book,
                browser.0,
                person.to_bytes(),
                known.known_at.micros(),
                known.used_at.micros(),
                sent,
                known.tries.failures,
                micros(known.tries.wait_until)
            ])?;
        self.transaction.execute(
            "DELETE FROM browsers WHERE book = ?1 AND person = ?2 AND browser IN (
                 SELECT browser FROM browsers WHERE book = ?1 AND person = ?2
                 ORDER BY used_at DESC LIMIT -1 OFFSET ?3)",
            params![self.book, person.to_bytes(), KnownBrowser::PER_PERSON_MAX],
        )?;
        let old = now.saturating_sub(KnownBrowser::LIFETIME).micros();
        self.transaction.execute("DELETE FROM browsers WHERE used_at <= ?1", params![old])?;
        Ok(())
    }

    /// Forgets the browsers that are known for somebody but one, if one is named: whoever may have
    /// signed in with them is a stranger again.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::address`].
    pub fn forget_browsers(
        &self,
        person: PersonId,
        but: Option<SecretHash>,
    ) -> Result<(), PeopleError> {
        self.transaction.execute(
            "DELETE FROM browsers WHERE book = ?1 AND person = ?2 AND browser IS NOT ?3",
            params![self.book, person.to_bytes(), but.map(|browser| browser.0)],
        )?;
        Ok(())
    }
}

type BrowserRow = ([u8; 16], i64, i64, Vec<u8>, u32, Option<i64>, Option<[u8; HASH_BYTES]>);

fn write_sent(sent: &SentToStranger) -> [u8; SENT_BYTES] {
    let mut bytes = [0; SENT_BYTES];
    bytes[..8].copy_from_slice(&sent.at.micros().to_be_bytes());
    if let Some(network) = sent.network {
        bytes[8..].copy_from_slice(&network.0);
    }
    bytes
}

fn read_sent(bytes: [u8; SENT_BYTES]) -> Result<SentToStranger, PeopleError> {
    let (at, network) = bytes.split_at(8);
    let at = damaged(at.try_into().ok(), "addresses")?;
    let network: [u8; HASH_BYTES] = damaged(network.try_into().ok(), "addresses")?;
    let network = Some(SecretHash(network)).filter(|_| network != [0; HASH_BYTES]);
    Ok(SentToStranger { at: instant(i64::from_be_bytes(at), "addresses")?, network })
}
