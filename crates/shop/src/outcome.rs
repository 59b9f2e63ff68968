//! What a decision needs to know besides rows, and what it leaves behind.

use base::{Instant, TypedId};
use ledger::{Account, AccountName, Position, Posted, Subject};

use crate::{Checkout, Creator, EventKind, Numbering, Order, OrderRefund, Payout, Product, Seller};

/// The circumstances of a decision.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The book's time.
    pub now: Instant,
    /// Where in the journal transfers will stand.
    pub position: Position,
}

/// Rows after a decision, what was posted, and what happened in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Sellers after the decision.
    pub sellers: Vec<Seller>,
    /// Creators after the decision.
    pub creators: Vec<Creator>,
    /// Products after the decision.
    pub products: Vec<Product>,
    /// Checkouts after the decision.
    pub checkouts: Vec<Checkout>,
    /// Orders after the decision.
    pub orders: Vec<Order>,
    /// Refunds of orders after the decision.
    pub refunds: Vec<OrderRefund>,
    /// Payouts after the decision.
    pub payouts: Vec<Payout>,
    /// Series of numbers after the decision.
    pub numberings: Vec<Numbering>,
    /// Accounts, transfers and entries.
    pub posted: Posted,
    /// Events, each with the object it is about.
    pub events: Vec<(EventKind, Subject)>,
}

pub(crate) fn about(id: impl TypedId) -> Subject {
    Subject(id.to_bytes())
}

/// The account of this name among `rows`, opened when nobody has used it before.
pub(crate) fn or_open(rows: &[&Account], name: AccountName, currency: base::Currency) -> Account {
    let id = name.id(currency);
    let row = rows.iter().find(|account| account.id == id);
    row.map_or_else(|| Account::open(name, currency), |account| (*account).clone())
}
