//! Payments over rails: taking money, giving it back, and having it taken back; pure rules over
//! explicit arguments. A rail is a name here; talking to one is somebody else's work.
//!
//! # Vocabulary
//!
//! * **Rail**: the way money enters or leaves, such as `stripe`.
//! * **Method**: a way to pay that a rail keeps for a payer. We have the rail's reference to it.
//! * **Payment**: an amount to be taken by one method, and what became of it: authorized, then
//!   captured, or voided.
//! * **Notice**: what a rail has said about something, as an answer or on its own. Notices come
//!   twice, late, and in any order.
//! * **Unknown**: a call whose answer was not heard. The rail is then asked, by the same operation
//!   id, until it is known.
//! * **Refund**: a part of a payment on its way back over a rail ([`RailRefund`]).
//! * **Attempt**: one try to send a refund. Its number is part of the operation id, so that a
//!   second try is never taken for a repetition of the first.
//! * **Consent**: the payer's word that a refund may go by another method than the money came.
//! * **Dispute**: money that the payer's bank takes back, until somebody decides. A refund that was
//!   made at the rail itself, by none of ours, is kept as one that is lost ([`REFUNDED_AT_RAIL`]).
//! * **Kept**: what nobody has asked back of a payment. **Owed**: what was asked back and nobody
//!   sends: refunds that have failed. **Settled**: what a lost dispute has paid of refunds.
//! * **Cap**: captured ≥ refunded + refunding + credited + disputed, for each payment, always.
//! * **Settlement**: a file in which a rail tells what it has moved for us, and paid out to our
//!   bank; its **lines** are the rail's own words.
//! * **Standing**: what our books have moved at a rail for a payment, refund or dispute, and what
//!   files tell of it: *settled*, *missing* in all files, or it *differs*.
//! * **Credited**: given back in another form, such as a gift card, by the payer's word.
//! * **Store-mediated**: an app store holds the method, and makes refunds itself.
//!
//! # Invariants
//!
//! * The cap holds after every rule. What a dispute takes beyond it is posted, but opens no room:
//!   freed money goes to the dispute first.
//! * Money moves in the ledger when the rail has said that it moved, never when we have asked.
//! * A refund that may be on the wire is never stopped nor made smaller; one that is not, is, when
//!   a dispute takes what it would send.
//! * Captured = kept + refunded + refunding + owed + settled + credited. Nobody is owed what a lost
//!   dispute has paid, but for what is on the wire; and that is no loss.
//! * A final state never changes; a refund that has failed is not in one.
//! * A notice that says what is known, or what was known before, is [`Refusal::NothingToChange`];
//!   one that cannot be true is [`Refusal::Contradiction`].
//! * What a settlement file tells of a payment, refund or dispute moves nothing but a fee that was
//!   not known. Lines in any order, split in any way and repeated, end the same.
//! * A row that wants something from a rail has a `due_at`, any other has none. A refund that a
//!   store makes is the exception: nobody is called.
//!
//! # Order of checks
//!
//! Whether the id is free, whether the state allows it, then currency, limits, cap. The order is
//! part of the contract; each function tells its own under *Errors*.

mod backoff;
mod cap;
mod capture;
mod consent_reason;
mod credit;
mod dispute;
mod event;
mod method;
mod note_line;
mod notice;
mod open_refund;
mod outcome;
mod owed;
mod payment;
mod post;
mod refund;
mod refund_notice;
mod refusal;
mod resend;
mod return_url;
mod settlement;
mod standing;
mod void;

mod authorize;

pub use authorize::{NewPayment, authorize, note_action, note_authorization};
pub use backoff::backoff_seconds;
pub use capture::{CaptureAccounts, begin_capture, note_capture, note_fee};
pub use consent_reason::ConsentReason;
pub use credit::{credit, made_at_rail, pay_by_hand, take_credit_back};
pub use dispute::{Dispute, DisputeAccounts, DisputeRows, DisputeState, OpenDispute, Rest};
pub use dispute::{REFUNDED_AT_RAIL, lose, open_dispute, win};
pub use event::EventKind;
pub use ledger::Context;
pub use method::{Expiry, Method, MethodUse, NewMethod, RailToken};
pub use method::{create_method, note_use, use_of};
pub use note_line::{LineRows, note_line};
pub use notice::{AuthorizationNotice, CaptureNotice, RefundNotice, VoidNotice};
pub use notice::{note_not_received, note_unknown};
pub use open_refund::{OpenRefund, OwedAccounts, RefundAccounts};
pub use open_refund::{begin_refund, give_back, open_refund, replace_refund};
pub use outcome::{CapChange, Outcome};
pub use payment::{FailureCode, Manner, NextAction, Payment, PaymentState, Purpose, Step};
pub use refund::{Destination, RailRefund, RefundState};
pub use refund_notice::{note_refund, returned};
pub use refusal::Refusal;
pub use resend::{consent, give_up, retry};
pub use return_url::{ReturnUrl, ReturnUrlError};
pub use settlement::{LineState, NewLine, NewSettlement, SettledKind, Settlement};
pub use settlement::{SettlementLine, settlement_id, settlement_line_id};
pub use standing::{Moved, MovedRow, SettlementAccounts, Standing, StandingState, Sum, stand};
pub use void::{begin_void, note_void};

/// Limits of this capability, each with its unit in the name.
pub mod limits {
    /// Minor units of one payment, dispute or fee. It keeps the totals of an account far from what
    /// a 64-bit number can hold.
    pub const AMOUNT_MAX: i64 = 1_000_000_000_000;
    /// Refunds of one payment at the same time that are not settled, or are credited.
    pub const OPEN_REFUNDS_PER_PAYMENT_MAX: usize = 64;
    /// Lines of a settlement file that one command notes.
    pub const LINES_PER_COMMAND_MAX: usize = 200;
    /// Seconds until the first question or repetition.
    pub const BACKOFF_SECONDS_FIRST: u64 = 2;
    /// Seconds between two questions or repetitions at most: one hour.
    pub const BACKOFF_SECONDS_MAX: u64 = 3_600;
}
