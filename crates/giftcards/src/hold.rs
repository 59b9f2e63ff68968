//! Holds and refunds as rows.

use base::{Amount, CardId, CheckoutId, HoldId, Instant, RefundId, Text};
use ledger::{Pending, PendingState};

use crate::Refusal;

/// An amount of one card reserved for one purpose. A redemption leaves one too, captured in the
/// same step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Its id.
    pub id: HoldId,
    /// The card.
    pub card: CardId,
    /// The reservation in the ledger.
    pub pending: Pending,
    /// Part of what was captured that went back to the card.
    pub refunded: Amount,
    /// How much of what was captured, and has not gone back, was goodwill.
    pub goodwill: Amount,
    /// When it lapses; [`Instant::MAX`] once it is secured.
    pub expires_at: Instant,
    /// The shop's own reference, usually its order.
    pub reference: Text<255>,
    /// When it was placed.
    pub created_at: Instant,
    /// The checkout that placed it; nobody else moves it.
    pub checkout: Option<CheckoutId>,
}

/// What a hold is shown as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldStatus {
    /// Something is still reserved.
    Held,
    /// Closed, and at least a part was taken.
    Captured,
    /// Closed, and nothing was taken.
    Released,
    /// Lapsed before anything was taken.
    Expired,
}

impl Hold {
    /// What the hold is shown as at `now`: a lapsed hold is expired, booked or not.
    pub fn status(&self, now: Instant) -> HoldStatus {
        match self.pending.state() {
            PendingState::Open if self.expires_at > now => HoldStatus::Held,
            PendingState::Open if self.pending.posted.is_zero() => HoldStatus::Expired,
            PendingState::Open | PendingState::Posted => HoldStatus::Captured,
            PendingState::Voided => HoldStatus::Released,
            PendingState::Expired => HoldStatus::Expired,
        }
    }

    /// When it lapses; `None` for a secured hold, which does not.
    pub fn lapses_at(&self) -> Option<Instant> {
        (self.expires_at != Instant::MAX).then_some(self.expires_at)
    }

    /// Refuses everybody but the checkout that placed it, and a checkout what it did not place.
    pub(crate) fn check_moved_by(&self, checkout: Option<CheckoutId>) -> Result<(), Refusal> {
        if self.checkout == checkout { Ok(()) } else { Err(Refusal::HoldOfCheckout) }
    }

    /// Captured and not refunded: the ceiling of refunds.
    pub fn refundable(&self) -> Amount {
        self.pending.posted.saturating_sub(self.refunded)
    }
}

impl HoldStatus {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            HoldStatus::Held => "held",
            HoldStatus::Captured => "captured",
            HoldStatus::Released => "released",
            HoldStatus::Expired => "expired",
        }
    }
}

/// Captured money that went back to its card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Its id.
    pub id: RefundId,
    /// The hold whose capture was returned.
    pub hold: HoldId,
    /// The card that was credited.
    pub card: CardId,
    /// How much.
    pub amount: base::Money,
    /// How much of it was goodwill.
    pub goodwill: Amount,
    /// True once the refund itself was undone by its key.
    pub reversed: bool,
    /// When.
    pub created_at: Instant,
}
