//! Numbers of receipts and credit notes: one after the other, without a gap.

/// What is numbered. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Series {
    /// Receipts of orders.
    Receipt = 1,
    /// Credit notes of refunds.
    CreditNote = 2,
}

impl Series {
    /// Every series.
    pub const ALL: [Series; 2] = [Series::Receipt, Series::CreditNote];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Series::Receipt => "receipt",
            Series::CreditNote => "credit_note",
        }
    }

    /// The series as the bits of a key: its number.
    pub const fn bits(self) -> u128 {
        self as u128
    }

    /// The series of these bits, or the one after them: the first for none.
    pub const fn from_bits(bits: u128) -> Series {
        if bits <= Series::Receipt.bits() { Series::Receipt } else { Series::CreditNote }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Series> {
        Series::ALL.into_iter().find(|series| *series as u8 == number)
    }
}

/// How far a series has come. It changes in the record that uses the number, so a number is
/// neither skipped nor given twice, whatever fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbering {
    /// What is numbered.
    pub series: Series,
    /// The number that comes next; the first is 1.
    pub next: u64,
}

/// The next number of a series, and the row after it was taken. `row` is absent until the first.
///
/// # Panics
///
/// After 2^64 numbers.
pub fn take_number(row: Option<&Numbering>, series: Series) -> (u64, Numbering) {
    let number = row.map_or(1, |row| row.next);
    let next = number.checked_add(1).expect("no series gets this long");
    (number, Numbering { series, next })
}
