//! Several rules that decide one command together.

use ledger::Position;

use crate::change::Parts;
use crate::{AnswerRef, BookRow, Change, Context, Found, Key, OperationKey, OperationTrace};
use crate::{Row, Rows, every_row};

/// What rules have decided so far on the way to one change. It shows rows as they left them, so
/// that the next rule goes on from there; nothing has happened before [`Composition::finish`].
pub(crate) struct Composition<'a, R> {
    rows: &'a R,
    at: Context,
    parts: Parts,
}

impl<'a, R: Rows> Composition<'a, R> {
    /// Nothing is decided yet.
    pub(crate) fn new(rows: &'a R, at: Context) -> Composition<'a, R> {
        Composition { rows, at, parts: Parts::default() }
    }

    /// Where the transfers of the next rule stand.
    pub(crate) fn position(&self) -> Position {
        Position { sequence: self.at.sequence, transfers: self.parts.transfers.len() }
    }

    /// Adds what a rule decided.
    pub(crate) fn add(&mut self, outcome: impl Into<Parts>) {
        let Parts { rows, transfers, entries, events } = outcome.into();
        for row in rows {
            let key = row.key();
            match self.parts.rows.iter_mut().find(|known| known.key() == key) {
                Some(known) => *known = row,
                None => self.parts.rows.push(row),
            }
        }
        self.parts.transfers.extend(transfers);
        self.parts.entries.extend(entries);
        self.parts.events.extend(events);
    }

    /// The change, with its answer.
    pub(crate) fn finish(self, answer: AnswerRef) -> Change {
        self.parts.into_change(answer)
    }

    fn changed(&self, key: Key) -> Option<&Row> {
        self.parts.rows.iter().find(|row| row.key() == key)
    }
}

macro_rules! composed {
    ($($doc:literal, $name:ident, $variant:ident, $id:ty, $row:ty, $member:ident;)+) => {
        impl<R: Rows> Rows for Composition<'_, R> {
            fn book(&self) -> Found<&BookRow> {
                match self.changed(Key::Book) {
                    Some(Row::Book(row)) => Found::Present(row),
                    _ => self.rows.book(),
                }
            }

            $(fn $name(&self, id: $id) -> Found<&$row> {
                match self.changed(Key::$variant(id)) {
                    Some(Row::$variant(row)) => Found::Present(row),
                    _ => self.rows.$name(id),
                }
            })+

            fn operation(&self, key: OperationKey) -> Found<&OperationTrace> {
                self.rows.operation(key)
            }
        }
    };
}

every_row!(composed);
