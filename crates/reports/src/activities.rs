//! What happened on a card, newest first.

use std::fmt;

use base::{Amount, CardId, DisputeId, HoldId, Instant, OrderId, PaymentId, PayoutId};
use base::{PromotionId, RailRefundId, RefundId, SettlementLineId};
use giftcards::account_of;
use ledger::{Entry, EntryPlace, Kind, Reason};
use store::{EntryRow, Reader};

use crate::ReportError;

/// One line of a card's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// What happened, and for an adjustment why.
    pub what: Reason,
    /// What it did to the balance, in minor units: positive when the card gained.
    pub amount: i64,
    /// What it did to the held amount, in minor units.
    pub held_change: i64,
    /// The balance after it, in minor units; a card's balance is never negative.
    pub balance: i64,
    /// What is held after it.
    pub held: Amount,
    /// What it belongs to.
    pub about: About,
    /// When, in book time.
    pub at: Instant,
    /// Sequence of the record, and position of the transfer in it: its place in the history.
    pub place: EntryPlace,
}

/// What an activity belongs to; its text is the object's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The card itself.
    Card(CardId),
    /// A hold, or the redemption that left it.
    Hold(HoldId),
    /// A refund.
    Refund(RefundId),
    /// An order.
    Order(OrderId),
    /// A payment.
    Payment(PaymentId),
    /// A refund on its way over a rail.
    RailRefund(RailRefundId),
    /// A dispute.
    Dispute(DisputeId),
    /// A payout.
    Payout(PayoutId),
    /// A line of a rail's settlement file.
    SettlementLine(SettlementLineId),
    /// A promotion.
    Promotion(PromotionId),
}

/// The history of a card, newest first: at most `limit` lines, those below the place `before`
/// when one is given. It shows what the tables hold by now.
///
/// # Errors
///
/// [`ReportError::Store`].
pub fn activities(
    reader: &mut dyn Reader,
    card: CardId,
    before: Option<EntryPlace>,
    limit: u32,
) -> Result<Vec<Activity>, ReportError> {
    let rows = reader.entries(account_of(card), before, limit)?;
    Ok(rows.into_iter().map(Activity::of).collect())
}

impl Activity {
    fn of(row: EntryRow) -> Activity {
        let EntryRow { at, entry } = row;
        Activity {
            what: entry.reason,
            amount: entry.amount,
            held_change: entry.held_change,
            balance: Kind::Liability.balance(entry.debits_posted, entry.credits_posted),
            held: entry.held,
            about: About::of(&entry),
            at,
            place: entry.place,
        }
    }
}

impl About {
    /// A subject is 128 bits; the reason tells whose.
    fn of(entry: &Entry) -> About {
        let bytes = entry.subject.0;
        match entry.reason {
            Reason::Issue
            | Reason::Adjust
            | Reason::AdjustGoodwill
            | Reason::AdjustCorrection
            | Reason::AdjustCompensation
            | Reason::AdjustFraud
            | Reason::AdjustOther
            | Reason::CardExpiry
            | Reason::Cancel
            | Reason::Import
            | Reason::Extend
            | Reason::CardClawedBack
            | Reason::CardRestored => About::Card(CardId::from_bytes(bytes)),
            // Of all that is reversed, only a refund takes money off the card.
            Reason::Reverse if entry.amount < 0 => About::Refund(RefundId::from_bytes(bytes)),
            Reason::Redeem
            | Reason::Hold
            | Reason::Capture
            | Reason::Release
            | Reason::HoldExpiry
            | Reason::Refund
            | Reason::Reverse => About::Hold(HoldId::from_bytes(bytes)),
            Reason::Order => About::Order(OrderId::from_bytes(bytes)),
            Reason::OrderRefund => About::Refund(RefundId::from_bytes(bytes)),
            Reason::RefundOwed | Reason::RefundSent | Reason::RefundReturned => {
                About::RailRefund(RailRefundId::from_bytes(bytes))
            }
            Reason::Payment | Reason::PaymentFee => About::Payment(PaymentId::from_bytes(bytes)),
            Reason::DisputeOpened | Reason::DisputeWon | Reason::DisputeLost => {
                About::Dispute(DisputeId::from_bytes(bytes))
            }
            Reason::Payout | Reason::PayoutReturned => About::Payout(PayoutId::from_bytes(bytes)),
            Reason::RailPayout | Reason::RailFee => {
                About::SettlementLine(SettlementLineId::from_bytes(bytes))
            }
            Reason::PromotionFunded
            | Reason::PromotionGranted
            | Reason::PromotionLeased
            | Reason::PromotionReturned
            | Reason::PromotionLapsed
            | Reason::PromotionBilled
            | Reason::PromotionRepaid
            | Reason::PromotionSettled
            | Reason::PromotionGrantReturned
            | Reason::PromotionMadeGood
            | Reason::PromotionKept => About::Promotion(PromotionId::from_bytes(bytes)),
        }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            About::Card(id) => id.fmt(f),
            About::Hold(id) => id.fmt(f),
            About::Refund(id) => id.fmt(f),
            About::Order(id) => id.fmt(f),
            About::Payment(id) => id.fmt(f),
            About::RailRefund(id) => id.fmt(f),
            About::Dispute(id) => id.fmt(f),
            About::Payout(id) => id.fmt(f),
            About::SettlementLine(id) => id.fmt(f),
            About::Promotion(id) => id.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use base::{AccountId, PaymentId};
    use ledger::Subject;

    use super::*;

    #[test]
    fn a_subject_is_told_as_what_it_is() {
        let told = |reason| {
            let entry = Entry {
                account: AccountId::from_bits(1),
                place: EntryPlace::new(1, 0),
                previous: None,
                reason,
                subject: Subject::of(PaymentId::from_bits(7)),
                amount: 1,
                held_change: 0,
                debits_posted: Amount::ZERO,
                credits_posted: Amount::ZERO,
                held: Amount::ZERO,
            };
            let text = About::of(&entry).to_string();
            text.split('_').next().unwrap().to_owned()
        };
        for (reason, prefix) in [
            (Reason::Issue, "gc"),
            (Reason::Capture, "hold"),
            (Reason::Payment, "pay"),
            (Reason::PaymentFee, "pay"),
            (Reason::Order, "ord"),
            (Reason::OrderRefund, "ref"),
            (Reason::RefundOwed, "rrf"),
            (Reason::RefundSent, "rrf"),
            (Reason::RefundReturned, "rrf"),
            (Reason::DisputeOpened, "dp"),
            (Reason::Payout, "po"),
            (Reason::RailPayout, "sln"),
            (Reason::RailFee, "sln"),
            (Reason::PromotionFunded, "promo"),
            (Reason::PromotionBilled, "promo"),
        ] {
            assert_eq!(told(reason), prefix, "{reason:?}");
        }
    }
}
