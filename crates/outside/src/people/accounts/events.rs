//! Rows of what happened to accounts, and of acts that wait for a second person.

use ::people::{AccountChange, AccountEvent, Approval, ApprovalState, Permission};
use base::{ApprovalId, Instant, PersonId, Span, Text, Token};
use rusqlite::{OptionalExtension, params};

use super::rows::{damaged, instant};
use super::{AccountRows, PeopleError};

/// Requests for a second person are forgotten after so long; what came of them is an event.
const APPROVALS_KEPT: Span = Span::days(30);

/// A request for a second person, with whose account it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownApproval {
    /// The request.
    pub approval: Approval,
    /// Whose account.
    pub person: PersonId,
}

impl AccountRows<'_> {
    /// Writes down what happened to an account. Of what people did to their own only the newest
    /// stays; what others did is never pushed out.
    ///
    /// # Errors
    ///
    /// [`PeopleError::Database`], [`PeopleError::DamagedRow`]; so for all methods here.
    pub fn add_event(&self, event: &AccountEvent) -> Result<(), PeopleError> {
        self.transaction
            .prepare(
                "INSERT INTO account_events (book, person, by, change, subject, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                self.book,
                event.person.to_bytes(),
                event.by.map(PersonId::to_bytes),
                event.change as u8,
                event.subject.as_ref().map(Text::as_str),
                event.at.micros(),
            ])?;
        if event.is_own() {
            self.transaction.execute(
                "DELETE FROM account_events WHERE number IN (
                     SELECT number FROM account_events
                     WHERE book = ?1 AND person = ?2 AND by = ?2
                     ORDER BY number DESC LIMIT -1 OFFSET ?3)",
                params![self.book, event.person.to_bytes(), AccountEvent::OWN_KEPT_MAX],
            )?;
        }
        Ok(())
    }

    /// What happened to an account, the newest first; at most so many.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::add_event`].
    pub fn events_of(&self, person: PersonId, max: u32) -> Result<Vec<AccountEvent>, PeopleError> {
        type Found = (Option<[u8; 16]>, u8, Option<String>, i64);
        let mut statement = self.transaction.prepare(
            "SELECT by, change, subject, at FROM account_events
             WHERE book = ?1 AND person = ?2 ORDER BY number DESC LIMIT ?3",
        )?;
        let rows = statement
            .query_map(params![self.book, person.to_bytes(), max], |row| Found::try_from(row))?;
        let table = "account_events";
        rows.map(|row| {
            let (by, change, subject, at) = row?;
            Ok(AccountEvent {
                person,
                by: by.map(PersonId::from_bytes),
                change: damaged(AccountChange::from_number(change), table)?,
                subject: subject.map(|text| damaged(Text::new(&text).ok(), table)).transpose()?,
                at: instant(at, table)?,
            })
        })
        .collect()
    }

    /// A request for a second person.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::add_event`].
    pub fn approval(&self, approval: ApprovalId) -> Result<Option<KnownApproval>, PeopleError> {
        let found: Option<ApprovalRow> = self
            .transaction
            .prepare(
                "SELECT person, kind, act, needs, asked_by, asked_at, state, by, answered_at
                 FROM approvals WHERE book = ?1 AND approval = ?2",
            )?
            .query_row(params![self.book, approval.to_bytes()], |row| row.try_into())
            .optional()?;
        found.map(|row| read_approval(approval, row)).transpose()
    }

    /// Keeps a request for a second person as it is now; old ones are forgotten.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::add_event`].
    pub fn put_approval(&self, known: &KnownApproval, now: Instant) -> Result<(), PeopleError> {
        let KnownApproval { approval, person } = known;
        let (state, by, at) = match approval.state {
            ApprovalState::Open => (1, None, None),
            ApprovalState::Approved { by, at } => (2, Some(by), Some(at)),
            ApprovalState::Declined { by, at } => (3, Some(by), Some(at)),
            ApprovalState::Withdrawn { at } => (4, None, Some(at)),
            ApprovalState::Done { by, at } => (5, Some(by), Some(at)),
        };
        self.transaction
            .prepare(
                "INSERT INTO approvals (book, approval, person, kind, act, needs, asked_by,
                     asked_at, state, by, answered_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT (book, approval) DO UPDATE SET state = excluded.state,
                     by = excluded.by, answered_at = excluded.answered_at",
            )?
            .execute(params![
                self.book,
                approval.id.to_bytes(),
                person.to_bytes(),
                approval.kind.as_str(),
                approval.act,
                approval.needs as u8,
                approval.asked_by.to_bytes(),
                approval.asked_at.micros(),
                state,
                by.map(PersonId::to_bytes),
                at.map(Instant::micros),
            ])?;
        let old = now.saturating_sub(APPROVALS_KEPT).micros();
        self.transaction.execute("DELETE FROM approvals WHERE asked_at <= ?1", params![old])?;
        Ok(())
    }
}

impl AccountRows<'_> {
    /// Withdraws every request about an account that is still open: its owner objects.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::add_event`].
    pub fn withdraw_approvals(&self, person: PersonId, now: Instant) -> Result<(), PeopleError> {
        self.transaction.execute(
            "UPDATE approvals SET state = 4, answered_at = ?3
             WHERE book = ?1 AND person = ?2 AND state = 1",
            params![self.book, person.to_bytes(), now.micros()],
        )?;
        Ok(())
    }
}

type ApprovalRow =
    ([u8; 16], String, [u8; 32], u8, [u8; 16], i64, u8, Option<[u8; 16]>, Option<i64>);

fn read_approval(id: ApprovalId, row: ApprovalRow) -> Result<KnownApproval, PeopleError> {
    let table = "approvals";
    let (person, kind, act, needs, asked_by, asked_at, state, by, at) = row;
    let (by, at) = (by.map(PersonId::from_bytes), at.map(|at| instant(at, table)).transpose()?);
    let state = match (state, by, at) {
        (1, None, None) => ApprovalState::Open,
        (2, Some(by), Some(at)) => ApprovalState::Approved { by, at },
        (3, Some(by), Some(at)) => ApprovalState::Declined { by, at },
        (4, None, Some(at)) => ApprovalState::Withdrawn { at },
        (5, Some(by), Some(at)) => ApprovalState::Done { by, at },
        _ => return Err(PeopleError::DamagedRow(table)),
    };
    let needs = Permission::ALL.iter().copied().find(|one| *one as u8 == needs);
    let approval = Approval {
        id,
        kind: damaged(Token::new(&kind).ok(), table)?,
        act,
        needs: damaged(needs, table)?,
        asked_by: PersonId::from_bytes(asked_by),
        asked_at: instant(asked_at, table)?,
        state,
    };
    Ok(KnownApproval { approval, person: PersonId::from_bytes(person) })
}
