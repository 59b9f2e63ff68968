//! Ledger accounts.

use base::AccountId;
use ledger::Account;
use serde::Serialize;

use crate::views::Id;
use crate::views::money::MoneyView;

/// A bucket of money in one currency.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = LedgerAccount)]
pub(crate) struct AccountView {
    /// Always `ledger_account`.
    object: &'static str,
    #[schema(value_type = String, example = "acct_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<AccountId>,
    /// Place in the chart of accounts, such as `giftcard/breakage`.
    account: String,
    /// `asset`, `expense`, `liability`, `income`, `equity` or a contra account of them.
    kind: &'static str,
    currency: &'static str,
    /// Final debits since the account was opened.
    debits: MoneyView,
    /// Final credits since the account was opened.
    credits: MoneyView,
    /// On the side on which the account grows; negative when it is overdrawn.
    balance: MoneyView,
    /// Reserved to leave the account.
    held: MoneyView,
}

impl AccountView {
    pub(crate) fn new(account: &Account) -> AccountView {
        let money = |amount| MoneyView::new(amount, account.currency);
        AccountView {
            object: "ledger_account",
            id: Id(account.id),
            account: account.name.to_string(),
            kind: account.name.kind().as_str(),
            currency: account.currency.code(),
            debits: money(account.debits_posted),
            credits: money(account.credits_posted),
            balance: MoneyView::signed(account.balance(), account.currency),
            held: money(account.held()),
        }
    }
}
