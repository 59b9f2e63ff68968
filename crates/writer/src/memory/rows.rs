//! Memory as the core sees it.

use std::sync::Arc;

use base::{AccountId, CardId, HoldId, ProgramId, RefundId};
use engine::{BookRow, Found, Key, OperationKey, OperationTrace, Rows};
use giftcards::{Card, CodeHash, CodeRow, Hold, Program, Refund};
use ledger::Account;

use crate::memory::table::{Keyed, TableKey};
use crate::memory::{Memory, TheBook};

/// Every bit of the result depends on every bit of the key, whatever part of it varies.
fn mix(bits: u128) -> u64 {
    let folded = (bits as u64) ^ ((bits >> 64) as u64).rotate_left(32);
    let product = u128::from(folded) * 0x9E37_79B9_7F4A_7C15_u128;
    (product as u64) ^ ((product >> 64) as u64)
}

macro_rules! keys {
    ($($id:ty: $row:ty),+) => {
        $(
            impl TableKey for $id {
                fn hash(self) -> u64 {
                    mix(self.bits())
                }
            }

            impl Keyed for $row {
                type Key = $id;
                fn key(&self) -> $id {
                    self.id
                }
            }
        )+
    };
}

keys!(
    AccountId: Account,
    CardId: Arc<Card>,
    HoldId: Arc<Hold>,
    ProgramId: Arc<Program>,
    RefundId: Arc<Refund>
);

impl TableKey for CodeHash {
    fn hash(self) -> u64 {
        mix(u128::from_be_bytes(self.0))
    }
}

impl Keyed for CodeRow {
    type Key = CodeHash;
    fn key(&self) -> CodeHash {
        self.hash
    }
}

impl TableKey for TheBook {
    fn hash(self) -> u64 {
        0
    }
}

impl Keyed for BookRow {
    type Key = TheBook;
    fn key(&self) -> TheBook {
        TheBook
    }
}

impl Memory {
    fn found<'a, T>(&self, row: Option<&'a T>, key: Key) -> Found<&'a T> {
        match row {
            Some(row) => Found::Present(row),
            None if self.absent.contains(&key) => Found::Absent,
            None => Found::Unknown,
        }
    }
}

impl Rows for Memory {
    fn book(&self) -> Found<&BookRow> {
        self.found(self.book.get(TheBook), Key::Book)
    }

    fn account(&self, id: AccountId) -> Found<&Account> {
        self.found(self.accounts.get(id), Key::Account(id))
    }

    fn program(&self, id: ProgramId) -> Found<&Arc<Program>> {
        self.found(self.programs.get(id), Key::Program(id))
    }

    fn card(&self, id: CardId) -> Found<&Arc<Card>> {
        self.found(self.cards.get(id), Key::Card(id))
    }

    fn code(&self, hash: CodeHash) -> Found<&CodeRow> {
        self.found(self.codes.get(hash), Key::Code(hash))
    }

    fn hold(&self, id: HoldId) -> Found<&Arc<Hold>> {
        self.found(self.holds.get(id), Key::Hold(id))
    }

    fn refund(&self, id: RefundId) -> Found<&Arc<Refund>> {
        self.found(self.refunds.get(id), Key::Refund(id))
    }

    fn operation(&self, key: OperationKey) -> Found<&OperationTrace> {
        match self.operations.get(&key) {
            Some(Some(trace)) => Found::Present(trace),
            Some(None) => Found::Absent,
            None => Found::Unknown,
        }
    }
}
