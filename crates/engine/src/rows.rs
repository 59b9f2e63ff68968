//! Keys, and the view of rows that decisions are made on.

use std::sync::Arc;

use base::{AccountId, CardId, HoldId, ProgramId, RefundId};
use giftcards::{Card, CodeHash, CodeRow, Hold, Program, Refund};
use ledger::Account;

use crate::{BookRow, OperationKey, OperationTrace, Refusal};

/// Finds one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// The book's own row.
    Book,
    /// A ledger account.
    Account(AccountId),
    /// A program.
    Program(ProgramId),
    /// A gift card.
    Card(CardId),
    /// A code, by its keyed hash.
    Code(CodeHash),
    /// A hold.
    Hold(HoldId),
    /// A refund.
    Refund(RefundId),
    /// What an earlier operation did, by the keyed hash of its idempotency key.
    Operation(OperationKey),
}

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

/// Rows loaded so far: committed ones, overlaid with those of earlier commands of the batch.
pub trait Rows {
    /// The book's own row.
    fn book(&self) -> Found<&BookRow>;
    /// A ledger account.
    fn account(&self, id: AccountId) -> Found<&Account>;
    /// A program.
    fn program(&self, id: ProgramId) -> Found<&Arc<Program>>;
    /// A gift card.
    fn card(&self, id: CardId) -> Found<&Arc<Card>>;
    /// A code.
    fn code(&self, hash: CodeHash) -> Found<&CodeRow>;
    /// A hold.
    fn hold(&self, id: HoldId) -> Found<&Arc<Hold>>;
    /// A refund.
    fn refund(&self, id: RefundId) -> Found<&Arc<Refund>>;
    /// What an earlier operation did.
    fn operation(&self, key: OperationKey) -> Found<&OperationTrace>;
}

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

macro_rules! walk {
    ($name:ident, $id:ty, $row:ty, $key:path) => {
        pub(crate) fn $name(&mut self, id: $id) -> Option<&'a $row> {
            match self.rows.$name(id) {
                Found::Present(row) => Some(row),
                Found::Absent => None,
                Found::Unknown => {
                    self.missing.push($key(id));
                    None
                }
            }
        }
    };
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

    pub(crate) fn missing(self) -> Vec<Key> {
        self.missing
    }

    pub(crate) fn book(&mut self) -> Option<&'a BookRow> {
        match self.rows.book() {
            Found::Present(row) => Some(row),
            Found::Absent => None,
            Found::Unknown => {
                self.missing.push(Key::Book);
                None
            }
        }
    }

    walk!(account, AccountId, Account, Key::Account);
    walk!(program, ProgramId, Arc<Program>, Key::Program);
    walk!(card, CardId, Arc<Card>, Key::Card);
    walk!(code, CodeHash, CodeRow, Key::Code);
    walk!(hold, HoldId, Arc<Hold>, Key::Hold);
    walk!(refund, RefundId, Arc<Refund>, Key::Refund);
    walk!(operation, OperationKey, OperationTrace, Key::Operation);
}
