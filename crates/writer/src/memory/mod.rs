//! The rows a writer holds in memory: those its tables do not have yet, and a cache.

mod rows;
mod sweep;
mod table;

use std::collections::{HashSet, VecDeque};

use base::HoldId;
use engine::{BookRow, Key, OperationKey, OperationTrace, Row};
use hashbrown::HashMap;

pub(crate) use sweep::{Slice, Sweep, is_settled};
use table::{Table, Undo};

/// The book has one row of its own; its table has one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TheBook;

macro_rules! memory {
    ($($doc:literal, $name:ident, $variant:ident, $id:ty, $row:ty, $member:ident;)+) => {
        pub(crate) struct Memory {
            book: Table<BookRow>,
            $($name: Table<$row>,)+
            /// Holds that were settled, in the order of their changes. The first is not in its
            /// table yet; a few of the others may be.
            settled: VecDeque<HoldId>,
            /// Keys that were looked for in this batch and are in no table.
            absent: HashSet<Key>,
            /// What earlier operations did, as far as this batch asked.
            operations: HashMap<OperationKey, Option<OperationTrace>>,
        }

        /// Takes back one change.
        enum Step {
            Book(Undo<BookRow>),
            $($variant($id, Undo<$row>),)+
            /// The hold that was changed last was listed as settled.
            Settled,
        }

        impl Memory {
            /// Changes a row and notes how to take it back.
            pub(crate) fn put(&mut self, row: Row, seq: u64, log: &mut UndoLog) {
                if let Row::Hold(hold) = &row
                    && is_settled(&row)
                {
                    self.settled.push_back(hold.id);
                    log.0.push(Step::Settled);
                }
                log.0.push(match row {
                    Row::Book(row) => Step::Book(self.book.put(row, seq)),
                    $(Row::$variant(row) => {
                        let id = row.$member;
                        Step::$variant(id, self.$name.put(row, seq))
                    })+
                });
            }

            /// Takes back everything after `mark`.
            pub(crate) fn roll_back(&mut self, log: &mut UndoLog, mark: usize) {
                for step in log.0.drain(mark..).rev() {
                    match step {
                        Step::Book(undo) => self.book.undo(TheBook, undo),
                        $(Step::$variant(id, undo) => self.$name.undo(id, undo),)+
                        Step::Settled => drop(self.settled.pop_back()),
                    }
                }
            }

            /// Keeps what was read from a table, or that there is nothing.
            pub(crate) fn keep(&mut self, key: Key, row: Option<Row>) {
                match row {
                    None => drop(self.absent.insert(key)),
                    Some(Row::Book(row)) => self.book.keep(row),
                    $(Some(Row::$variant(row)) => self.$name.keep(row),)+
                }
            }

            /// Rows that their tables do not have yet.
            pub(crate) fn rows_unswept(&self) -> usize {
                [self.book.unswept_rows(), $(self.$name.unswept_rows(),)+].iter().sum()
            }
        }
    };
}

engine::every_row!(memory);

/// Takes back the changes of a batch, or of the tail of one, when it cannot be committed.
#[derive(Default)]
pub(crate) struct UndoLog(Vec<Step>);

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
            account: Table::new(sizes.cards + 10_000),
            program: Table::new(10_000),
            card: Table::new(sizes.cards),
            code: Table::new(sizes.cards),
            hold: Table::new((sizes.cards / 16).max(HOLDS_MIN)),
            refund: Table::new(10_000),
            method: Table::new(10_000),
            payment: Table::new(10_000),
            rail_refund: Table::new(10_000),
            dispute: Table::new(10_000),
            seller: Table::new(10_000),
            creator: Table::new(10_000),
            product: Table::new(10_000),
            checkout: Table::new(10_000),
            order: Table::new(10_000),
            order_refund: Table::new(10_000),
            payout: Table::new(10_000),
            numbering: Table::new(1),
            purchase: Table::new(10_000),
            settlement: Table::new(1_000),
            settlement_line: Table::new(10_000),
            standing: Table::new(10_000),
            sender: Table::new(10_000),
            contact: Table::new(10_000),
            promotion: Table::new(100_000),
            post: Table::new(10_000),
            slice: Table::new(100_000),
            deed: Table::new(1_000),
            promotion_settlement: Table::new(1_000),
            stream: Table::new(1_000),
            incident: Table::new(1_000),
            signals: Table::new(10_000),
            claim: Table::new(10_000),
            promotion_claims: Table::new(10_000),
            claimant: Table::new(10_000),
            restitution: Table::new(1_000),
            claim_words: Table::new(100),
            frozen_facts: Table::new(1_000),
            claim_statement: Table::new(1_000),
            automatic_paid: Table::new(1_000),
            account_freeze: Table::new(10_000),
            suspect: Table::new(100),
            advertiser: Table::new(10_000),
            instrument_claims: Table::new(1_000),
            settled: VecDeque::new(),
            absent: HashSet::new(),
            operations: HashMap::new(),
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
}
