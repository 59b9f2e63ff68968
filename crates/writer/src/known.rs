//! What is known of a book whatever a database says later.
//!
//! A standby that lagged when it was made the primary shows a book as it was some moments ago. It
//! is sound, and its head row fences nobody who comes anew: whoever opened it would decide a second
//! time, and otherwise, what was decided and answered. So a process remembers how far a book got.

use std::sync::{Arc, Mutex, PoisonError};

use store::{Head, Store};

use crate::opening::OpenError;

/// Where the journal of a book was seen to end: its last record, and the hash of its last block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Sequence of the last record.
    pub seq: u64,
    /// Hash of the block that ends with it.
    pub hash: [u8; 32],
}

/// The last end of a book that was known to be committed. Clones share it: writers that follow
/// each other in one process, and whoever keeps it for the next process.
///
/// ```
/// use writer::{Known, Mark};
///
/// let known = Known::nothing();
/// known.note(Mark { seq: 7, hash: [7; 32] });
/// known.note(Mark { seq: 6, hash: [6; 32] });
/// assert_eq!(known.mark().unwrap().seq, 7);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Known(Arc<Mutex<Option<Mark>>>);

impl Known {
    /// For a book of which nothing is known: it is taken as it is found.
    pub fn nothing() -> Known {
        Known::default()
    }

    /// Remembers an end that is known to be committed, unless a later one is remembered.
    pub fn note(&self, mark: Mark) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_none_or(|known| known.seq < mark.seq) {
            *known = Some(mark);
        }
    }

    /// The last end that was noted.
    pub fn mark(&self) -> Option<Mark> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses a book that does not contain what is known of it.
    pub(crate) fn check(&self, head: &Head, store: &mut impl Store) -> Result<(), OpenError> {
        let Some(known) = self.mark().filter(|known| known.seq > 0) else { return Ok(()) };
        let found = head.seq;
        if found < known.seq {
            return Err(OpenError::WentBack { known: known.seq, found });
        }
        // Only what is archived and a month old leaves a journal: no standby lags that far.
        if known.seq < head.removed {
            return Ok(());
        }
        let hash = match found == known.seq {
            true => Some(head.hash),
            // A head always stood at the end of a block, and the next one names its hash.
            false => store
                .block_of(known.seq + 1)?
                .filter(|block| block.first_seq == known.seq + 1)
                .map(|block| block.previous_hash),
        };
        match hash == Some(known.hash) {
            true => Ok(()),
            false => Err(OpenError::OtherHistory { known: known.seq }),
        }
    }
}
