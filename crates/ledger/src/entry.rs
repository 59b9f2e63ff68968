//! Entries: the append-only trace of an account.

use base::{AccountId, Amount, TransferId};

use crate::{Account, Reason, Subject};

/// What one transfer did to one account, and the account's totals after it.
///
/// Reports read entries up to one sequence number, so the last entry of an account at or below
/// that number tells its totals at that cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The account.
    pub account: AccountId,
    /// The transfer that caused it; a transfer leaves one entry on each of its two accounts.
    pub transfer: TransferId,
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
        transfer: TransferId,
        reason: Reason,
        subject: Subject,
    ) -> Entry {
        Entry {
            account: after.id,
            transfer,
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
