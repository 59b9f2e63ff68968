//! Commands: one enum a capability, combined in one.

use base::{CardId, HoldId, Instant, Money, PersonId, Token};
use giftcards::{Adjust, Capture, ChangeHold, ClaimLink, Code, CodeHash, DeliveryNews, Extend};
use giftcards::{Issue, LinkHash, NewProgram, NewReport, Place, RefundHold, Sealed, Update, Voice};

use crate::{ClaimCommand, OperationKey, PaymentCommand, PromotionCommand, ShopCommand};

/// Something to be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Opens the book; the first record of every journal.
    OpenBook {
        /// True for a test book.
        is_test: bool,
        /// Fingerprint of the key ring.
        ring: [u8; 8],
    },
    /// Moves the clock of a test book forward.
    AdvanceClock {
        /// The new time.
        to: Instant,
    },
    /// Undoes an operation by its key, or bars it from ever taking place.
    Reverse {
        /// Which one.
        operation: OperationKey,
    },
    /// About gift cards.
    GiftCards(GiftCardCommand),
    /// About payments.
    Payments(PaymentCommand),
    /// About the shop.
    Shop(ShopCommand),
    /// About promotions. Boxed, for every command of a queue is as large as the largest.
    Promotions(Box<PromotionCommand>),
    /// About claims.
    Claims(Box<ClaimCommand>),
}

/// How a caller names a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardRef {
    /// By id.
    Id(CardId),
    /// By code: its hash under the current ring key, then under older ones.
    Code(Box<[CodeHash]>),
}

/// How somebody shows that they may claim a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimBy {
    /// By its code: its hash under the current ring key, then under older ones.
    Code(Box<[CodeHash]>),
    /// By a claim link.
    Link {
        /// The card that the link names.
        card: CardId,
        /// Hashes of its secret, under the current ring key, then under older ones.
        hashes: Box<[LinkHash]>,
    },
}

/// Commands about gift cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GiftCardCommand {
    /// Creates a program.
    CreateProgram(Box<NewProgram>),
    /// Issues a card.
    Issue(Box<Issue>),
    /// Blocks spending.
    Freeze {
        /// The card.
        card: CardId,
        /// A machine word.
        reason: Token<40>,
        /// The person in whose name it is done; `None` is the shop.
        by: Option<PersonId>,
    },
    /// Lifts a freeze.
    Unfreeze {
        /// The card.
        card: CardId,
        /// The person in whose name it is done; `None` is the shop.
        by: Option<PersonId>,
    },
    /// Gives the card a new code.
    ReplaceCode {
        /// The card.
        card: CardId,
        /// The new code, made by the caller.
        code: Code,
        /// The person in whose name it is done; `None` is the shop.
        by: Option<PersonId>,
    },
    /// Takes the card back.
    Cancel {
        /// The card.
        card: CardId,
    },
    /// Moves the expiry date.
    Extend {
        /// The card.
        card: CardId,
        /// The new date.
        extend: Extend,
    },
    /// Corrects the value.
    Adjust {
        /// The card.
        card: CardId,
        /// By how much and why.
        adjust: Adjust,
    },
    /// Replaces what the shop keeps with a card.
    Update {
        /// The card.
        card: CardId,
        /// What to replace.
        update: Box<Update>,
    },
    /// Gives a card to the person who claims it.
    Claim {
        /// How they show that they may.
        by: ClaimBy,
        /// The card that it must be, if they say which.
        card: Option<CardId>,
        /// Who.
        person: PersonId,
    },
    /// Hands a scheduled delivery over.
    Deliver {
        /// The card.
        card: CardId,
    },
    /// Keeps what became of a sending.
    NoteDelivery {
        /// The card.
        card: CardId,
        /// What became of it.
        news: DeliveryNews,
    },
    /// Sends a card again.
    Resend {
        /// The card.
        card: CardId,
        /// The new link, made by the caller.
        link: Option<ClaimLink>,
    },
    /// Makes a card one for somebody else.
    ChangeRecipient {
        /// The card.
        card: CardId,
        /// Who it is for, with the message.
        recipient: Box<Sealed>,
        /// The new link, made by the caller.
        link: Option<ClaimLink>,
    },
    /// Keeps what whoever has link or letter of a card says of its sender.
    ReportSender {
        /// The card that link or letter names.
        card: CardId,
        /// What they have of it.
        voice: Voice,
        /// What they say.
        report: NewReport,
    },
    /// Has the recipient of a card get no more mail of its sender, or some again.
    BlockContact {
        /// The card that link or letter names.
        card: CardId,
        /// What they have of it.
        voice: Voice,
        /// False lifts the block.
        blocks: bool,
    },
    /// Keeps a sender from sending gifts to anybody.
    BlockSender {
        /// Who.
        sender: PersonId,
        /// A machine word.
        reason: Token<40>,
    },
    /// Lets a sender send again.
    UnblockSender {
        /// Who.
        sender: PersonId,
    },
    /// Reserves an amount.
    Hold {
        /// The card.
        card: CardRef,
        /// What to reserve.
        place: Box<Place>,
    },
    /// Takes an amount at once.
    Redeem {
        /// The card.
        card: CardRef,
        /// What to take.
        place: Box<Place>,
    },
    /// Changes an open hold.
    ChangeHold {
        /// The hold.
        hold: HoldId,
        /// What to change.
        change: ChangeHold,
    },
    /// Takes a held amount.
    Capture {
        /// The hold.
        hold: HoldId,
        /// How much, and whether the rest is released.
        capture: Capture,
    },
    /// Gives a held amount back.
    Release {
        /// The hold.
        hold: HoldId,
        /// How much; `None` is all.
        amount: Option<Money>,
    },
    /// Returns captured money to the card.
    Refund {
        /// The hold.
        hold: HoldId,
        /// How much.
        refund: RefundHold,
    },
    /// Books the expiry of a card.
    ExpireCard {
        /// The card.
        card: CardId,
    },
    /// Books the lapse of a hold.
    ExpireHold {
        /// The hold.
        hold: HoldId,
    },
}

macro_rules! command_kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $number:literal => $text:literal,)+) => {
        /// Kind of a command. The numbers are stored in journals and never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum CommandKind {
            $($(#[doc = $doc])+ $name = $number,)+
        }

        impl CommandKind {
            /// Every kind.
            pub const ALL: &[CommandKind] = &[$(CommandKind::$name,)+];

            /// Stable lower-case name.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(CommandKind::$name => $text,)+
                }
            }

            /// Reads the stored number back.
            pub fn from_number(number: u16) -> Option<CommandKind> {
                CommandKind::ALL.iter().copied().find(|kind| *kind as u16 == number)
            }
        }
    };
}

command_kinds! {
    /// Opens the book.
    OpenBook = 1 => "open_book",
    /// Moves the clock.
    AdvanceClock = 2 => "advance_clock",
    /// Undoes an operation.
    Reverse = 3 => "reverse",
    /// Creates a program.
    CreateProgram = 100 => "create_program",
    /// Issues a card.
    Issue = 101 => "issue",
    /// Freezes a card.
    Freeze = 102 => "freeze",
    /// Unfreezes a card.
    Unfreeze = 103 => "unfreeze",
    /// Replaces a code.
    ReplaceCode = 104 => "replace_code",
    /// Cancels a card.
    Cancel = 105 => "cancel",
    /// Extends a card.
    Extend = 106 => "extend",
    /// Adjusts a card.
    Adjust = 107 => "adjust",
    /// Updates a card.
    Update = 108 => "update",
    /// Places a hold.
    Hold = 110 => "hold",
    /// Redeems in one step.
    Redeem = 111 => "redeem",
    /// Changes a hold.
    ChangeHold = 112 => "change_hold",
    /// Captures a hold.
    Capture = 113 => "capture",
    /// Releases a hold.
    Release = 114 => "release",
    /// Refunds a hold.
    Refund = 115 => "refund",
    /// Books the expiry of a card.
    ExpireCard = 120 => "expire_card",
    /// Books the lapse of a hold.
    ExpireHold = 121 => "expire_hold",
    /// Claims a card.
    Claim = 130 => "claim",
    /// Hands a delivery over.
    Deliver = 131 => "deliver",
    /// Notes news of a delivery.
    NoteDelivery = 132 => "note_delivery",
    /// Sends a card again.
    Resend = 133 => "resend",
    /// Makes a card one for somebody else.
    ChangeRecipient = 134 => "change_recipient",
    /// Reports a sender.
    ReportSender = 150 => "report_sender",
    /// Has a recipient block a sender, or lift that.
    BlockContact = 151 => "block_contact",
    /// Has the shop block a sender.
    BlockSender = 152 => "block_sender",
    /// Lets a sender send again.
    UnblockSender = 153 => "unblock_sender",
    /// Keeps a way to pay.
    CreateMethod = 200 => "create_method",
    /// Notes an authorization.
    NoteAuthorization = 210 => "note_authorization",
    /// Notes that the payer must do something.
    NoteAction = 211 => "note_action",
    /// Notes a capture.
    NoteCapture = 212 => "note_capture",
    /// Notes a fee.
    NoteFee = 213 => "note_fee",
    /// Notes that a payment was let go.
    NoteVoid = 214 => "note_void",
    /// Notes that an answer was not heard.
    NoteUnknown = 215 => "note_unknown",
    /// Notes that a call has not arrived.
    NoteNotReceived = 216 => "note_not_received",
    /// Notes that a refund is about to be sent.
    BeginRefund = 220 => "begin_refund",
    /// Notes what became of a refund.
    NoteRefund = 221 => "note_refund",
    /// Sends a refund another way.
    ConsentRefund = 222 => "consent_refund",
    /// Sends a refund once more.
    RetryRefund = 223 => "retry_refund",
    /// Gives a refund up.
    GiveUpRefund = 224 => "give_up_refund",
    /// Opens a refund in the place of another.
    ReplaceRefund = 225 => "replace_refund",
    /// Gives a gift card instead of a refund over a rail.
    CreditRailRefund = 226 => "credit_rail_refund",
    /// Notes that a refund over a rail was paid by hand.
    PayRailRefundByHand = 227 => "pay_rail_refund_by_hand",
    /// Notes that a refund which is stuck was made at the rail itself.
    NoteRefundAtRail = 228 => "note_refund_at_rail",
    /// Notes a dispute.
    OpenDispute = 230 => "open_dispute",
    /// Notes that a dispute was won.
    WinDispute = 231 => "win_dispute",
    /// Notes that a dispute was lost.
    LoseDispute = 232 => "lose_dispute",
    /// Notes a part of a settlement file.
    NoteSettlement = 240 => "note_settlement",
    /// Creates a seller.
    CreateSeller = 300 => "create_seller",
    /// Creates a creator.
    CreateCreator = 301 => "create_creator",
    /// Creates a product.
    CreateProduct = 302 => "create_product",
    /// Creates a checkout.
    CreateCheckout = 310 => "create_checkout",
    /// Adds a tender.
    AddTender = 311 => "add_tender",
    /// Takes a tender away.
    RemoveTender = 312 => "remove_tender",
    /// Pays a checkout.
    Pay = 313 => "pay",
    /// Books that a checkout was abandoned.
    ExpireCheckout = 314 => "expire_checkout",
    /// Gives up an attempt that waits for its payer.
    CancelAttempt = 315 => "cancel_attempt",
    /// Refunds an order.
    RefundOrder = 330 => "refund_order",
    /// Undoes a purchase of gift cards.
    UndoPurchase = 331 => "undo_purchase",
    /// Notes that a refund was paid by hand.
    PayRefundByHand = 332 => "pay_refund_by_hand",
    /// Gives a gift card for what a refund owes.
    CreditRefund = 333 => "credit_refund",
    /// Returns what nobody has claimed.
    ReturnUnclaimed = 334 => "return_unclaimed",
    /// Pays a seller or creator out.
    CreatePayout = 340 => "create_payout",
    /// Notes that a payout has arrived.
    PayoutPaid = 341 => "payout_paid",
    /// Notes that a payout has not arrived.
    PayoutFailed = 342 => "payout_failed",
    /// Composes a promotion.
    ComposePromotion = 400 => "compose_promotion",
    /// Changes the terms of a promotion.
    EditPromotion = 401 => "edit_promotion",
    /// Has a promotion paid.
    SubmitPromotion = 402 => "submit_promotion",
    /// Allows a promotion.
    ApprovePromotion = 403 => "approve_promotion",
    /// Does not allow a promotion.
    RejectPromotion = 404 => "reject_promotion",
    /// Appeals against a rejection.
    AppealPromotion = 405 => "appeal_promotion",
    /// Holds a promotion up.
    PausePromotion = 406 => "pause_promotion",
    /// Lets a promotion go on.
    ResumePromotion = 407 => "resume_promotion",
    /// Ends a promotion.
    StopPromotion = 408 => "stop_promotion",
    /// Books what time has done to a promotion.
    AdvancePromotion = 409 => "advance_promotion",
    /// Gives back what a promotion has not spent.
    SettlePromotion = 410 => "settle_promotion",
    /// Tells what has become of a post.
    ChangePost = 411 => "change_post",
    /// Notes that a promotion brings less or more than was quoted.
    AlertPromotion = 412 => "alert_promotion",
    /// Counts a promotion to its advertiser that is older than the rows of advertisers.
    CountPromotion = 413 => "count_promotion",
    /// Leases money of a promotion.
    LeaseSlice = 420 => "lease_slice",
    /// Gives back money that was leased.
    ReturnSlice = 421 => "return_slice",
    /// Books the lapse of leased money.
    LapseSlice = 422 => "lapse_slice",
    /// Bills deliveries.
    BillDelivery = 423 => "bill_delivery",
    /// Keeps an incident.
    DeclareIncident = 430 => "declare_incident",
    /// Tells something else of an incident.
    CorrectIncident = 431 => "correct_incident",
    /// Keeps what happened to the account of a person.
    NoteSignal = 432 => "note_signal",
    /// Makes a claim.
    FileClaim = 500 => "file_claim",
    /// Tells what a claim is about.
    MatchClaim = 501 => "match_claim",
    /// Puts the facts of a claim together.
    FreezeFacts = 502 => "freeze_facts",
    /// Lets the rules decide on a claim.
    DecideClaim = 503 => "decide_claim",
    /// Lets a person decide on a claim.
    ReviewClaim = 504 => "review_claim",
    /// Lets a second person agree.
    ApproveClaim = 505 => "approve_claim",
    /// Sends a proposal back.
    SendBackClaim = 506 => "send_back_claim",
    /// Has somebody else decide on a claim.
    AppealClaim = 507 => "appeal_claim",
    /// Takes a claim back.
    WithdrawClaim = 508 => "withdraw_claim",
    /// Attaches a file to a claim.
    AttachToClaim = 509 => "attach_to_claim",
    /// Sends the money of a claim.
    PayClaim = 510 => "pay_claim",
    /// Notes that the money of a claim has left.
    NoteClaimPaid = 511 => "note_claim_paid",
    /// Tells that a step of a claim is late.
    EscalateClaim = 512 => "escalate_claim",
    /// Lets an account pay and promote again.
    LiftFreeze = 513 => "lift_freeze",
    /// Notes that somebody has looked at a suspect.
    LookAtSuspect = 514 => "look_at_suspect",
    /// Has the money of a claim set out that its order does not send.
    ResolveClaimPayout = 515 => "resolve_claim_payout",
    /// Repays a loss without a claim.
    Restitute = 520 => "restitute",
    /// Notes that the money of a restitution has left.
    NoteRestitutionPaid = 521 => "note_restitution_paid",
    /// Notes that what the platform owes for a promotion was looked for.
    NoteSearched = 522 => "note_searched",
    /// Keeps a restitution that its order refuses to send.
    SetRestitutionAside = 523 => "set_restitution_aside",
    /// Has a restitution go on that waits for a person.
    ResolveRestitution = 524 => "resolve_restitution",
    /// Tells that the money of a restitution should have left.
    EscalateRestitution = 525 => "escalate_restitution",
}

impl Command {
    /// Its kind.
    pub fn kind(&self) -> CommandKind {
        match self {
            Command::OpenBook { .. } => CommandKind::OpenBook,
            Command::AdvanceClock { .. } => CommandKind::AdvanceClock,
            Command::Reverse { .. } => CommandKind::Reverse,
            Command::GiftCards(command) => command.kind(),
            Command::Payments(command) => command.kind(),
            Command::Shop(command) => command.kind(),
            Command::Promotions(command) => command.kind(),
            Command::Claims(command) => command.kind(),
        }
    }
}

impl GiftCardCommand {
    fn kind(&self) -> CommandKind {
        match self {
            GiftCardCommand::CreateProgram(_) => CommandKind::CreateProgram,
            GiftCardCommand::Issue(_) => CommandKind::Issue,
            GiftCardCommand::Freeze { .. } => CommandKind::Freeze,
            GiftCardCommand::Unfreeze { .. } => CommandKind::Unfreeze,
            GiftCardCommand::ReplaceCode { .. } => CommandKind::ReplaceCode,
            GiftCardCommand::Cancel { .. } => CommandKind::Cancel,
            GiftCardCommand::Extend { .. } => CommandKind::Extend,
            GiftCardCommand::Adjust { .. } => CommandKind::Adjust,
            GiftCardCommand::Update { .. } => CommandKind::Update,
            GiftCardCommand::Hold { .. } => CommandKind::Hold,
            GiftCardCommand::Redeem { .. } => CommandKind::Redeem,
            GiftCardCommand::ChangeHold { .. } => CommandKind::ChangeHold,
            GiftCardCommand::Capture { .. } => CommandKind::Capture,
            GiftCardCommand::Release { .. } => CommandKind::Release,
            GiftCardCommand::Refund { .. } => CommandKind::Refund,
            GiftCardCommand::ExpireCard { .. } => CommandKind::ExpireCard,
            GiftCardCommand::ExpireHold { .. } => CommandKind::ExpireHold,
            GiftCardCommand::Claim { .. } => CommandKind::Claim,
            GiftCardCommand::Deliver { .. } => CommandKind::Deliver,
            GiftCardCommand::NoteDelivery { .. } => CommandKind::NoteDelivery,
            GiftCardCommand::Resend { .. } => CommandKind::Resend,
            GiftCardCommand::ChangeRecipient { .. } => CommandKind::ChangeRecipient,
            GiftCardCommand::ReportSender { .. } => CommandKind::ReportSender,
            GiftCardCommand::BlockContact { .. } => CommandKind::BlockContact,
            GiftCardCommand::BlockSender { .. } => CommandKind::BlockSender,
            GiftCardCommand::UnblockSender { .. } => CommandKind::UnblockSender,
        }
    }
}
