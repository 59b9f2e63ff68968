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
/// issues them.
pub fn order_postings(order: &Order) -> Vec<(AccountName, Amount)> {
    added_up(order.lines.iter().flat_map(|line| &line.parts), order.region)
}

/// What is debited when an order, or a part of it, is refunded, added up per account, to
/// `order/clearing`. The value of bought cards is taken off them by whoever knows them.
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
    /// From `order/clearing` to the parties.
    Order,
    /// From the parties back to `order/clearing`.
    Refund,
}

/// One transfer for each account.
pub(crate) fn post(
    postings: &[(AccountName, Amount)],
    direction: Direction,
    currency: Currency,
    (reason, subject): (Reason, Subject),
    rows: &[&Account],
    context: Context,
) -> Result<Posted, Refusal> {
    if postings.is_empty() {
        return Ok(Posted::default());
    }
    let clearing = or_open(rows, AccountName::OrderClearing, currency);
    let clearing_id = clearing.id;
    let mut set = LinkedSet::new(context.position, reason, subject).with(clearing);
    for (name, amount) in postings {
        let account = or_open(rows, name.clone(), currency);
        let (debit, credit) = match direction {
            Direction::Order => (clearing_id, account.id),
            Direction::Refund => (account.id, clearing_id),
        };
        set.add(account);
        let money = base::Money { amount: *amount, currency };
        set.transfer(debit, credit, money).map_err(|_| Refusal::LimitExceeded)?;
    }
    Ok(set.finish())
}
