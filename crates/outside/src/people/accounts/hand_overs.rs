//! Hand-overs that were used, so that each works once.

use base::Instant;
use rusqlite::params;

use super::{AccountRows, PeopleError};

impl AccountRows<'_> {
    /// Notes that a hand-over is used, by its nonce; false when it was used before. Those that are
    /// too old to be used are forgotten.
    ///
    /// # Errors
    ///
    /// [`PeopleError::Database`].
    pub fn use_hand_over(
        &self,
        nonce: [u8; 16],
        forget_at: Instant,
        now: Instant,
    ) -> Result<bool, PeopleError> {
        let forget = "DELETE FROM hand_overs WHERE forget_at <= ?1";
        self.transaction.execute(forget, params![now.micros()])?;
        let keep = "INSERT INTO hand_overs (book, nonce, forget_at) VALUES (?1, ?2, ?3)
            ON CONFLICT (book, nonce) DO NOTHING";
        let kept = self.transaction.execute(keep, params![self.book, nonce, forget_at.micros()])?;
        Ok(kept == 1)
    }
}
