//! The rows a writer holds in memory: those its tables do not have yet, and a cache.

mod rows;
mod sweep;
mod table;

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use base::{AccountId, CardId, HoldId, ProgramId, RefundId};
use engine::{BookRow, Key, OperationKey, OperationTrace, Row};
use giftcards::{Card, CodeHash, CodeRow, Hold, Program, Refund};
use hashbrown::HashMap;
use ledger::Account;

pub(crate) use sweep::{Slice, Sweep, is_settled};
use table::{Table, Undo};

/// The book has one row of its own; its table has one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TheBook;

pub(crate) struct Memory {
    book: Table<BookRow>,
    accounts: Table<Account>,
    programs: Table<Arc<Program>>,
    cards: Table<Arc<Card>>,
    codes: Table<CodeRow>,
    holds: Table<Arc<Hold>>,
    refunds: Table<Arc<Refund>>,
    /// Holds that were settled, in the order of their changes. The first is not in its table yet;
    /// a few of the others may be.
    settled: VecDeque<HoldId>,
    /// Keys that were looked for in this batch and are in no table.
    absent: HashSet<Key>,
    /// What earlier operations did, as far as this batch asked.
    operations: HashMap<OperationKey, Option<OperationTrace>>,
}

/// Takes back the changes of a batch, or of the tail of one, when it cannot be committed.
#[derive(Default)]
pub(crate) struct UndoLog(Vec<Step>);

enum Step {
    Book(Undo<BookRow>),
    Account(AccountId, Undo<Account>),
    Program(ProgramId, Undo<Arc<Program>>),
    Card(CardId, Undo<Arc<Card>>),
    Code(CodeHash, Undo<CodeRow>),
    /// The flag tells that the hold was listed as settled.
    Hold(HoldId, Undo<Arc<Hold>>, bool),
    Refund(RefundId, Undo<Arc<Refund>>),
}

impl UndoLog {
    /// A place to go back to.
    pub(crate) fn mark(&self) -> usize {
        self.0.len()
    }
}

/// How many clean rows are kept of each table, at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CacheSizes {
    pub(crate) cards: usize,
}

/// Holds kept at least: so many that all the holds of one card, however they fall, are in memory
/// at the same time when they lapse together.
const HOLDS_MIN: usize = 2 * table::SHARDS * giftcards::limits::OPEN_HOLDS_PER_CARD_MAX;

impl Memory {
    pub(crate) fn new(sizes: CacheSizes) -> Memory {
        // A redemption meets one card, one account and one code, so these three are kept alike;
        // holds are rarely met again.
        Memory {
            book: Table::new(1),
            accounts: Table::new(sizes.cards + 10_000),
            programs: Table::new(10_000),
            cards: Table::new(sizes.cards),
            codes: Table::new(sizes.cards),
            holds: Table::new((sizes.cards / 16).max(HOLDS_MIN)),
            refunds: Table::new(10_000),
            settled: VecDeque::new(),
            absent: HashSet::new(),
            operations: HashMap::new(),
        }
    }

    /// Changes a row and notes how to take it back.
    pub(crate) fn put(&mut self, row: Row, seq: u64, log: &mut UndoLog) {
        let lists = is_settled(&row);
        let step = match row {
            Row::Book(row) => Step::Book(self.book.put(row, seq)),
            Row::Account(row) => {
                let id = row.id;
                Step::Account(id, self.accounts.put(row, seq))
            }
            Row::Program(row) => Step::Program(row.id, self.programs.put(row, seq)),
            Row::Card(row) => Step::Card(row.id, self.cards.put(row, seq)),
            Row::Code(row) => {
                let hash = row.hash;
                Step::Code(hash, self.codes.put(row, seq))
            }
            Row::Hold(row) => {
                let id = row.id;
                if lists {
                    self.settled.push_back(id);
                }
                Step::Hold(id, self.holds.put(row, seq), lists)
            }
            Row::Refund(row) => Step::Refund(row.id, self.refunds.put(row, seq)),
        };
        log.0.push(step);
    }

    /// Takes back everything after `mark`.
    pub(crate) fn roll_back(&mut self, log: &mut UndoLog, mark: usize) {
        for step in log.0.drain(mark..).rev() {
            match step {
                Step::Book(undo) => self.book.undo(TheBook, undo),
                Step::Account(id, undo) => self.accounts.undo(id, undo),
                Step::Program(id, undo) => self.programs.undo(id, undo),
                Step::Card(id, undo) => self.cards.undo(id, undo),
                Step::Code(hash, undo) => self.codes.undo(hash, undo),
                Step::Hold(id, undo, lists) => {
                    if lists {
                        self.settled.pop_back();
                    }
                    self.holds.undo(id, undo);
                }
                Step::Refund(id, undo) => self.refunds.undo(id, undo),
            }
        }
    }

    /// Keeps what was read from a table, or that there is nothing.
    pub(crate) fn keep(&mut self, key: Key, row: Option<Row>) {
        match row {
            None => {
                self.absent.insert(key);
            }
            Some(Row::Book(row)) => self.book.keep(row),
            Some(Row::Account(row)) => self.accounts.keep(row),
            Some(Row::Program(row)) => self.programs.keep(row),
            Some(Row::Card(row)) => self.cards.keep(row),
            Some(Row::Code(row)) => self.codes.keep(row),
            Some(Row::Hold(row)) => self.holds.keep(row),
            Some(Row::Refund(row)) => self.refunds.keep(row),
        }
    }

    /// Keeps what an earlier operation did.
    pub(crate) fn keep_operation(&mut self, key: OperationKey, trace: Option<OperationTrace>) {
        self.operations.insert(key, trace);
    }

    /// An operation was decided: whoever has asked for it in this batch must see that.
    pub(crate) fn replace_operation(&mut self, key: OperationKey, trace: OperationTrace) {
        if let Some(kept) = self.operations.get_mut(&key) {
            *kept = Some(trace);
        }
    }

    /// Forgets what earlier operations did; it is read again when it is asked for.
    pub(crate) fn forget_operations(&mut self) {
        self.operations.clear();
    }

    /// Forgets what held for one batch only.
    pub(crate) fn end_batch(&mut self) {
        self.absent.clear();
        self.operations.clear();
    }

    /// Settled holds that wait for the next slice.
    pub(crate) fn settled_holds(&self) -> usize {
        self.settled.len()
    }

    /// Rows that their tables do not have yet.
    pub(crate) fn rows_unswept(&self) -> usize {
        self.book.unswept_rows()
            + self.accounts.unswept_rows()
            + self.programs.unswept_rows()
            + self.cards.unswept_rows()
            + self.codes.unswept_rows()
            + self.holds.unswept_rows()
            + self.refunds.unswept_rows()
    }
}
