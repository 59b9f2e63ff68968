//! Rows of sign-ins and sessions.

use ::people::{CodeSent, SESSIONS_PER_PERSON_MAX, SecretHash, Session, SessionEnd, SignIn, Ways};
use base::{Instant, PersonId, SessionId, SignInId, Span, Text};
use rusqlite::{OptionalExtension, Row, params};

use super::rows::{damaged, hash_or_none, instant};
use super::{AccountRows, KnownSignIn, PeopleError};

/// Sessions that have ended stay for so long, for people to see what there was.
const ENDED_KEPT: Span = Span::days(30);

const SESSION: &str = "session, person, token, ways, is_of_staff, device, created_at, used_at, \
                       proven_at, ended_why, ended_at, by_staff_key";

impl AccountRows<'_> {
    /// The sign-in that a browser with this token has begun.
    ///
    /// # Errors
    ///
    /// [`PeopleError::Database`], [`PeopleError::DamagedRow`]; so for all methods here.
    pub fn sign_in(&self, browser: SecretHash) -> Result<Option<KnownSignIn>, PeopleError> {
        let mut statement = self.transaction.prepare(
            "SELECT sign_in, begun_at, code, code_expires_at, code_tries_left, person, ways,
                 challenge, address, sealed_address
             FROM sign_ins WHERE book = ?1 AND browser = ?2",
        )?;
        let found: Option<SignInRow> =
            statement.query_row(params![self.book, browser.0], |row| row.try_into()).optional()?;
        found.map(|row| read_sign_in(browser, row)).transpose()
    }

    /// Keeps a sign-in; those that nobody can go on with are forgotten.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::sign_in`].
    pub fn put_sign_in(&self, known: &KnownSignIn, now: Instant) -> Result<(), PeopleError> {
        let KnownSignIn { sign_in, address, sealed_address } = known;
        let over = now.saturating_sub(SignIn::LIFETIME).micros();
        self.transaction
            .prepare("DELETE FROM sign_ins WHERE begun_at <= ?1")?
            .execute(params![over])?;
        let code = sign_in.code.as_ref();
        self.transaction
            .prepare(
                "INSERT INTO sign_ins (book, browser, sign_in, begun_at, code, code_expires_at,
                     code_tries_left, person, ways, challenge, address, sealed_address)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                 ON CONFLICT (book, browser) DO UPDATE SET sign_in = excluded.sign_in,
                     begun_at = excluded.begun_at, code = excluded.code,
                     code_expires_at = excluded.code_expires_at,
                     code_tries_left = excluded.code_tries_left, person = excluded.person,
                     ways = excluded.ways, challenge = excluded.challenge,
                     address = excluded.address, sealed_address = excluded.sealed_address",
            )?
            .execute(params![
                self.book,
                sign_in.browser.0,
                sign_in.id.to_bytes(),
                sign_in.begun_at.micros(),
                code.map(|code| code.hash.0),
                code.map(|code| code.expires_at.micros()),
                code.map(|code| code.tries_left),
                sign_in.person.map(PersonId::to_bytes),
                sign_in.ways.number(),
                sign_in.challenge,
                address.map(|address| address.0),
                sealed_address,
            ])?;
        Ok(())
    }

    /// Forgets a sign-in.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::sign_in`].
    pub fn remove_sign_in(&self, browser: SecretHash) -> Result<(), PeopleError> {
        let of = params![self.book, browser.0];
        self.transaction.execute("DELETE FROM sign_ins WHERE book = ?1 AND browser = ?2", of)?;
        Ok(())
    }

    /// The session of a token, also one that has ended.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::sign_in`].
    pub fn session(&self, token: SecretHash) -> Result<Option<Session>, PeopleError> {
        let query = format!("SELECT {SESSION} FROM sessions WHERE book = ?1 AND token = ?2");
        let mut statement = self.transaction.prepare(&query)?;
        let found = statement.query_row(params![self.book, token.0], session_row);
        found.optional()?.map(read_session).transpose()
    }

    /// The sessions of a person that have not been ended, the one that was used last first.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::sign_in`].
    pub fn sessions_of(&self, person: PersonId) -> Result<Vec<Session>, PeopleError> {
        let query = format!(
            "SELECT {SESSION} FROM sessions
             WHERE book = ?1 AND person = ?2 AND ended_why IS NULL ORDER BY used_at DESC, session"
        );
        let mut statement = self.transaction.prepare(&query)?;
        let rows = statement.query_map(params![self.book, person.to_bytes()], session_row)?;
        rows.map(|row| read_session(row?)).collect()
    }

    /// Keeps a session as it is now.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::sign_in`].
    pub fn put_session(&self, session: &Session) -> Result<(), PeopleError> {
        let (why, ended_at) = session.ended.unzip();
        self.transaction
            .prepare(
                "INSERT INTO sessions (book, session, person, token, ways, is_of_staff, device,
                     created_at, used_at, proven_at, ended_why, ended_at, by_staff_key)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
                 ON CONFLICT (book, session) DO UPDATE SET token = excluded.token,
                     ways = excluded.ways, used_at = excluded.used_at,
                     proven_at = excluded.proven_at, ended_why = excluded.ended_why,
                     ended_at = excluded.ended_at, by_staff_key = excluded.by_staff_key",
            )?
            .execute(params![
                self.book,
                session.id.to_bytes(),
                session.person.to_bytes(),
                session.token.0,
                session.ways.number(),
                session.is_of_staff,
                session.device.as_ref().map(Text::as_str),
                session.created_at.micros(),
                session.used_at.micros(),
                session.proven_at.micros(),
                why.map(|why| why as u8),
                ended_at.map(Instant::micros),
                session.by_staff_key,
            ])?;
        Ok(())
    }

    /// Makes room for one more session of a person: who has too many loses those that rested
    /// longest, and what ended a month ago is forgotten.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::sign_in`].
    pub fn make_room(&self, person: PersonId, now: Instant) -> Result<(), PeopleError> {
        let long_ago = now.saturating_sub(ENDED_KEPT).micros();
        self.transaction.execute(
            "DELETE FROM sessions WHERE book = ?1 AND person = ?2 AND ended_at < ?3",
            params![self.book, person.to_bytes(), long_ago],
        )?;
        let open = self.sessions_of(person)?;
        for session in open.iter().skip(SESSIONS_PER_PERSON_MAX - 1) {
            self.put_session(&session.end(SessionEnd::Idle, now))?;
        }
        Ok(())
    }

    /// Ends all sessions of a person but one, if one is named; how many.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::sign_in`].
    pub fn end_sessions(
        &self,
        person: PersonId,
        but: Option<SessionId>,
        why: SessionEnd,
        now: Instant,
    ) -> Result<usize, PeopleError> {
        let open = self.sessions_of(person)?;
        let ending: Vec<_> = open.iter().filter(|one| Some(one.id) != but).collect();
        for session in &ending {
            self.put_session(&session.end(why, now))?;
        }
        Ok(ending.len())
    }

    /// Keeps a challenge that a session was given, or takes it away: it works once.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::sign_in`].
    pub fn put_challenge(
        &self,
        session: SessionId,
        challenge: Option<[u8; 32]>,
    ) -> Result<(), PeopleError> {
        self.transaction.execute(
            "UPDATE sessions SET challenge = ?3 WHERE book = ?1 AND session = ?2",
            params![self.book, session.to_bytes(), challenge],
        )?;
        Ok(())
    }

    /// The challenge that a session was given, which is taken away.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::sign_in`].
    pub fn take_challenge(&self, session: SessionId) -> Result<Option<[u8; 32]>, PeopleError> {
        let found: Option<Option<[u8; 32]>> = self
            .transaction
            .query_row(
                "SELECT challenge FROM sessions WHERE book = ?1 AND session = ?2",
                params![self.book, session.to_bytes()],
                |row| row.get(0),
            )
            .optional()?;
        self.put_challenge(session, None)?;
        Ok(found.flatten())
    }
}

type SignInRow = (
    [u8; 16],
    i64,
    Option<[u8; 16]>,
    Option<i64>,
    Option<u8>,
    Option<[u8; 16]>,
    u8,
    Option<[u8; 32]>,
    Option<[u8; 16]>,
    Option<Vec<u8>>,
);

fn read_sign_in(browser: SecretHash, row: SignInRow) -> Result<KnownSignIn, PeopleError> {
    let table = "sign_ins";
    let (id, begun_at, code, expires_at, tries_left, person, ways, challenge, address, sealed) =
        row;
    let code = match (code, expires_at, tries_left) {
        (None, None, None) => None,
        (Some(hash), Some(expires_at), Some(tries_left)) => Some(CodeSent {
            hash: SecretHash(hash),
            expires_at: instant(expires_at, table)?,
            tries_left,
        }),
        _ => return Err(PeopleError::DamagedRow(table)),
    };
    let sign_in = SignIn {
        id: SignInId::from_bytes(id),
        browser,
        begun_at: instant(begun_at, table)?,
        code,
        person: person.map(PersonId::from_bytes),
        ways: damaged(Ways::from_number(ways), table)?,
        challenge,
    };
    Ok(KnownSignIn { sign_in, address: hash_or_none(address), sealed_address: sealed })
}

type SessionRow = (
    [u8; 16],
    [u8; 16],
    [u8; 16],
    u8,
    bool,
    Option<String>,
    i64,
    i64,
    i64,
    Option<u8>,
    Option<i64>,
    bool,
);

fn session_row(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    row.try_into()
}

fn read_session(row: SessionRow) -> Result<Session, PeopleError> {
    let table = "sessions";
    let (id, person, token, ways, is_of_staff, device, created, used, proven, why, at, key) = row;
    let ended = match (why, at) {
        (None, None) => None,
        (Some(why), Some(at)) => {
            Some((damaged(SessionEnd::from_number(why), table)?, instant(at, table)?))
        }
        _ => return Err(PeopleError::DamagedRow(table)),
    };
    let device = device.map(|text| damaged(Text::new(&text).ok(), table)).transpose()?;
    Ok(Session {
        id: SessionId::from_bytes(id),
        person: PersonId::from_bytes(person),
        token: SecretHash(token),
        ways: damaged(Ways::from_number(ways), table)?,
        is_of_staff,
        by_staff_key: key,
        device,
        created_at: instant(created, table)?,
        used_at: instant(used, table)?,
        proven_at: instant(proven, table)?,
        ended,
    })
}
