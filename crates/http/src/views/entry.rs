//! Entries of ledger accounts.

use base::{AccountId, TransferId};
use ledger::Account;
use serde::Serialize;
use store::EntryRow;

use crate::views::activity::transfer_of;
use crate::views::money::MoneyView;
use crate::views::{Id, Time};

/// What one transfer did to one ledger account, with the totals after it.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = LedgerEntry)]
pub(crate) struct EntryView {
    /// Always `ledger_entry`.
    object: &'static str,
    /// The transfer; the same one has an entry in the other account.
    #[schema(value_type = String, example = "tr_0000000000000r0000000000000")]
    id: Id<TransferId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, example = "acct_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    account: Id<AccountId>,
    /// Why, in the words that activities use as `kind`.
    reason: &'static str,
    /// Why something was adjusted, in the words that activities use as `reason`; `null` for
    /// everything else.
    #[schema(example = "goodwill")]
    detail: Option<&'static str>,
    /// Change of the balance.
    amount: MoneyView,
    /// Change of what is held.
    held_change: MoneyView,
    /// Final debits after it.
    debits: MoneyView,
    /// Final credits after it.
    credits: MoneyView,
    /// The balance after it, on the side on which the account grows.
    balance: MoneyView,
    /// What is held after it.
    held: MoneyView,
    /// Number of the record in the book's journal.
    sequence: u64,
}

impl EntryView {
    pub(crate) fn new(row: &EntryRow, account: &Account) -> EntryView {
        let (entry, currency) = (&row.entry, account.currency);
        let (debits, credits) = (entry.debits_posted, entry.credits_posted);
        EntryView {
            object: "ledger_entry",
            id: Id(transfer_of(entry.place)),
            created_at: Time(row.at),
            account: Id(entry.account),
            reason: entry.reason.as_str(),
            detail: entry.reason.detail(),
            amount: MoneyView::signed(entry.amount, currency),
            held_change: MoneyView::signed(entry.held_change, currency),
            debits: MoneyView::new(debits, currency),
            credits: MoneyView::new(credits, currency),
            balance: MoneyView::signed(account.name.kind().balance(debits, credits), currency),
            held: MoneyView::new(entry.held, currency),
            sequence: entry.place.sequence(),
        }
    }
}
