//! Entries: the append-only trace of an account.

use base::{AccountId, Amount};

use crate::{Account, Reason, Subject};

/// Where an entry stands: after every entry of an earlier record, and in order inside its own.
///
/// The number is the record's sequence times 65,536 plus the position in the record, so places
/// grow with the journal and a cut at a sequence is a cut at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryPlace(u64);

/// Positions a record has room for.
const POSITIONS: u64 = 1 << 16;

impl EntryPlace {
    /// The place of entry `position` of record `sequence`.
    ///
    /// # Panics
    ///
    /// When a record has more than 65,536 entries or a journal more than 2^47 records; a command
    /// is limited to far less.
    pub fn new(sequence: u64, position: usize) -> EntryPlace {
        let position = position as u64;
        assert!(position < POSITIONS && sequence < 1 << 47, "no room for so many entries");
        EntryPlace(sequence * POSITIONS + position)
    }

    /// The last place a record up to `sequence` can have: cuts end here.
    pub fn last_of(sequence: u64) -> EntryPlace {
        EntryPlace::new(sequence, POSITIONS as usize - 1)
    }

    /// Reads the stored number back.
    ///
    /// # Errors
    ///
    /// `None` unless it is above zero and leaves room for a sign.
    pub fn from_number(number: i64) -> Option<EntryPlace> {
        u64::try_from(number).ok().filter(|number| *number > 0).map(EntryPlace)
    }

    /// The stored number.
    pub fn number(self) -> i64 {
        i64::try_from(self.0).expect("places stay below 2^63 by construction")
    }

    /// Sequence of the record.
    pub fn sequence(self) -> u64 {
        self.0 / POSITIONS
    }

    /// Position of the entry's transfer in the record: a transfer leaves two entries, the debited
    /// account's first.
    pub fn line(self) -> u32 {
        u32::try_from(self.0 % POSITIONS / 2).unwrap_or(u32::MAX)
    }
}

/// What one transfer did to one account, and the account's totals after it.
///
/// The entries of an account are a chain: each names the one before it, and the account names
/// the last. So an account's history is read backwards without an index, and appending an entry
/// touches nothing that was written before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands.
    pub place: EntryPlace,
    /// The entry of this account before it.
    pub previous: Option<EntryPlace>,
    /// The account.
    pub account: AccountId,
    /// Why.
    pub reason: Reason,
    /// On whose behalf.
    pub subject: Subject,
    /// Change of the posted balance on the account's normal side, in minor units.
    pub amount: i64,
    /// Change of what is held, in minor units.
    pub held_change: i64,
    /// Posted debits after this entry.
    pub debits_posted: Amount,
    /// Posted credits after this entry.
    pub credits_posted: Amount,
    /// What is held after this entry.
    pub held: Amount,
}

impl Entry {
    /// The entry between two states of one account.
    pub(crate) fn between(
        before: &Account,
        after: &Account,
        place: EntryPlace,
        reason: Reason,
        subject: Subject,
    ) -> Entry {
        Entry {
            place,
            previous: before.last_entry,
            account: after.id,
            reason,
            subject,
            amount: after.balance() - before.balance(),
            held_change: after.held().minor() - before.held().minor(),
            debits_posted: after.debits_posted,
            credits_posted: after.credits_posted,
            held: after.held(),
        }
    }
}
