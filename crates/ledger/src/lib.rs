//! The double-entry ledger: pure rules, no storage.
//!
//! # Vocabulary
//!
//! * **Account**: a bucket of money in one currency. It counts four totals: debits and credits,
//!   each *posted* (final) and *pending* (reserved).
//! * **Normal side**: the side that makes an account grow: debit for assets and expenses, credit
//!   for liabilities, income and equity. A *balance* is always told on the normal side.
//! * **Transfer**: an immutable movement of an amount from the credit of one account to the debit
//!   of another, in one currency. It is posted at once, or pending first.
//! * **Pending transfer**: an amount reserved on both accounts until it is posted (in parts, if
//!   wanted), voided or expired.
//! * **Entry**: what one transfer did to one account, with the account's totals after it.
//! * **Linked set**: transfers that succeed together or not at all.
//!
//! # Invariants
//!
//! * The sum of all balances of a currency, debits minus credits, is zero after every linked set.
//! * An account with a limit never owes more than it has, pending amounts included.
//! * A pending transfer never posts and voids more than it reserved.
//! * No rule here reads a clock or a store; the same input gives the same output, for ever.

mod account;
mod chart;
mod context;
mod entry;
mod linked;
mod pending;
mod refusal;
mod transfer;

pub use account::{Account, Kind, Limit, Side};
pub use chart::{AccountName, RailName};
pub use context::Context;
pub use entry::{Entry, EntryPlace};
pub use linked::{LinkedSet, Position, Posted};
pub use pending::{Pending, PendingState};
pub use refusal::Refusal;
pub use transfer::{Reason, Subject, Transfer, TransferKind};
