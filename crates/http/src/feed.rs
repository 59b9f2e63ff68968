//! Events, read from the journal: each with its object as it was right after its own record.

use std::sync::Arc;

use base::Instant;
use engine::{EventKind, Row};
use giftcards::{Card, EventKind as CardEvent, Hold, Program, Refund, account_of};
use journal::{EventLine, Record};
use ledger::Account;
use store::{EventPlace, Reader, StoreError};

use crate::views;

/// Records that one request looks at.
const SCANNED_RECORDS_MAX: usize = 10_000;

/// Bytes of journal read at a time.
const CHUNK_BYTES: usize = 256 << 10;

/// A place between two events: every event before it has been told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// The record of the next event.
    seq: u64,
    /// Events of that record that have been told.
    told: u32,
}

impl Position {
    /// Before the first event of a record.
    pub(crate) fn before_record(seq: u64) -> Position {
        Position { seq: seq.max(1), told: 0 }
    }

    /// Reads back what [`Position::bits`] made.
    pub(crate) fn of_bits(bits: u128) -> Position {
        let seq = u64::try_from(bits >> 32).unwrap_or(u64::MAX);
        let told = u32::try_from(bits & u128::from(u32::MAX)).unwrap_or(u32::MAX);
        Position { seq: seq.max(1), told }
    }

    /// Before the event at a place.
    pub(crate) fn at(place: EventPlace) -> Position {
        Position { seq: place.seq.max(1), told: place.index }
    }

    /// The place of the next event.
    pub(crate) fn place(self) -> EventPlace {
        EventPlace { seq: self.seq, index: self.told }
    }

    /// The position as a number for cursors.
    pub(crate) fn bits(self) -> u128 {
        u128::from(self.seq) << 32 | u128::from(self.told)
    }
}

/// Which events are wanted.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// Only of these kinds; of all without it.
    pub(crate) kinds: Option<Vec<EventKind>>,
    /// Only of records up to this one.
    pub(crate) last: Option<u64>,
    /// Events at most.
    pub(crate) limit: usize,
}

/// Events in order, and where to go on.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) events: Vec<Event>,
    pub(crate) next: Position,
    /// True unless everything that has happened by now was looked at.
    pub(crate) has_more: bool,
}

/// Something that happened.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) seq: u64,
    /// Its place among the events of its record.
    pub(crate) index: u32,
    pub(crate) at: Instant,
    pub(crate) kind: EventKind,
    /// The id of what it happened to.
    pub(crate) subject: [u8; 16],
    pub(crate) object: Object,
}

impl Event {
    /// Where it is.
    pub(crate) fn place(&self) -> EventPlace {
        EventPlace { seq: self.seq, index: self.index }
    }
}

/// What an event is about, as it was after its record.
#[derive(Debug)]
pub(crate) enum Object {
    Program(Arc<Program>),
    Card(Arc<Card>, Account),
    Hold(Arc<Hold>, Account),
    Refund(Arc<Refund>),
    /// An object of payments or of the shop, or a sender of gifts.
    Shop(Row),
}

/// Where a caller wants events from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum From {
    /// The first there are at or after a position.
    Start(Position),
    /// A cursor: nothing between what its caller knows and the answer may be missing.
    Cursor(Position),
}

/// Tells events from a position on; `None` when records after a cursor have left the journal.
///
/// # Errors
///
/// [`StoreError`], [`StoreError::Corrupt`] also when a record cannot be understood.
pub(crate) fn tell(
    reader: &mut dyn Reader,
    from: From,
    wanted: &Wanted,
) -> Result<Option<Told>, StoreError> {
    let head = reader.head()?;
    let first = Position::before_record(head.removed + 1);
    let next = match from {
        From::Cursor(cursor) if cursor < first => return Ok(None),
        From::Cursor(cursor) => cursor,
        From::Start(start) => start.max(first),
    };
    let last = wanted.last.map_or(head.seq, |last| last.min(head.seq));
    let mut told = Told { events: Vec::new(), next, has_more: false };
    let mut scanned = 0;
    while told.next.seq <= last {
        let blocks = reader.blocks_after(told.next.seq - 1, CHUNK_BYTES)?;
        let Some(block) = blocks.first() else {
            return Err(corrupt(told.next.seq, "it is missing"));
        };
        if told.next.seq < block.first_seq {
            // It has left the journal since the head was read.
            return Ok(None);
        }
        for record in blocks.iter().flat_map(journal::Block::records) {
            let record = record?;
            let seq = record.header().seq;
            if seq < told.next.seq {
                continue;
            }
            if seq > last {
                return Ok(Some(told));
            }
            if scanned == SCANNED_RECORDS_MAX || !told.add(&record, wanted)? {
                told.has_more = true;
                return Ok(Some(told));
            }
            scanned += 1;
        }
    }
    Ok(Some(told))
}

impl Told {
    /// Adds the wanted events of a record; false when there is no room for one of them.
    fn add(&mut self, record: &Record<'_>, wanted: &Wanted) -> Result<bool, StoreError> {
        let (seq, at) = (record.header().seq, Instant::from_micros(record.header().at_micros));
        let mut rows = None;
        for (index, line) in (0..).zip(record.events()).skip(self.next.told as usize) {
            let kind = EventKind::from_number(line.kind);
            let kind = kind.ok_or_else(|| corrupt(seq, "an event is of an unknown kind"))?;
            if wanted.kinds.as_ref().is_some_and(|wanted| !wanted.contains(&kind)) {
                continue;
            }
            if self.events.len() == wanted.limit {
                self.next = Position { seq, told: index };
                return Ok(false);
            }
            let rows = match &mut rows {
                Some(rows) => rows,
                empty => empty.insert(after_images(record)?),
            };
            let object = object(kind, &line, rows);
            let object = object.ok_or_else(|| corrupt(seq, "the object of an event is missing"))?;
            let subject = line.subject;
            self.events.push(Event { seq, index, at, kind, subject, object });
        }
        self.next = Position::before_record(seq + 1);
        Ok(true)
    }
}

fn after_images(record: &Record<'_>) -> Result<Vec<Row>, StoreError> {
    let read = |change: Result<journal::ChangeRef<'_>, journal::ReadError>| {
        let change = change?;
        let row = store::rows::read_row(change.table, change.version, &mut change.source())?;
        Ok(row)
    };
    record.changes().map(read).collect()
}

fn object(kind: EventKind, line: &EventLine, rows: &[Row]) -> Option<Object> {
    let account = |card| {
        rows.iter().find_map(|row| match row {
            Row::Account(account) if account.id == account_of(card) => Some(account.clone()),
            _ => None,
        })
    };
    rows.iter().find_map(|row| match (subject_of(kind), row) {
        (SubjectKind::Program, Row::Program(program)) if program.id.to_bytes() == line.subject => {
            Some(Object::Program(Arc::clone(program)))
        }
        (SubjectKind::Card, Row::Card(card)) if card.id.to_bytes() == line.subject => {
            Some(Object::Card(Arc::clone(card), account(card.id)?))
        }
        (SubjectKind::Hold, Row::Hold(hold)) if hold.id.to_bytes() == line.subject => {
            Some(Object::Hold(Arc::clone(hold), account(hold.card)?))
        }
        (SubjectKind::Refund, Row::Refund(refund)) if refund.id.to_bytes() == line.subject => {
            Some(Object::Refund(Arc::clone(refund)))
        }
        (SubjectKind::Shop, row) => {
            let id = views::shop::id_of(row)?;
            (id.to_be_bytes() == line.subject).then(|| Object::Shop(row.clone()))
        }
        _ => None,
    })
}

/// What kind of object an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SubjectKind {
    Program,
    Card,
    Hold,
    Refund,
    Shop,
}

fn subject_of(kind: EventKind) -> SubjectKind {
    match kind {
        EventKind::GiftCards(kind) => card_subject(kind),
        EventKind::Payments(_)
        | EventKind::Shop(_)
        | EventKind::Promotions(_)
        | EventKind::Claims(_) => SubjectKind::Shop,
    }
}

fn card_subject(kind: CardEvent) -> SubjectKind {
    match kind {
        CardEvent::ProgramCreated => SubjectKind::Program,
        CardEvent::CardIssued
        | CardEvent::CardFrozen
        | CardEvent::CardUnfrozen
        | CardEvent::CardCodeReplaced
        | CardEvent::CardCanceled
        | CardEvent::CardExtended
        | CardEvent::CardAdjusted
        | CardEvent::CardExpired
        | CardEvent::CardUpdated
        | CardEvent::CardWithdrawn
        | CardEvent::CardClawedBack
        | CardEvent::CardRestored
        | CardEvent::CardDeliveryDue
        | CardEvent::CardBlocked
        | CardEvent::CardUnblocked
        | CardEvent::CardClaimed
        | CardEvent::CardDeliveryUpdated
        | CardEvent::CardRecipientChanged => SubjectKind::Card,
        CardEvent::HoldCreated
        | CardEvent::HoldUpdated
        | CardEvent::HoldCaptured
        | CardEvent::HoldReleased
        | CardEvent::HoldExpired
        | CardEvent::HoldReversed
        | CardEvent::HoldSecured => SubjectKind::Hold,
        CardEvent::RefundSucceeded | CardEvent::RefundReversed => SubjectKind::Refund,
        CardEvent::ContactReported
        | CardEvent::ContactBlocked
        | CardEvent::ContactUnblocked
        | CardEvent::SenderBlocked
        | CardEvent::SenderUnblocked => SubjectKind::Shop,
    }
}

fn corrupt(seq: u64, why: &str) -> StoreError {
    StoreError::Corrupt(format!("record {seq}: {why}"))
}
