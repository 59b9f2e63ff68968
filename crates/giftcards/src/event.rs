//! Events: what happened, in the words other systems subscribe to.

/// Kind of an event. The numbers are stored and never change or get reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u16)]
pub enum EventKind {
    /// A program was created.
    ProgramCreated = 100,
    /// A card was issued.
    CardIssued = 110,
    /// A card was frozen.
    CardFrozen = 111,
    /// A card was unfrozen.
    CardUnfrozen = 112,
    /// A card got a new code.
    CardCodeReplaced = 113,
    /// A card was canceled.
    CardCanceled = 114,
    /// A card's date was moved.
    CardExtended = 115,
    /// A person corrected a card's value.
    CardAdjusted = 116,
    /// A card expired.
    CardExpired = 117,
    /// What the shop keeps with a card was replaced.
    CardUpdated = 118,
    /// Unspent value of a bought card went back to its order.
    CardWithdrawn = 119,
    /// A hold was placed.
    HoldCreated = 120,
    /// A hold was enlarged, reduced or prolonged.
    HoldUpdated = 121,
    /// A hold, or a part of it, was captured.
    HoldCaptured = 122,
    /// A hold, or a part of it, was released.
    HoldReleased = 123,
    /// A hold lapsed.
    HoldExpired = 124,
    /// A captured amount was taken back by the key of the operation.
    HoldReversed = 125,
    /// A hold will not lapse, because its checkout is being paid.
    HoldSecured = 126,
    /// A refund reached its card.
    RefundSucceeded = 130,
    /// A refund was undone by its key.
    RefundReversed = 131,
    /// What was left of a card whose payment was lost was taken off it.
    CardClawedBack = 140,
    /// A card is to be sent to its recipient now.
    CardDeliveryDue = 141,
    /// A card cannot be spent while its payment is disputed.
    CardBlocked = 142,
    /// The dispute no longer keeps a card from being spent.
    CardUnblocked = 143,
    /// A person claimed a card.
    CardClaimed = 144,
    /// Something was heard of a card that was sent.
    CardDeliveryUpdated = 145,
    /// A card is for somebody else, or for the same person elsewhere.
    CardRecipientChanged = 146,
    /// What was clawed back from a card went back to it.
    CardRestored = 147,
    /// A recipient reported who gave them a card.
    ContactReported = 160,
    /// A recipient blocked a sender.
    ContactBlocked = 161,
    /// A recipient takes gifts of a sender again.
    ContactUnblocked = 162,
    /// The shop blocked a sender.
    SenderBlocked = 163,
    /// The shop lets a sender send again.
    SenderUnblocked = 164,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [EventKind; 33] = [
        EventKind::ProgramCreated,
        EventKind::CardIssued,
        EventKind::CardFrozen,
        EventKind::CardUnfrozen,
        EventKind::CardCodeReplaced,
        EventKind::CardCanceled,
        EventKind::CardExtended,
        EventKind::CardAdjusted,
        EventKind::CardExpired,
        EventKind::CardUpdated,
        EventKind::CardWithdrawn,
        EventKind::HoldCreated,
        EventKind::HoldUpdated,
        EventKind::HoldCaptured,
        EventKind::HoldReleased,
        EventKind::HoldExpired,
        EventKind::HoldReversed,
        EventKind::HoldSecured,
        EventKind::RefundSucceeded,
        EventKind::RefundReversed,
        EventKind::CardClawedBack,
        EventKind::CardDeliveryDue,
        EventKind::CardBlocked,
        EventKind::CardUnblocked,
        EventKind::CardClaimed,
        EventKind::CardDeliveryUpdated,
        EventKind::CardRecipientChanged,
        EventKind::CardRestored,
        EventKind::ContactReported,
        EventKind::ContactBlocked,
        EventKind::ContactUnblocked,
        EventKind::SenderBlocked,
        EventKind::SenderUnblocked,
    ];

    /// Stable name: `noun.past_participle`.
    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::ProgramCreated => "program.created",
            EventKind::CardIssued => "gift_card.issued",
            EventKind::CardFrozen => "gift_card.frozen",
            EventKind::CardUnfrozen => "gift_card.unfrozen",
            EventKind::CardCodeReplaced => "gift_card.code_replaced",
            EventKind::CardCanceled => "gift_card.canceled",
            EventKind::CardExtended => "gift_card.extended",
            EventKind::CardAdjusted => "gift_card.adjusted",
            EventKind::CardExpired => "gift_card.expired",
            EventKind::CardUpdated => "gift_card.updated",
            EventKind::CardWithdrawn => "gift_card.withdrawn",
            EventKind::CardClawedBack => "gift_card.clawed_back",
            EventKind::CardClaimed => "gift_card.claimed",
            EventKind::CardDeliveryUpdated => "gift_card.delivery_updated",
            EventKind::CardRecipientChanged => "gift_card.recipient_changed",
            EventKind::CardRestored => "gift_card.restored",
            EventKind::CardBlocked => "gift_card.blocked",
            EventKind::CardUnblocked => "gift_card.unblocked",
            EventKind::CardDeliveryDue => "gift_card.delivery_due",
            EventKind::ContactReported => "gift_contact.reported",
            EventKind::ContactBlocked => "gift_contact.blocked",
            EventKind::ContactUnblocked => "gift_contact.unblocked",
            EventKind::SenderBlocked => "gift_sender.blocked",
            EventKind::SenderUnblocked => "gift_sender.unblocked",
            EventKind::HoldSecured => "hold.secured",
            EventKind::HoldCreated => "hold.created",
            EventKind::HoldUpdated => "hold.updated",
            EventKind::HoldCaptured => "hold.captured",
            EventKind::HoldReleased => "hold.released",
            EventKind::HoldExpired => "hold.expired",
            EventKind::HoldReversed => "hold.reversed",
            EventKind::RefundSucceeded => "refund.succeeded",
            EventKind::RefundReversed => "refund.reversed",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u16) -> Option<EventKind> {
        EventKind::ALL.into_iter().find(|kind| *kind as u16 == number)
    }
}
