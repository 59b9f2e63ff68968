//! Rows of conversations between customers and staff, and of their messages.
//!
//! What was written is sealed under the customer's key, whoever has written it: who a request is
//! about is the customer, and their erasure destroys all of it.

use ::support::Topic;
use ::support::conversation::{About, Author, Conversation, Rating, TalkState, Written, limits};
use base::{ConversationId, Instant, PersonId, Span};
use rusqlite::{OptionalExtension, Row, params};

use super::rows::{damaged, instant, instant_or_none, micros};
use super::{AccountRows, PeopleError};

/// Tables of layout 3. A message keeps the operation that brought it, so that a form that is sent
/// twice writes once.
pub(in crate::people) const LAYOUT_4: &str = "
    CREATE TABLE conversations (
        book TEXT NOT NULL,
        conversation BLOB NOT NULL,
        person BLOB NOT NULL,
        topic TEXT NOT NULL,
        about TEXT,
        follows BLOB,
        state INTEGER NOT NULL,
        assigned BLOB,
        begun_at INTEGER NOT NULL,
        last_at INTEGER NOT NULL,
        first_answered_at INTEGER,
        due_at INTEGER,
        solved_at INTEGER,
        rating INTEGER,
        messages INTEGER NOT NULL,
        PRIMARY KEY (book, conversation)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX conversations_of_person ON conversations (book, person, last_at, conversation);
    CREATE INDEX conversations_by_due ON conversations (book, state, due_at, conversation);
    CREATE INDEX conversations_by_last ON conversations (book, state, last_at, conversation);
    CREATE TABLE messages (
        book TEXT NOT NULL,
        conversation BLOB NOT NULL,
        number INTEGER NOT NULL,
        person BLOB NOT NULL,
        author INTEGER NOT NULL,
        staff BLOB,
        at INTEGER NOT NULL,
        operation BLOB NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (book, conversation, number),
        UNIQUE (book, operation)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX messages_of_person ON messages (book, person, author, at);
    PRAGMA user_version = 4;";

const COLUMNS: &str = "conversation, person, topic, about, follows, state, assigned, begun_at, \
                       last_at, first_answered_at, due_at, solved_at, rating, messages";

/// The day that a limit of messages is about.
const DAY: Span = Span::hours(24);

/// A message as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMessage {
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// Which message of the conversation, from 1.
    pub number: u32,
    /// Who has written it, and for whom.
    pub author: Author,
    /// When.
    pub at: Instant,
    /// What was done when it was written: the same once only.
    pub operation: [u8; 16],
    /// The text, sealed under the customer's key.
    pub sealed: Vec<u8>,
}

/// Where a list of conversations goes on: behind this time and id.
pub type TalkPlace = (Instant, ConversationId);

/// Which conversations staff want to see. Open ones stand in the order in which answers are due,
/// others by what was done last, the newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TalkFilter {
    /// Of this state.
    pub state: TalkState,
    /// Of whom of staff, if it matters.
    pub assigned: AssignedTo,
    /// Only those whose answer is overdue at this instant.
    pub late_at: Option<Instant>,
    /// How many at most.
    pub limit: u32,
}

/// Of whom of staff conversations are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignedTo {
    /// It does not matter.
    Anybody,
    /// Of nobody.
    Nobody,
    /// Of one.
    Person(PersonId),
}

impl TalkFilter {
    /// Where the list goes on after a conversation.
    pub fn place(&self, one: &Conversation) -> TalkPlace {
        let at = match self.state {
            TalkState::Open => one.due_at.unwrap_or(one.last_at),
            TalkState::Waiting | TalkState::Solved => one.last_at,
        };
        (at, one.id)
    }
}

impl AccountRows<'_> {
    /// The conversation of this id.
    ///
    /// # Errors
    ///
    /// [`PeopleError::Database`], [`PeopleError::DamagedRow`]; so for all methods here.
    pub fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>, PeopleError> {
        let query =
            format!("SELECT {COLUMNS} FROM conversations WHERE book = ?1 AND conversation = ?2");
        let mut statement = self.transaction.prepare(&query)?;
        let found = statement.query_row(params![self.book, id.to_bytes()], talk_row);
        found.optional()?.map(read_talk).transpose()
    }

    /// Keeps a conversation as it is now.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::conversation`].
    pub fn put_conversation(&self, one: &Conversation) -> Result<(), PeopleError> {
        self.transaction
            .prepare(
                "INSERT INTO conversations (book, conversation, person, topic, about, follows,
                     state, assigned, begun_at, last_at, first_answered_at, due_at, solved_at,
                     rating, messages)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
                 ON CONFLICT (book, conversation) DO UPDATE SET state = excluded.state,
                     assigned = excluded.assigned, last_at = excluded.last_at,
                     first_answered_at = excluded.first_answered_at, due_at = excluded.due_at,
                     solved_at = excluded.solved_at, rating = excluded.rating,
                     messages = excluded.messages",
            )?
            .execute(params![
                self.book,
                one.id.to_bytes(),
                one.person.to_bytes(),
                one.topic.name(),
                one.about.map(|about| about.to_string()),
                one.follows.map(ConversationId::to_bytes),
                one.state as u8,
                one.assigned.map(PersonId::to_bytes),
                one.begun_at.micros(),
                one.last_at.micros(),
                micros(one.first_answered_at),
                micros(one.due_at),
                micros(one.solved_at),
                one.rating.map(|rating| rating as u8),
                one.messages,
            ])?;
        Ok(())
    }

    /// Adds a message of a customer's conversation.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::conversation`]; of the database when its number or operation is taken.
    pub fn add_message(&self, of: PersonId, message: &KnownMessage) -> Result<(), PeopleError> {
        self.transaction
            .prepare(
                "INSERT INTO messages (book, conversation, number, person, author, staff, at,
                     operation, sealed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                self.book,
                message.conversation.to_bytes(),
                message.number,
                of.to_bytes(),
                message.author.number(),
                message.author.staff().map(PersonId::to_bytes),
                message.at.micros(),
                message.operation,
                message.sealed,
            ])?;
        Ok(())
    }

    /// All messages of a conversation in their order: so many as one may have.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::conversation`].
    pub fn messages_of(&self, of: ConversationId) -> Result<Vec<KnownMessage>, PeopleError> {
        let mut statement = self.transaction.prepare(
            "SELECT number, author, staff, at, operation, sealed FROM messages
             WHERE book = ?1 AND conversation = ?2 ORDER BY number LIMIT ?3",
        )?;
        let bounds = params![self.book, of.to_bytes(), limits::MESSAGES_MAX];
        let rows = statement.query_map(bounds, |row| row.try_into())?;
        rows.map(|row: rusqlite::Result<MessageRow>| read_message(of, row?)).collect()
    }

    /// The first message of a conversation.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::conversation`].
    pub fn first_message(&self, of: ConversationId) -> Result<Option<KnownMessage>, PeopleError> {
        let mut statement = self.transaction.prepare(
            "SELECT number, author, staff, at, operation, sealed FROM messages
             WHERE book = ?1 AND conversation = ?2 AND number = 1",
        )?;
        let found = statement.query_row(params![self.book, of.to_bytes()], |row| row.try_into());
        found.optional()?.map(|row: MessageRow| read_message(of, row)).transpose()
    }

    /// In which conversation an operation has written, and whose that is.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::conversation`].
    pub fn written_by(
        &self,
        operation: [u8; 16],
    ) -> Result<Option<(ConversationId, PersonId)>, PeopleError> {
        let found: Option<([u8; 16], [u8; 16])> = self
            .transaction
            .prepare(
                "SELECT conversation, person FROM messages WHERE book = ?1 AND operation = ?2",
            )?
            .query_row(params![self.book, operation], |row| row.try_into())
            .optional()?;
        Ok(found.map(|(id, person)| (ConversationId::from_bytes(id), PersonId::from_bytes(person))))
    }

    /// How much a customer has written.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::conversation`].
    pub fn written(&self, person: PersonId, now: Instant) -> Result<Written, PeopleError> {
        let since = now.saturating_sub(DAY).micros();
        let today = self.transaction.query_row(
            "SELECT count(*) FROM messages
             WHERE book = ?1 AND person = ?2 AND author = ?3 AND at > ?4",
            params![self.book, person.to_bytes(), Author::Customer.number(), since],
            |row| row.get(0),
        )?;
        let open = self.transaction.query_row(
            "SELECT count(*) FROM conversations WHERE book = ?1 AND person = ?2 AND state <> ?3",
            params![self.book, person.to_bytes(), TalkState::Solved as u8],
            |row| row.get(0),
        )?;
        Ok(Written { today, open })
    }

    /// Conversations of a customer, the one in which something was done last first.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::conversation`].
    pub fn conversations_of(
        &self,
        person: PersonId,
        after: Option<TalkPlace>,
        limit: u32,
    ) -> Result<Vec<Conversation>, PeopleError> {
        let (at, id) = place_of(after, Instant::MAX, u128::MAX);
        let query = format!(
            "SELECT {COLUMNS} FROM conversations
             WHERE book = ?1 AND person = ?2 AND (last_at, conversation) < (?3, ?4)
             ORDER BY last_at DESC, conversation DESC LIMIT ?5"
        );
        let mut statement = self.transaction.prepare(&query)?;
        let bounds = params![self.book, person.to_bytes(), at, id, limit];
        let rows = statement.query_map(bounds, talk_row)?;
        rows.map(|row| read_talk(row?)).collect()
    }

    /// Conversations as staff look for them.
    ///
    /// # Errors
    ///
    /// As [`AccountRows::conversation`].
    pub fn talk_queue(
        &self,
        filter: &TalkFilter,
        after: Option<TalkPlace>,
    ) -> Result<Vec<Conversation>, PeopleError> {
        let (order, (at, id)) = match filter.state {
            TalkState::Open => (
                "(due_at, conversation) > (?3, ?4) ORDER BY due_at, conversation",
                place_of(after, Instant::MIN, 0),
            ),
            TalkState::Waiting | TalkState::Solved => (
                "(last_at, conversation) < (?3, ?4) ORDER BY last_at DESC, conversation DESC",
                place_of(after, Instant::MAX, u128::MAX),
            ),
        };
        let (of_whom, assigned) = match filter.assigned {
            AssignedTo::Anybody => ("?6 IS NULL", None),
            AssignedTo::Nobody => ("?6 IS NULL AND assigned IS NULL", None),
            AssignedTo::Person(person) => ("assigned = ?6", Some(person.to_bytes())),
        };
        let query = format!(
            "SELECT {COLUMNS} FROM conversations
             WHERE book = ?1 AND state = ?2 AND (?7 IS NULL OR due_at <= ?7) AND {of_whom}
                 AND {order} LIMIT ?5"
        );
        let mut statement = self.transaction.prepare(&query)?;
        let state = filter.state as u8;
        let late = micros(filter.late_at);
        let bounds = params![self.book, state, at, id, filter.limit, assigned, late];
        let rows = statement.query_map(bounds, talk_row)?;
        rows.map(|row| read_talk(row?)).collect()
    }
}

/// A place as numbers; without one, before everything.
fn place_of(after: Option<TalkPlace>, at: Instant, id: u128) -> (i64, [u8; 16]) {
    let (at, id) = after.unwrap_or((at, ConversationId::from_bits(id)));
    (at.micros(), id.to_bytes())
}

type TalkRow = (
    [u8; 16],
    [u8; 16],
    String,
    Option<String>,
    Option<[u8; 16]>,
    u8,
    Option<[u8; 16]>,
    i64,
    i64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<u8>,
    u32,
);

fn talk_row(row: &Row<'_>) -> rusqlite::Result<TalkRow> {
    row.try_into()
}

fn read_talk(row: TalkRow) -> Result<Conversation, PeopleError> {
    let table = "conversations";
    let (id, person, topic, about, follows, state, assigned, begun_at, last_at, ..) = row;
    let (.., first_answered_at, due_at, solved_at, rating, messages) = row;
    let about = about.map(|id| damaged(About::parse(&id), table)).transpose()?;
    let rating = rating.map(|number| damaged(Rating::from_number(number), table)).transpose()?;
    Ok(Conversation {
        id: ConversationId::from_bytes(id),
        person: PersonId::from_bytes(person),
        topic: damaged(Topic::parse(&topic), table)?,
        about,
        follows: follows.map(ConversationId::from_bytes),
        state: damaged(TalkState::from_number(state), table)?,
        assigned: assigned.map(PersonId::from_bytes),
        begun_at: instant(begun_at, table)?,
        last_at: instant(last_at, table)?,
        first_answered_at: instant_or_none(first_answered_at, table)?,
        due_at: instant_or_none(due_at, table)?,
        solved_at: instant_or_none(solved_at, table)?,
        rating,
        messages,
    })
}

type MessageRow = (u32, u8, Option<[u8; 16]>, i64, [u8; 16], Vec<u8>);

fn read_message(
    conversation: ConversationId,
    row: MessageRow,
) -> Result<KnownMessage, PeopleError> {
    let table = "messages";
    let (number, author, staff, at, operation, sealed) = row;
    let author = Author::from_stored(author, staff.map(PersonId::from_bytes));
    let (author, at) = (damaged(author, table)?, instant(at, table)?);
    Ok(KnownMessage { conversation, number, author, at, operation, sealed })
}
