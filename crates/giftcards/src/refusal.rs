//! Named refusals of gift cards.

use base::Money;

/// Why something about a gift card was refused.
///
/// Spending checks run in this order: the card exists and may be used, currency, region, lines,
/// limits, balance. The first that fails is the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No card, or one that cannot be spent; a caller who has proved possession learns why.
    #[error("this gift card cannot be used: {0}")]
    NotUsable(Why),
    /// The request is in another currency than the card.
    #[error("the card is in another currency")]
    CurrencyMismatch,
    /// The card may not be spent in this region, or the region was not told.
    #[error("the card cannot be spent in this region")]
    RegionNotAllowed,
    /// A line is outside the scope of the card, or no lines were told for a restricted card.
    #[error("a line is outside the scope of the card")]
    LineNotInScope,
    /// A limit of the program or the product would be passed.
    #[error("a limit would be exceeded")]
    LimitExceeded,
    /// More was asked for than a limit of the program or the product allows.
    #[error("more than is allowed")]
    AboveLimit {
        /// The most that is.
        limit: Money,
    },
    /// The card was sent a moment ago.
    #[error("sent a moment ago")]
    TooSoon {
        /// Seconds after which it may be asked again.
        wait_s: u64,
    },
    /// The card has less than was asked for.
    #[error("not enough on the card")]
    InsufficientBalance {
        /// What could be spent.
        available: Money,
    },
    /// There is no such card (by id).
    #[error("no such gift card")]
    CardNotFound,
    /// There is no such hold.
    #[error("no such hold")]
    HoldNotFound,
    /// Somebody else has claimed the card, or it has been claimed and belongs to its owner now.
    #[error("the card has been claimed")]
    AlreadyClaimed,
    /// The person in whose name it was asked is not the one whose card it is.
    #[error("the card is not this person's")]
    NotTheOwner,
    /// The hold belongs to a checkout, which alone moves it; or to none, or to another.
    #[error("the hold belongs to a checkout")]
    HoldOfCheckout,
    /// The hold was captured, released or has expired.
    #[error("the hold is not open")]
    HoldNotOpen,
    /// More was to be captured or released than is held.
    #[error("more than is held")]
    AmountExceedsHold {
        /// What is still held.
        held: Money,
    },
    /// More was to be refunded than was captured and not yet refunded.
    #[error("more than was captured")]
    AmountExceedsCaptured {
        /// What may still be refunded.
        refundable: Money,
    },
    /// There is no such program.
    #[error("no such program")]
    ProgramNotFound,
    /// An object of this id exists.
    #[error("the id is taken")]
    IdTaken,
    /// Another card has or had this code.
    #[error("the code is taken")]
    CodeTaken,
    /// The card is in that state already, or nothing was to be changed.
    #[error("the card is already in that state")]
    NothingToChange,
    /// The card has open holds that must be captured or released first.
    #[error("the card has open holds")]
    HoldsOpen,
    /// The new date is not later than now, or not later than the old one.
    #[error("the new date must be later")]
    DateNotLater,
    /// The hold was captured, so undoing the hold would undo somebody else's capture.
    #[error("the hold was captured")]
    HoldCaptured,
    /// The card or hold has not reached its date.
    #[error("not due yet")]
    NotDue,
    /// The order has sold no gift cards.
    #[error("no such purchase of gift cards")]
    PurchaseNotFound,
    /// Nothing is known of this sender, or nobody but the shop gave the card.
    #[error("no such sender")]
    SenderNotFound,
    /// The shop keeps this sender from sending gifts.
    #[error("the sender is blocked")]
    SenderBlocked,
    /// The recipient wants no gifts of this sender by mail.
    #[error("the recipient takes no gifts of this sender by mail")]
    GiftNotAccepted,
    /// The link was not mailed to the recipient, so whoever has it cannot speak for them.
    #[error("the gift was not mailed to its recipient")]
    NotMailed,
    /// The sender has reached the limit of mailed gifts of a day.
    #[error("the sender has reached the limit of the day")]
    SendingLimit,
    /// The time in which a purchase may be undone is over.
    #[error("it is too late to undo the purchase")]
    UndoTooLate,
    /// The provider side of a test card refuses captures.
    #[error("the capture was declined")]
    CaptureDeclined,
}

/// Why a card cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Why {
    /// No card has this code.
    Unknown = 1,
    /// The code was replaced.
    CodeReplaced = 2,
    /// Canceled.
    Canceled = 3,
    /// Past its date.
    Expired = 4,
    /// Frozen.
    Frozen = 5,
    /// The payment that bought it is disputed.
    Disputed = 6,
    /// Its first day has not come.
    NotYetActive = 7,
}

impl Why {
    /// Every reason.
    pub const ALL: [Why; 7] = [
        Why::Unknown,
        Why::CodeReplaced,
        Why::Canceled,
        Why::Expired,
        Why::Frozen,
        Why::Disputed,
        Why::NotYetActive,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Why::Unknown => "unknown",
            Why::CodeReplaced => "code_replaced",
            Why::Canceled => "canceled",
            Why::Expired => "expired",
            Why::Frozen => "frozen",
            Why::Disputed => "disputed",
            Why::NotYetActive => "not_yet_active",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Why> {
        Why::ALL.into_iter().find(|why| *why as u8 == number)
    }
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
