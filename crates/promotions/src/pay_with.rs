//! What an advertiser wants to pay a promotion with.

use base::{Amount, CardId, MethodId};

/// A way to pay, kept with the draft until it is submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayWith {
    /// A gift card.
    Card(CardId),
    /// All gift cards that the advertiser has claimed, as far as they may pay for promotions.
    Wallet,
    /// A payment method.
    Method {
        /// Which one.
        method: MethodId,
        /// The most it shall pay, in minor units of the budget's currency; `None` is all that is
        /// left.
        at_most: Option<Amount>,
    },
}
