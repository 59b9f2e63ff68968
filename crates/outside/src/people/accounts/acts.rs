//! Rows of acts that move value: asked for, agreed to, done.

use ::people::passkey::{Assertion, PublicKey};
use ::people::{Evidence, ValueAct};
use base::{AccountId, Currency, Instant, Money, PasskeyId, PersonId, SessionId, Span, Text};
use rusqlite::{OptionalExtension, params};

use super::rows::{damaged, instant, instant_or_none, micros};
use super::{AccountRows, PeopleError};

/// Acts that nobody agreed to are forgotten after so long.
const UNCONFIRMED_KEPT: Span = Span::days(1);

/// Of those of one person only so many are kept, the newest.
const UNCONFIRMED_MAX: u32 = 20;

/// Acts that were agreed to and never done are forgotten after so long: longer than banks take
/// money back. Those that were done stay.
const UNDONE_KEPT: Span = Span::days(730);

/// Of those of one person only so many are kept, the newest: more than anybody signs by hand.
const UNDONE_MAX: u32 = 500;

/// An act that somebody was asked to agree to. To whom value goes is personal, so it is sealed
/// under the key of the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAct {
    /// What makes it different from all others; its name.
    pub nonce: [u8; 16],
    /// In which session it was asked for.
    pub session: SessionId,
    /// Who was asked.
    pub person: PersonId,
    /// The account whose value moves.
    pub account: AccountId,
    /// How much.
    pub amount: Money,
    /// To whom.
    pub sealed_payee: Vec<u8>,
    /// Until when one could agree.
    pub expires_at: Instant,
    /// What the passkey said, once it did.
    pub agreed: Option<Agreed>,
    /// What was done with it; it is done once.
    pub done: Option<ActDone>,
}

/// The one thing that was done with an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActDone {
    /// When.
    pub at: Instant,
    /// The idempotency key of the call that did it: a repetition of that call is the same thing.
    pub call: Text<255>,
}

/// What a passkey said to an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// Which passkey.
    pub passkey: PasskeyId,
    /// Its key as it was then.
    pub key: PublicKey,
    /// What it said.
    pub assertion: Assertion,
    /// When.
    pub at: Instant,
}

impl KnownAct {
    /// The act, with the payee that was opened.
    pub fn act(&self, payee: Text<200>) -> ValueAct {
        ValueAct {
            person: self.person,
            account: self.account,
            amount: self.amount,
            payee,
            nonce: self.nonce,
            expires_at: self.expires_at,
        }
    }

    /// The signed record, when there is one.
    pub fn evidence(&self, payee: Text<200>) -> Option<Evidence> {
        let Agreed { passkey, key, assertion, at } = self.agreed.clone()?;
        Some(Evidence { act: self.act(payee), passkey, key, assertion, at })
    }
}

impl AccountRows<'_> {
    /// An act by its nonce.
    ///
    /// # Errors
    ///
    /// [`PeopleError::Database`], [`PeopleError::DamagedRow`]; so for all methods here.
    pub fn act(&self, nonce: [u8; 16]) -> Result<Option<KnownAct>, PeopleError> {
        let mut statement = self.transaction.prepare(
            "SELECT session, person, account, minor, currency, sealed_payee, expires_at, done_at,
                 done_call, passkey, public_key, client_data, authenticator_data, signature,
                 agreed_at
             FROM acts WHERE book = ?1 AND nonce = ?2",
        )?;
        let found: Option<ActRow> =
            statement.query_row(params![self.book, nonce], |row| row.try_into()).optional()?;
        found.map(|row| read_act(nonce, row)).transpose()
    }

    /// Keeps an act as it is now. Those that nobody agreed to are forgotten after a day, and those
    /// that were signed and never done after two years; of both a person has so many only. What was
    /// signed and done stays, for it is evidence.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::act`].
    pub fn put_act(&self, act: &KnownAct, now: Instant) -> Result<(), PeopleError> {
        self.sweep_acts(now)?;
        self.bound_acts(act)?;
        let agreed = act.agreed.as_ref();
        let assertion = agreed.map(|agreed| &agreed.assertion);
        self.transaction
            .prepare(
                "INSERT INTO acts (book, nonce, session, person, account, minor, currency,
                     sealed_payee, expires_at, done_at, passkey, public_key, client_data,
                     authenticator_data, signature, agreed_at, done_call)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                     ?17)
                 ON CONFLICT (book, nonce) DO UPDATE SET done_at = excluded.done_at,
                     done_call = excluded.done_call, passkey = excluded.passkey,
                     public_key = excluded.public_key,
                     client_data = excluded.client_data,
                     authenticator_data = excluded.authenticator_data,
                     signature = excluded.signature, agreed_at = excluded.agreed_at",
            )?
            .execute(params![
                self.book,
                act.nonce,
                act.session.to_bytes(),
                act.person.to_bytes(),
                act.account.to_bytes(),
                act.amount.amount.minor(),
                act.amount.currency.code(),
                act.sealed_payee,
                act.expires_at.micros(),
                micros(act.done.as_ref().map(|done| done.at)),
                agreed.map(|agreed| agreed.passkey.to_bytes()),
                agreed.map(|agreed| agreed.key.as_bytes()),
                assertion.map(|assertion| &assertion.client_data),
                assertion.map(|assertion| &assertion.authenticator_data),
                assertion.map(|assertion| &assertion.signature),
                micros(agreed.map(|agreed| agreed.at)),
                act.done.as_ref().map(|done| done.call.as_str()),
            ])?;
        Ok(())
    }
}

impl AccountRows<'_> {
    fn sweep_acts(&self, now: Instant) -> Result<(), PeopleError> {
        for (sweep, kept) in [(SWEEP_UNSIGNED, UNCONFIRMED_KEPT), (SWEEP_UNDONE, UNDONE_KEPT)] {
            self.transaction.execute(sweep, params![now.saturating_sub(kept).micros()])?;
        }
        Ok(())
    }

    /// Makes room for one act of its person.
    fn bound_acts(&self, act: &KnownAct) -> Result<(), PeopleError> {
        let (bound, max) = match &act.agreed {
            None => (BOUND_UNSIGNED, UNCONFIRMED_MAX),
            Some(_) => (BOUND_UNDONE, UNDONE_MAX),
        };
        let of = params![self.book, act.person.to_bytes(), act.nonce, max - 1];
        self.transaction.execute(bound, of)?;
        Ok(())
    }
}

// Each names the rows of one partial index, so that none looks through what was done.
const SWEEP_UNSIGNED: &str = "DELETE FROM acts WHERE agreed_at IS NULL AND expires_at <= ?1";
const SWEEP_UNDONE: &str = "DELETE FROM acts
    WHERE agreed_at IS NOT NULL AND done_at IS NULL AND expires_at <= ?1";
const BOUND_UNSIGNED: &str = "DELETE FROM acts WHERE book = ?1 AND nonce IN (
    SELECT nonce FROM acts
    WHERE book = ?1 AND person = ?2 AND agreed_at IS NULL AND nonce <> ?3
    ORDER BY expires_at DESC LIMIT -1 OFFSET ?4)";
const BOUND_UNDONE: &str = "DELETE FROM acts WHERE book = ?1 AND nonce IN (
    SELECT nonce FROM acts
    WHERE book = ?1 AND person = ?2 AND agreed_at IS NOT NULL AND done_at IS NULL AND nonce <> ?3
    ORDER BY expires_at DESC LIMIT -1 OFFSET ?4)";

type ActRow = (
    [u8; 16],
    [u8; 16],
    [u8; 16],
    i64,
    String,
    Vec<u8>,
    i64,
    Option<i64>,
    Option<String>,
    Option<[u8; 16]>,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    Option<i64>,
);

fn read_act(nonce: [u8; 16], row: ActRow) -> Result<KnownAct, PeopleError> {
    let table = "acts";
    let (session, person, account, minor, currency, sealed_payee, expires_at, ..) = row;
    let (.., done_at, done_call, passkey, key, client_data, authenticator_data, signature, at) =
        row;
    let agreed = match (passkey, key, client_data, authenticator_data, signature, at) {
        (None, None, None, None, None, None) => None,
        (Some(id), Some(key), Some(client_data), Some(data), Some(signature), Some(at)) => {
            let assertion = Assertion { client_data, authenticator_data: data, signature };
            Some(Agreed {
                passkey: PasskeyId::from_bytes(id),
                key: damaged(PublicKey::read(&key), table)?,
                assertion,
                at: instant(at, table)?,
            })
        }
        _ => return Err(PeopleError::DamagedRow(table)),
    };
    let done = match (instant_or_none(done_at, table)?, done_call) {
        (None, None) => None,
        (Some(at), Some(call)) => {
            Some(ActDone { at, call: damaged(Text::new(&call).ok(), table)? })
        }
        _ => return Err(PeopleError::DamagedRow(table)),
    };
    let currency = damaged(Currency::parse(&currency).ok(), table)?;
    Ok(KnownAct {
        nonce,
        session: SessionId::from_bytes(session),
        person: PersonId::from_bytes(person),
        account: AccountId::from_bytes(account),
        amount: damaged(Money::new(minor, currency), table)?,
        sealed_payee,
        expires_at: instant(expires_at, table)?,
        agreed,
        done,
    })
}
