//! Pending transfers: money reserved, then posted in parts, voided or expired.

use base::{AccountId, Amount, Currency};

/// A reservation on two accounts. It lives inside the row of whatever needs it (a hold), because
/// one never changes without the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The account that will be debited.
    pub debit: AccountId,
    /// The account that will be credited.
    pub credit: AccountId,
    /// Currency of every amount here.
    pub currency: Currency,
    /// All that was ever reserved; grows when a reservation is enlarged.
    pub reserved: Amount,
    /// The part that became final.
    pub posted: Amount,
    /// The part that was given back, by voiding or expiry.
    pub voided: Amount,
    /// True when the rest lapsed with time.
    pub expired: bool,
}

/// Where a reservation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PendingState {
    /// Something is still reserved.
    Open,
    /// Nothing is left and at least a part became final.
    Posted,
    /// Nothing is left and nothing became final.
    Voided,
    /// The rest lapsed with time; a part may have become final before.
    Expired,
}

impl Pending {
    /// What is still reserved.
    pub fn open(&self) -> Amount {
        self.reserved.saturating_sub(self.posted).saturating_sub(self.voided)
    }

    /// Where the reservation stands.
    pub fn state(&self) -> PendingState {
        if !self.open().is_zero() {
            PendingState::Open
        } else if !self.posted.is_zero() {
            PendingState::Posted
        } else if self.expired {
            PendingState::Expired
        } else {
            PendingState::Voided
        }
    }
}
