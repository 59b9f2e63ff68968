//! Memory as the core sees it.

use engine::{BookRow, Found, Key, OperationKey, OperationTrace, Rows};

use crate::memory::table::Keyed;
use crate::memory::{Memory, TheBook};

/// Every bit of the result depends on every bit of the key, whatever part of it varies.
fn mix(bits: u128) -> u64 {
    let folded = (bits as u64) ^ ((bits >> 64) as u64).rotate_left(32);
    let product = u128::from(folded) * 0x9E37_79B9_7F4A_7C15_u128;
    (product as u64) ^ ((product >> 64) as u64)
}

macro_rules! keys {
    ($($doc:literal, $name:ident, $variant:ident, $id:ty, $row:ty, $member:ident;)+) => {
        $(
            impl Keyed for $row {
                type Key = $id;
                const FIRST: $id = <$id>::from_bits(0);

                fn key(&self) -> $id {
                    self.$member
                }

                fn hash(key: $id) -> u64 {
                    mix(key.bits())
                }
            }
        )+
    };
}

engine::every_row!(keys);

impl Keyed for BookRow {
    type Key = TheBook;
    const FIRST: TheBook = TheBook;

    fn key(&self) -> TheBook {
        TheBook
    }

    fn hash(_: TheBook) -> u64 {
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

macro_rules! look_ups {
    ($($doc:literal, $name:ident, $variant:ident, $id:ty, $row:ty, $member:ident;)+) => {
        impl Rows for Memory {
            fn book(&self) -> Found<&BookRow> {
                self.found(self.book.get(TheBook), Key::Book)
            }

            $(fn $name(&self, id: $id) -> Found<&$row> {
                self.found(self.$name.get(id), Key::$variant(id))
            })+

            fn operation(&self, key: OperationKey) -> Found<&OperationTrace> {
                match self.operations.get(&key) {
                    Some(Some(trace)) => Found::Present(trace),
                    Some(None) => Found::Absent,
                    None => Found::Unknown,
                }
            }
        }
    };
}

engine::every_row!(look_ups);
