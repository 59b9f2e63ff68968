//! What a decision leaves behind.

use ledger::{Account, AccountName, Posted, Subject};

use crate::{Checkout, Creator, EventKind, Numbering, Order, OrderRefund, Payout, Product, Seller};

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

/// The account of this name among `rows`, opened when nobody has used it before.
pub(crate) fn or_open(rows: &[&Account], name: AccountName, currency: base::Currency) -> Account {
    let id = name.id(currency);
    let row = rows.iter().find(|account| account.id == id);
    Account::or_open(row.copied(), name, currency)
}
