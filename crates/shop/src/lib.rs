//! The shop: sellers, creators, products, checkouts, orders, refunds of orders, payouts; pure rules
//! over explicit arguments.
//!
//! It knows neither gift cards nor payments. A tender is a kind, the ids under which others keep
//! its money, and amounts; what a card may pay for is told line by line by the caller.
//!
//! # Vocabulary
//!
//! * **Line**: something sold, so many units at a price, less a discount: its *net*; plus its tax:
//!   its *total*. Shipping is a line of its own that nobody sells.
//! * **Checkout**: lines to be paid. It lives a quarter of an hour after the last change.
//! * **Tender**: one way a checkout is paid: a gift card or a payment method. Each is *allocated*
//!   to lines, so that every line knows whose money paid it.
//! * **Plan**: the allocations of all tenders: see [`plan()`].
//! * **Order**: what a checkout becomes when every tender has succeeded.
//! * **Party**: who gets a part of a line: seller, creator, the shop (commission), the state
//!   (tax), bought cards (their value), a promotion (its money).
//! * **Refund**: a line on its way back, along its own allocations and from its own parties.
//! * **Payout**: money owed to a seller or creator on its way out.
//! * **Numbering**: receipts and credit notes have numbers without gaps.
//!
//! # Invariants
//!
//! * The parties' parts of a line add up to its total; so do its allocations. Both are computed
//!   once, when the order is made.
//! * How much of a line has gone back is one number. What each tender and each party has given
//!   back is a function of it (`base::part_split`), never a sum of rounded steps: whatever the
//!   steps were, no part gives back more than it is, and all are whole when the line is.
//! * A checkout that is paying is not paid a second time, does not expire, and its tenders stay.
//! * Gift cards never pay for gift cards.
//! * What pays for a promotion goes back by its settlements alone, to the cent that they put on
//!   `order/clearing`.
//! * Two refunds are one only if they have one id; equal amounts mean nothing.
//!
//! # Order of checks
//!
//! Existence, state, currency, terms, limits, amounts: see [`Refusal`].

mod catalog;
mod checkout;
mod event;
mod line;
mod numbering;
mod order;
mod order_refund;
mod outcome;
mod parts;
mod pay;
mod payout;
mod plan;
mod postings;
mod refund;
mod refusal;
mod tender;

pub use catalog::{BasisPoints, Creator, Product, ProductRows, Seller};
pub use catalog::{create_creator, create_product, create_seller};
pub use checkout::{Checkout, CheckoutRows, CheckoutState, NewCheckout, Source, SourceKind};
pub use checkout::{check_open, create_checkout, expire};
pub use event::EventKind;
pub use ledger::Context;
pub use line::{Line, LineId, NewLine, NewShipping};
pub use numbering::{Numbering, Series, take_number};
pub use order::{Order, OrderLine, OrderStatus, OrderTender, PaidBy};
pub use order_refund::{OrderRefund, RefundAllocation, RefundStatus};
pub use order_refund::{credit_share, note_status, owed_share, pay_by_hand};
pub use outcome::Outcome;
pub use parts::{Part, Party};
pub use pay::{CompleteRows, begin_pay, cancel_attempt, complete, fail};
pub use pay::{note_action_taken, require_action};
pub use payout::{NewPayout, Payee, Payout, PayoutRows, PayoutState};
pub use payout::{create_payout, payout_failed, payout_paid};
pub use plan::{CardFacts, Plan, plan};
pub use postings::{checkout_accounts, order_accounts, order_postings, refund_postings};
pub use refund::{
    LineLeft, LineRefund, LineRequest, RefundOrder, RefundRequest, RefundRows, Refunding,
};
pub use refund::{preview, refund};
pub use refusal::Refusal;
pub use tender::{Allocation, NewTender, Tender, TenderId, TenderKind, TenderStatus};
pub use tender::{add_tender, add_wallet, remove_tender};

/// Limits of this capability, each with its unit in the name.
pub mod limits {
    use base::{Amount, Span};

    /// Lines of a checkout, shipping not counted.
    pub const LINES_MAX: usize = 100;
    /// Units of one line.
    pub const QUANTITY_MAX: u32 = 100_000;
    /// Minor units of a price or a whole checkout. It keeps the totals of an account far from what
    /// a 64-bit number can hold.
    pub const CHECKOUT_TOTAL_MAX: Amount = Amount::new(1_000_000_000_000).expect("not negative");
    /// Gift cards of one checkout.
    pub const CARD_TENDERS_MAX: usize = 12;
    /// Payment methods of one checkout.
    pub const METHOD_TENDERS_MAX: usize = 4;
    /// Tenders that one checkout ever has, removed ones included.
    pub const TENDERS_EVER_MAX: u16 = 200;
    /// How long a checkout lives after its last change.
    pub const CHECKOUT_IDLE: Span = Span::seconds(15 * 60);
    /// How long a checkout waits for its payer to act, from when that was first asked for.
    pub const ACTION_TIME: Span = Span::days(1);
    /// How long changes can keep a checkout alive.
    pub const CHECKOUT_LIFE: Span = Span::days(1);
}
