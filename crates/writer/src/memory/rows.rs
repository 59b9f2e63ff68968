//! Memory as the core sees it.

use std::sync::Arc;

use base::{AccountId, CardId, HoldId, ProgramId, RefundId};
use engine::{BookRow, Found, Key, OperationKey, OperationTrace, Rows};
use giftcards::{Card, CodeHash, CodeRow, Hold, Program, Refund};
use ledger::Account;

use crate::memory::table::Spread;
use crate::memory::{Memory, TheBook};

/// Eight bits that depend on every bit of a key, whatever part of it varies (Fibonacci hashing:
/// Knuth, "The Art of Computer Programming", volume 3, section 6.4).
fn spread_bits(bits: u128) -> usize {
    let folded = (bits ^ (bits >> 64)) as u64;
    (folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as usize
}

macro_rules! spread_by_id {
    ($($id:ty),+) => {
        $(impl Spread for $id {
            fn spread(self) -> usize {
                spread_bits(self.bits())
            }
        })+
    };
}

spread_by_id!(AccountId, CardId, HoldId, ProgramId, RefundId);

impl Spread for CodeHash {
    fn spread(self) -> usize {
        spread_bits(u128::from_be_bytes(self.0))
    }
}

impl Spread for TheBook {
    fn spread(self) -> usize {
        0
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
