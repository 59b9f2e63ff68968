//! Why a report could not be made.

use base::{CardId, Currency};
use store::{Reader, StoreError};

/// Why there is no report: a report that would be wrong is never given.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The tables are complete up to the watermark only: flush the writer and ask again.
    #[error("sequence {asked} was asked for, but the tables are complete up to {watermark}")]
    AboveWatermark {
        /// The sequence of the cut.
        asked: u64,
        /// How far the tables go.
        watermark: u64,
    },
    /// Debits and credits differ. This cannot happen while the book is sound: verify it.
    #[error("{currency} is out of balance: debits {debits}, credits {credits} (minor units)")]
    OutOfBalance {
        /// The currency.
        currency: Currency,
        /// Sum of all posted debits, in minor units.
        debits: i128,
        /// Sum of all posted credits, in minor units.
        credits: i128,
    },
    /// An account of a card has entries, but there is no such card: verify the book.
    #[error("there is an account of card {0}, but no such card")]
    CardMissing(CardId),
}

/// Refuses a cut that the tables do not hold completely. What is complete stays complete, so one
/// look at the watermark before reading is enough.
pub(crate) fn check_cut(reader: &mut dyn Reader, as_of_seq: u64) -> Result<(), ReportError> {
    let watermark = reader.head()?.watermark;
    if as_of_seq > watermark {
        return Err(ReportError::AboveWatermark { asked: as_of_seq, watermark });
    }
    Ok(())
}
