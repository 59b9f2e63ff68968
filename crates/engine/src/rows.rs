//! Keys, and the view of rows that decisions are made on.

use crate::{BookRow, OperationKey, OperationTrace, Refusal, every_row};

macro_rules! key {
    ($($doc:literal, $name:ident, $variant:ident, $id:ty, $row:ty, $member:ident;)+) => {
        /// Finds one row.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Key {
            /// The book's own row.
            Book,
            $(#[doc = $doc] $variant($id),)+
            /// What an earlier operation did, by the keyed hash of its idempotency key.
            Operation(OperationKey),
        }
    };
}

every_row!(key);

/// The result of looking for a row in what has been loaded so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<T> {
    /// Not loaded yet.
    Unknown,
    /// Loaded, and there is none.
    Absent,
    /// Here it is.
    Present(T),
}

macro_rules! rows {
    ($($doc:literal, $name:ident, $variant:ident, $id:ty, $row:ty, $member:ident;)+) => {
        /// Rows loaded so far: committed ones, overlaid with those of earlier commands of the
        /// batch.
        pub trait Rows {
            /// The book's own row.
            fn book(&self) -> Found<&BookRow>;
            $(#[doc = $doc] fn $name(&self, id: $id) -> Found<&$row>;)+
            /// What an earlier operation did.
            fn operation(&self, key: OperationKey) -> Found<&OperationTrace>;
        }
    };
}

every_row!(rows);

/// Walks rows and notes the keys of those not loaded yet. The same walk serves `needs` and
/// `decide`, so that they cannot disagree.
pub(crate) struct Walk<'a, R> {
    rows: &'a R,
    missing: Vec<Key>,
    only_names_rows: bool,
}

/// Why a walk stops before it has a change.
pub(crate) enum Stop {
    /// Rows are missing, or only their names were asked for.
    NotReady,
    /// A rule said no.
    Refused(Refusal),
}

impl<E: Into<Refusal>> From<E> for Stop {
    fn from(refusal: E) -> Stop {
        Stop::Refused(refusal.into())
    }
}

impl<'a, R: Rows> Walk<'a, R> {
    /// A walk to a decision.
    pub(crate) fn new(rows: &'a R) -> Walk<'a, R> {
        Walk { rows, missing: Vec::new(), only_names_rows: false }
    }

    /// A walk that stops before the rules are asked.
    pub(crate) fn naming_rows(rows: &'a R) -> Walk<'a, R> {
        Walk { only_names_rows: true, ..Walk::new(rows) }
    }

    /// Stands between finding rows and asking the rules.
    pub(crate) fn ready(&self) -> Result<(), Stop> {
        if self.only_names_rows || !self.missing.is_empty() { Err(Stop::NotReady) } else { Ok(()) }
    }

    /// The rows that are missing, each once: several lines may name one seller.
    pub(crate) fn missing(mut self) -> Vec<Key> {
        self.missing.sort_unstable();
        self.missing.dedup();
        self.missing
    }

    pub(crate) fn book(&mut self) -> Option<&'a BookRow> {
        self.found(self.rows.book(), Key::Book)
    }

    pub(crate) fn operation(&mut self, key: OperationKey) -> Option<&'a OperationTrace> {
        self.found(self.rows.operation(key), Key::Operation(key))
    }

    fn found<T>(&mut self, found: Found<&'a T>, key: Key) -> Option<&'a T> {
        match found {
            Found::Present(row) => Some(row),
            Found::Absent => None,
            Found::Unknown => {
                self.missing.push(key);
                None
            }
        }
    }
}

macro_rules! walk {
    ($($doc:literal, $name:ident, $variant:ident, $id:ty, $row:ty, $member:ident;)+) => {
        impl<'a, R: Rows> Walk<'a, R> {
            $(pub(crate) fn $name(&mut self, id: $id) -> Option<&'a $row> {
                self.found(self.rows.$name(id), Key::$variant(id))
            })+
        }
    };
}

every_row!(walk);
