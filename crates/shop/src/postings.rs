//! What an order owes to whom, in the ledger.

use base::{Amount, Currency, Region};
use ledger::{Account, AccountName, LinkedSet, Posted, Reason, Subject};

use crate::outcome::or_open;
use crate::parts::{add, parts_of};
use crate::{Checkout, Context, Order, Part, Refunding, Refusal};

/// The accounts that [`complete`](crate::complete) moves money on, `order/clearing` first: who
/// calls it loads those that are open.
pub fn checkout_accounts(checkout: &Checkout) -> Vec<AccountName> {
    let parts = checkout.lines.iter().flat_map(|line| parts_of(line, &checkout.lines));
    let parts: Vec<Part> = parts.collect();
    with_clearing(added_up(&parts, checkout.region))
}

/// The accounts that a refund may move money on, `order/clearing` first.
pub fn order_accounts(order: &Order) -> Vec<AccountName> {
    with_clearing(order_postings(order))
}

fn with_clearing(postings: Vec<(AccountName, Amount)>) -> Vec<AccountName> {
    let names = postings.into_iter().map(|(name, _)| name);
    std::iter::once(AccountName::OrderClearing).chain(names).collect()
}

/// What is credited when an order is made, added up per account, from `order/clearing`: sellers
/// and creators, commission, tax. The value of bought cards stays on `order/clearing` for whoever
/// issues them, and the net of a promotion for whoever funds it.
pub fn order_postings(order: &Order) -> Vec<(AccountName, Amount)> {
    added_up(order.lines.iter().flat_map(|line| &line.parts), order.region)
}

/// What is debited when an order, or a part of it, is refunded, added up per account, to
/// `order/clearing`. The value of bought cards is taken off them by whoever knows them, and what a
/// promotion gives back is on `order/clearing` since it was settled.
pub fn refund_postings(order: &Order, refunding: &Refunding) -> Vec<(AccountName, Amount)> {
    added_up(&refunding.parts, order.region)
}

fn added_up<'a>(
    parts: impl IntoIterator<Item = &'a Part>,
    region: Region,
) -> Vec<(AccountName, Amount)> {
    let mut sums = Vec::new();
    for part in parts {
        if let Some(name) = part.party.account(region) {
            add(&mut sums, name, part.amount);
        }
    }
    sums
}

/// Which way parts go.
#[derive(Clone, Copy)]
pub(crate) enum Direction {
    /// From `order/clearing` to others.
    FromClearing,
    /// From the parties back to `order/clearing`.
    FromParties,
}

/// Transfers between `order/clearing` and other accounts, which are opened as they are needed.
pub(crate) struct Sheet<'a> {
    set: Option<LinkedSet>,
    currency: Currency,
    behalf: (Reason, Subject),
    rows: &'a [&'a Account],
    context: Context,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(
        currency: Currency,
        behalf: (Reason, Subject),
        rows: &'a [&'a Account],
        context: Context,
    ) -> Sheet<'a> {
        Sheet { set: None, currency, behalf, rows, context }
    }

    /// One transfer for each account.
    pub(crate) fn post(
        mut self,
        postings: &[(AccountName, Amount)],
        direction: Direction,
    ) -> Result<Sheet<'a>, Refusal> {
        for (name, amount) in postings {
            let clearing = or_open(self.rows, AccountName::OrderClearing, self.currency);
            let account = or_open(self.rows, name.clone(), self.currency);
            let (debit, credit) = match direction {
                Direction::FromClearing => (clearing.id, account.id),
                Direction::FromParties => (account.id, clearing.id),
            };
            let (reason, subject) = self.behalf;
            let position = self.context.position;
            let set = self.set.get_or_insert_with(|| LinkedSet::new(position, reason, subject));
            set.add(clearing);
            set.add(account);
            let money = base::Money { amount: *amount, currency: self.currency };
            set.transfer(debit, credit, money).map_err(|_| Refusal::LimitExceeded)?;
        }
        Ok(self)
    }

    pub(crate) fn finish(self) -> Posted {
        self.set.map(LinkedSet::finish).unwrap_or_default()
    }
}
