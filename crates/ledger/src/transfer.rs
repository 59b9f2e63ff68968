//! Transfers: what moved, why, and on whose behalf.

use base::{AccountId, Money, TransferId, TypedId};

/// 128 bits of the object a transfer belongs to (a hold, a card, a refund); its type follows from
/// the [`Reason`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject(pub [u8; 16]);

impl Subject {
    /// The object of this id.
    pub fn of(id: impl TypedId) -> Subject {
        Subject(id.to_bytes())
    }
}

/// An immutable movement between two accounts of one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Sequence of the record and position in it, so that it needs no look-up to be unique.
    pub id: TransferId,
    /// The account that is debited.
    pub debit: AccountId,
    /// The account that is credited.
    pub credit: AccountId,
    /// How much, always above zero.
    pub amount: Money,
    /// Posted at once, reserved, or the fate of something reserved.
    pub kind: TransferKind,
    /// Why it moved.
    pub reason: Reason,
    /// What it belongs to.
    pub subject: Subject,
}

/// Where a transfer stands in the two-phase protocol. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TransferKind {
    /// Moved at once.
    Posted = 0,
    /// Reserved on both accounts.
    Pending = 1,
    /// A part of something reserved became final.
    Post = 2,
    /// A part of something reserved was given back.
    Void = 3,
    /// What was left of something reserved lapsed with time.
    Expire = 4,
}

impl TransferKind {
    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<TransferKind> {
        Some(match number {
            0 => TransferKind::Posted,
            1 => TransferKind::Pending,
            2 => TransferKind::Post,
            3 => TransferKind::Void,
            4 => TransferKind::Expire,
            _ => return None,
        })
    }
}

/// Why money moved. The numbers are stored and never change or get reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Reason {
    /// A card was issued.
    Issue = 1,
    /// A card paid in one step.
    Redeem = 2,
    /// An amount of a card was reserved.
    Hold = 3,
    /// A reserved amount was taken.
    Capture = 4,
    /// A reserved amount was given back.
    Release = 5,
    /// A reservation lapsed.
    HoldExpiry = 6,
    /// Money went back to the card it came from.
    Refund = 7,
    /// A person corrected the value of a card. Not written any more: adjustments were kept under
    /// this number before each was kept with its detail, 20 to 24.
    Adjust = 8,
    /// A card expired with value on it.
    CardExpiry = 9,
    /// A card was canceled with value on it.
    Cancel = 10,
    /// An earlier operation was undone by its key.
    Reverse = 11,
    /// A card was taken over from another system.
    Import = 12,
    /// An expired card was extended and its value given back.
    Extend = 13,
    /// Value given to please a customer, or taken back from one.
    AdjustGoodwill = 20,
    /// The value of a card was wrong and was put right.
    AdjustCorrection = 21,
    /// Value given to make a loss good.
    AdjustCompensation = 22,
    /// Value that fraud had moved.
    AdjustFraud = 23,
    /// Adjusted for a reason that has no word of its own.
    AdjustOther = 24,
    /// A rail took a payment.
    Payment = 30,
    /// What a rail kept of a payment for its service.
    PaymentFee = 31,
    /// What an order owes to sellers, creators, the shop and the state.
    Order = 32,
    /// An order, or a part of it, was undone.
    OrderRefund = 33,
    /// A refund was sent over a rail.
    RefundSent = 34,
    /// A refund that was sent came back.
    RefundReturned = 35,
    /// A payer's bank took a payment back.
    DisputeOpened = 36,
    /// It was decided that the payment stands.
    DisputeWon = 37,
    /// It was decided that the payment does not stand.
    DisputeLost = 38,
    /// What was left of a card that was bought with a payment which does not stand.
    CardClawedBack = 39,
    /// Money owed was paid out.
    Payout = 40,
    /// A payout came back.
    PayoutReturned = 41,
    /// What a payer is to get back over a rail is owed from now on.
    RefundOwed = 42,
    /// What was clawed back from a card went back to it: its payment stands after all.
    CardRestored = 43,
    /// A rail has paid out to the shop's bank, or took a payout back.
    RailPayout = 44,
    /// What a rail keeps besides its fees for payments, as its settlement files tell.
    RailFee = 45,
    /// What was paid for a promotion went into its escrow.
    PromotionFunded = 60,
    /// What the platform adds to a promotion went into its escrow.
    PromotionGranted = 61,
    /// An amount of an escrow was reserved for a process that serves the promotion: a slice.
    PromotionLeased = 62,
    /// A part of a slice was not used and went back.
    PromotionReturned = 63,
    /// A slice was given back by time.
    PromotionLapsed = 64,
    /// Delivery was billed.
    PromotionBilled = 65,
    /// Delivery that was billed turned out to be invalid.
    PromotionRepaid = 66,
    /// What was paid for a promotion and not spent went back.
    PromotionSettled = 67,
    /// What the platform had added to a promotion and was not spent went back.
    PromotionGrantReturned = 68,
    /// What was spent of a promotion went back all the same: for a claim, or without one.
    PromotionMadeGood = 69,
    /// What was made good turned out not to be spent: it stays with the platform.
    PromotionKept = 70,
}

impl Reason {
    /// Every reason there is.
    pub const ALL: [Reason; 45] = [
        Reason::Issue,
        Reason::Redeem,
        Reason::Hold,
        Reason::Capture,
        Reason::Release,
        Reason::HoldExpiry,
        Reason::Refund,
        Reason::Adjust,
        Reason::CardExpiry,
        Reason::Cancel,
        Reason::Reverse,
        Reason::Import,
        Reason::Extend,
        Reason::AdjustGoodwill,
        Reason::AdjustCorrection,
        Reason::AdjustCompensation,
        Reason::AdjustFraud,
        Reason::AdjustOther,
        Reason::Payment,
        Reason::PaymentFee,
        Reason::Order,
        Reason::OrderRefund,
        Reason::RefundSent,
        Reason::RefundReturned,
        Reason::DisputeOpened,
        Reason::DisputeWon,
        Reason::DisputeLost,
        Reason::CardClawedBack,
        Reason::Payout,
        Reason::PayoutReturned,
        Reason::RefundOwed,
        Reason::CardRestored,
        Reason::RailPayout,
        Reason::RailFee,
        Reason::PromotionFunded,
        Reason::PromotionGranted,
        Reason::PromotionLeased,
        Reason::PromotionReturned,
        Reason::PromotionLapsed,
        Reason::PromotionBilled,
        Reason::PromotionRepaid,
        Reason::PromotionSettled,
        Reason::PromotionGrantReturned,
        Reason::PromotionMadeGood,
        Reason::PromotionKept,
    ];

    /// Stable lower-case name, as activities and entries show it. All adjustments have the same
    /// one; [`Reason::detail`] tells them apart.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Issue => "issued",
            Reason::Redeem => "redeemed",
            Reason::Hold => "held",
            Reason::Capture => "captured",
            Reason::Release => "released",
            Reason::HoldExpiry => "hold_expired",
            Reason::Refund => "refunded",
            Reason::Adjust
            | Reason::AdjustGoodwill
            | Reason::AdjustCorrection
            | Reason::AdjustCompensation
            | Reason::AdjustFraud
            | Reason::AdjustOther => "adjusted",
            Reason::CardExpiry => "expired",
            Reason::Cancel => "canceled",
            Reason::Reverse => "reversed",
            Reason::Import => "imported",
            Reason::Extend => "extended",
            Reason::Payment => "paid",
            Reason::PaymentFee => "fee_kept",
            Reason::Order => "ordered",
            Reason::OrderRefund => "order_refunded",
            Reason::RefundSent => "refund_sent",
            Reason::RefundReturned => "refund_returned",
            Reason::DisputeOpened => "disputed",
            Reason::DisputeWon => "dispute_won",
            Reason::DisputeLost => "dispute_lost",
            Reason::CardClawedBack => "clawed_back",
            Reason::CardRestored => "restored",
            Reason::Payout => "paid_out",
            Reason::PayoutReturned => "payout_returned",
            Reason::RefundOwed => "refund_owed",
            Reason::RailPayout => "rail_paid_out",
            Reason::RailFee => "rail_fee_kept",
            Reason::PromotionFunded => "promotion_funded",
            Reason::PromotionGranted => "promotion_granted",
            Reason::PromotionLeased => "slice_leased",
            Reason::PromotionReturned => "slice_returned",
            Reason::PromotionLapsed => "slice_lapsed",
            Reason::PromotionBilled => "delivery_billed",
            Reason::PromotionRepaid => "delivery_repaid",
            Reason::PromotionSettled => "promotion_settled",
            Reason::PromotionGrantReturned => "promotion_grant_returned",
            Reason::PromotionMadeGood => "promotion_made_good",
            Reason::PromotionKept => "promotion_kept",
        }
    }

    /// The word that a person gave for it; `None` where the name says everything, and for
    /// adjustments that were kept without one.
    pub fn detail(self) -> Option<&'static str> {
        Some(match self {
            Reason::AdjustGoodwill => "goodwill",
            Reason::AdjustCorrection => "correction",
            Reason::AdjustCompensation => "compensation",
            Reason::AdjustFraud => "fraud",
            Reason::AdjustOther => "other",
            Reason::Issue
            | Reason::Redeem
            | Reason::Hold
            | Reason::Capture
            | Reason::Release
            | Reason::HoldExpiry
            | Reason::Refund
            | Reason::Adjust
            | Reason::CardExpiry
            | Reason::Cancel
            | Reason::Reverse
            | Reason::Import
            | Reason::Extend
            | Reason::Payment
            | Reason::PaymentFee
            | Reason::Order
            | Reason::OrderRefund
            | Reason::RefundSent
            | Reason::RefundReturned
            | Reason::DisputeOpened
            | Reason::DisputeWon
            | Reason::DisputeLost
            | Reason::CardClawedBack
            | Reason::CardRestored
            | Reason::Payout
            | Reason::PayoutReturned
            | Reason::RefundOwed
            | Reason::RailPayout
            | Reason::RailFee
            | Reason::PromotionFunded
            | Reason::PromotionGranted
            | Reason::PromotionLeased
            | Reason::PromotionReturned
            | Reason::PromotionLapsed
            | Reason::PromotionBilled
            | Reason::PromotionRepaid
            | Reason::PromotionSettled
            | Reason::PromotionGrantReturned
            | Reason::PromotionMadeGood
            | Reason::PromotionKept => return None,
        })
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| *reason as u8 == number)
    }
}
