//! Gift cards: programs, cards, codes, holds and refunds; pure rules over explicit arguments.
//!
//! # Vocabulary
//!
//! * **Program**: the terms under which cards are issued: value range, validity, scope.
//! * **Card**: a ledger account plus its life. Its money is in the account `giftcard/{card}`;
//!   this crate never keeps a balance of its own.
//! * **Code**: the secret that spends a card. Only its keyed hash is known here.
//! * **Block**: a reason why a living card cannot be spent now, such as `frozen`.
//! * **Hold**: an amount of one card reserved for one purpose for a limited time. A redemption
//!   is a hold that was captured in the same step.
//! * **Secured hold**: a hold of a checkout that is being paid; it never lapses, for money that a
//!   rail is asked for meanwhile cannot be given back by looking at a clock.
//! * **Purchase**: the cards that a checkout sells, *prepared* with it and *issued* by its order.
//! * **Undo**: a buyer takes a purchase back at once, while nobody has touched it.
//! * **Withdrawal**: unspent value of a bought card on its way back to the order that issued it;
//!   **claw-back**: the same, when the payment turned out to be none.
//! * **Store credit**: a card that a payer gets, by their word, instead of money that is owed.
//! * **Claim**: a person takes a card into their hands, by its code or by its *claim link*, a
//!   secret of its own that dies with the next sending; from then on they are its **owner**.
//! * **Sender**: who gave a card: whoever bought it, or whom it names. Known as a person, which is
//!   a keyed hash of an address or an id of the shop's, never as an address.
//! * **Contact**: one sender and one recipient: what was mailed, reported and blocked between them.
//! * **Report**: what a recipient says about a gift; **block**, of a contact or of a sender:
//!   nothing more is sent.
//! * **Sending**: one handing over of a card to whoever delivers it; **delivery**: all of them.
//! * **Return term**: the days after which the value of a bought gift that nobody has claimed or
//!   used goes back to its buyer, when its program says so.
//! * **Refund**: captured money on its way back to the card it came from.
//! * **Adjustment**: a correction of a card's value by a person, with a reason of a closed set.
//! * **Goodwill**: what adjustments have added to what a card was issued with. It is spent first,
//!   comes back last, and never becomes money.
//! * **Update**: other metadata or another reference, which a shop keeps with a card.
//! * **Depleted**: a living card with nothing left; derived from the account, never stored.
//!
//! # Invariants
//!
//! * A card is spent only through a hold row, so whatever was spent can be refunded by its hold.
//! * A hold never refunds more than it captured.
//! * What a card gives back to its order, was spent of it and is left of it is never more than it
//!   was sold with.
//! * A hold that a checkout placed is moved by that checkout alone.
//! * An open hold is listed on its card, so that its lapse is noticed whenever the card is used,
//!   even when nobody has booked it yet.
//! * Code and personal text are absent: keyed hashes and sealed bytes only.
//!
//! # Order of checks
//!
//! Whether the card may be used, then currency, region, lines, limits, balance. The order is
//! part of the contract; each function tells its own under *Errors*.

mod adjust_reason;
mod bought;
mod card;
mod claim;
mod deliver;
mod disputed;
mod event;
mod expiry;
mod gift;
mod goodwill;
mod hold;
mod issue;
mod life;
mod outcome;
mod payable;
mod program;
mod purchase;
mod refund;
mod refusal;
mod report;
mod reverse;
mod scope;
mod sender;
mod spend;
mod store_credit;
mod unclaimed;
mod unspent;
mod update;

pub use adjust_reason::AdjustReason;
pub use base::{Label, LabelError, LineKind, Metadata, MetadataError};
pub use bought::{block_for_dispute, claw_back, restore, unblock, withdraw};
pub use card::{Block, Card, CardState, CardStatus, Code, CodeHash, CodeRow, Details, Funding};
pub use card::{Sandbox, Sealed, Source, account_of, status};
pub use claim::{Proof, claim};
pub use deliver::{DeliveryNews, change_recipient, deliver, note_delivery, resend};
pub use disputed::Uncovered;
pub use event::EventKind;
pub use expiry::{expire_card, expire_hold};
pub use gift::Owner;
pub use gift::{Channel, ClaimLink, Delivery, DeliveryState, Gift, LinkHash, NewDelivery};
pub use goodwill::Sinks;
pub use hold::{Hold, HoldStatus, Refund};
pub use issue::{Issue, IssueRows, NewCode, issue};
pub use ledger::Context;
pub use life::{Adjust, Direction, Extend, adjust, cancel, extend, freeze, replace_code, unfreeze};
pub use outcome::Outcome;
pub use payable::{Bill, payable};
pub use program::{NewProgram, Program, create_program};
pub use purchase::{BoughtCard, NewPurchase, PaidPart, Prepared, Purchase, PurchaseDispute};
pub use purchase::{check_issuable, issue_bought, main_payment, prepare, purchase_of};
pub use refund::{RefundHold, ReturnRows, refund};
pub use refusal::{Refusal, Why};
pub use report::unblock_sender;
pub use report::{
    NewReport, ReportReason, Voice, block_contact, block_sender, contact_heard, report,
};
pub use reverse::{Undo, reverse};
pub use scope::{Line, Scope, ScopeLists};
pub use sender::{Contact, DayCount, Days, Report, Sender, Sending, SendingLimits, SendingRows};
pub use sender::{contact_of, day_of, send};
pub use spend::{Capture, ChangeHold, Place, SpendRows};
pub use spend::{capture, change_hold, hold, redeem, release, secure};
pub use store_credit::{CreditRows, CreditTerms, StoreCredit, give_store_credit};
pub use unclaimed::{ReturnTerm, await_dispute};
pub use unspent::{Unspent, check_undo, take_from};
pub use update::{Update, update};

/// Limits of this capability, each with its unit in the name.
pub mod limits {
    /// Open holds one card may carry at the same time.
    pub const OPEN_HOLDS_PER_CARD_MAX: usize = 64;
    /// Seconds a hold lasts when the caller does not say.
    pub const HOLD_SECONDS_DEFAULT: u32 = 900;
    /// Seconds a hold may last when the program does not say: one day.
    pub const HOLD_SECONDS_MAX_DEFAULT: u32 = 86_400;
    /// Seconds a program may allow a hold to last: thirty days.
    pub const HOLD_SECONDS_MAX: u32 = 30 * 86_400;
    /// Days by which a refund prolongs a card that has expired, when the program does not say.
    pub const REFUND_EXTENSION_DAYS_DEFAULT: u16 = 90;
    /// Lines one hold may name.
    pub const LINES_PER_HOLD_MAX: usize = 100;
    /// Minor units one card may be issued with or adjusted to. It keeps the totals of an account
    /// far from what a 64-bit number can hold.
    pub const CARD_VALUE_MAX: i64 = 100_000_000;
    /// Entries of each list of a scope, and regions of a card.
    pub const SCOPE_LIST_MAX: usize = 100;
    /// Cards that one checkout sells, so that all that may become of them fits into one record.
    pub const CARDS_PER_PURCHASE_MAX: usize = 100;
    /// Seconds after its order in which a purchase may be undone: ten minutes.
    pub const UNDO_SECONDS: u64 = 600;
    /// Seconds by which a program may put off that its bought cards can be spent: thirty days.
    pub const ACTIVATION_SECONDS_MAX: u32 = 30 * 86_400;
    /// Days after which a program may give back what nobody claims, at least.
    pub const RETURN_DAYS_MIN: u16 = 30;
    /// Days after which a program may give back what nobody claims, at most: ten years.
    pub const RETURN_DAYS_MAX: u16 = 3_650;
    /// Times a card is sent: once, and five times again.
    pub const SENDINGS_MAX: u16 = 6;
    /// Seconds between what was last heard of a sending and the next one.
    pub const SENDING_SECONDS_MIN: u64 = 60;
    /// Days on which gifts of one sender, or to one recipient, are mailed at the same time.
    pub const SENDING_DAYS_MAX: usize = 400;
    /// Sealed bytes of personal text on one card and side.
    pub const SEALED_BYTES_MAX: usize = 8_192;
}
