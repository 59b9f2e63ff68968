//! One pure core for the whole product: which rows a command needs, and what it does to them.
//!
//! # Vocabulary
//!
//! * **Command**: something to be decided, already parsed: it cannot be malformed any more.
//! * **Key**, **row**: rows are found by key only, never by query. Whatever must be unique or
//!   summed is therefore a row.
//! * **Needs**: the keys a command still lacks. The writer loads them for a whole batch at once
//!   and asks again; five rounds at most.
//! * **Change**: the rows after a decision, with transfers, entries, events and the answer.
//! * **Refusal**: a named, numbered "no".
//! * **Composition**: several rules that decide one command, each on the rows as the one before it
//!   left them. This crate says which rule comes next; what happens is for the rules to say.
//! * **Spare ids**: ids that a command brings for what may follow from it, drawn by the caller.
//! * **Query**: a question about rows by key, answered by the same walk without a change.
//!
//! # Invariants
//!
//! * [`decide()`] is total and deterministic: same rows, command and context, same result.
//! * A change holds after-images, so applying it twice is the same as applying it once.
//! * Every row an answer is made of is among the after-images of its change, so that a stored
//!   record alone can repeat the answer.
//! * Capability crates do not see each other; only this crate combines them.

mod advertisers;
mod answer;
mod book;
mod bought;
mod catalog;
mod change;
mod claim_acts;
mod claim_command;
mod claim_facts;
mod claim_money;
mod claiming;
mod command;
mod composition;
mod credits;
mod decide;
mod disputes;
mod event;
mod every_row;
mod following;
mod gift_cards;
mod incidents;
mod notices;
mod operation;
mod order_refunds;
mod paying;
mod payment_command;
mod payouts;
mod promoting;
mod promotion_command;
mod promotion_money;
mod purchases;
mod query;
mod rail_refunds;
mod refusal;
mod resolving;
mod restituting;
mod rows;
mod senders;
mod serving;
mod settlements;
mod shop_command;
mod tenders;
mod unclaimed;

pub use answer::{Answer, AnswerRef, ClaimEvidence, PromotionDetails, ReversalStatus, answer};
pub use book::{BookRefusal, BookRow};
pub use change::{Change, Row};
pub use claim_command::{ClaimCommand, FoundLoss, ResolveBy, WayBack};
pub use claiming::{Foreseen, Preview};
pub use claims::RuleBook;
pub use command::{CardRef, ClaimBy, Command, CommandKind, GiftCardCommand};
pub use credits::{NewCredit, credit_of};
pub use decide::{Attempt, attempt, decide, needs};
pub use event::{Event, EventKind};
#[doc(hidden)]
pub use every_row::types;
pub use operation::{OperationKey, OperationRefusal, OperationTrace};
pub use payment_command::{PaymentCommand, Spare};
pub use promotion_command::PromotionCommand;
pub use promotion_money::is_of_settlement;
pub use promotions::OperatorPolicy;
pub use query::{Query, ask, query_needs};
pub use refusal::{Refusal, StoredRefusal};
pub use resolving::{credit_for, credit_for_payout};
pub use rows::{Found, Key, Rows};
pub use shop_command::{AddTender, HoldIds, NewCheckout, PreparedCard, RefundIds, ShopCommand};

/// The circumstances of a decision.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The book's time: the larger of the wall clock and the journal's last.
    pub now: base::Instant,
    /// The wall clock, which the clock of a test book is ahead of.
    pub wall: base::Instant,
    /// Sequence the journal record will have.
    pub sequence: u64,
    /// How much one sender may have mailed a day.
    pub sending: giftcards::SendingLimits,
    /// What claims are decided by; `None` is what comes with the product.
    pub rules: Option<&'static claims::RuleBook>,
    /// What whoever runs the product allows of promotions; `None` is what it comes with.
    pub promoting: Option<&'static OperatorPolicy>,
}

impl Context {
    /// What claims are decided by.
    pub(crate) fn rule_book(self) -> &'static claims::RuleBook {
        self.rules.unwrap_or_else(claims::RuleBook::standard)
    }

    /// What whoever runs the product allows of promotions.
    pub(crate) fn operator_policy(self) -> &'static OperatorPolicy {
        self.promoting.unwrap_or_else(OperatorPolicy::standard)
    }

    /// The same for a rule whose transfers are the first of their record.
    pub(crate) fn first(self) -> ledger::Context {
        ledger::Context { now: self.now, position: ledger::Position::start(self.sequence) }
    }
}

/// Rounds of loading a command may ask for. The longest ways are from a dispute to its payment, the
/// refunds of it, and the orders' refunds of which they are parts; or to the purchase that the
/// payment paid for, and its cards; or to the cards that were given instead of refunds; or to the
/// checkout, the promotion that it has paid, and the claims on that.
pub const NEEDS_ROUNDS_MAX: usize = 5;
