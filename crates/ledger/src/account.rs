//! An account and its four totals.

use base::{AccountId, Amount, Currency};

use crate::{AccountName, EntryPlace};

/// A bucket of money in one currency.
///
/// Totals only grow, except that a pending total shrinks when its transfers are posted, voided
/// or expired. What people call the balance is derived: see [`Account::balance`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Derived from name and currency: see [`AccountName::id`].
    pub id: AccountId,
    /// Place in the chart of accounts.
    pub name: AccountName,
    /// The one currency of this account.
    pub currency: Currency,
    /// Final debits since the account was opened, in minor units.
    pub debits_posted: Amount,
    /// Final credits since the account was opened, in minor units.
    pub credits_posted: Amount,
    /// Reserved debits, in minor units.
    pub debits_pending: Amount,
    /// Reserved credits, in minor units.
    pub credits_pending: Amount,
    /// The last of the account's entries, from which its history is read backwards.
    pub last_entry: Option<EntryPlace>,
}

impl Account {
    /// An account without movements.
    pub fn open(name: AccountName, currency: Currency) -> Account {
        Account {
            id: name.id(currency),
            name,
            currency,
            debits_posted: Amount::ZERO,
            credits_posted: Amount::ZERO,
            debits_pending: Amount::ZERO,
            credits_pending: Amount::ZERO,
            last_entry: None,
        }
    }

    /// The account of a row, opened when nobody has used it before.
    pub fn or_open(row: Option<&Account>, name: AccountName, currency: Currency) -> Account {
        debug_assert!(row.is_none_or(|row| row.name == name && row.currency == currency));
        row.cloned().unwrap_or_else(|| Account::open(name, currency))
    }

    /// Posted balance on the normal side, in minor units; negative when the account is overdrawn
    /// (possible only for accounts without a limit).
    pub fn balance(&self) -> i64 {
        self.name.kind().balance(self.debits_posted, self.credits_posted)
    }

    /// What is reserved to leave the account, in minor units.
    pub fn held(&self) -> Amount {
        match self.name.kind().normal_side() {
            Side::Debit => self.credits_pending,
            Side::Credit => self.debits_pending,
        }
    }

    /// What may still leave the account: balance minus what is held, never below zero.
    pub fn available(&self) -> Amount {
        let free = self.balance().saturating_sub(self.held().minor());
        Amount::new(free.max(0)).unwrap_or(Amount::ZERO)
    }

    /// True when the limit of the account's name is kept, pending amounts included.
    pub(crate) fn within_limit(&self) -> bool {
        match self.name.limit() {
            Limit::None => true,
            Limit::NeverBelowZero => self.balance() >= self.held().minor(),
        }
    }
}

/// Debit or credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Left side: assets and expenses grow here.
    Debit,
    /// Right side: liabilities, income and equity grow here.
    Credit,
}

/// What an account is in the statements; it decides the normal side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What others owe us, or money at a rail.
    Asset,
    /// What was given away or lost.
    Expense,
    /// What we owe.
    Liability,
    /// What was earned.
    Income,
    /// Opening positions.
    Equity,
    /// Reduces a liability without touching it.
    ContraLiability,
    /// Reduces income without touching it.
    ContraIncome,
}

impl Kind {
    /// The side on which the account grows.
    pub fn normal_side(self) -> Side {
        match self {
            Kind::Asset | Kind::Expense | Kind::ContraLiability | Kind::ContraIncome => Side::Debit,
            Kind::Liability | Kind::Income | Kind::Equity => Side::Credit,
        }
    }

    /// Balance on the normal side from two posted totals, in minor units.
    pub fn balance(self, debits: Amount, credits: Amount) -> i64 {
        match self.normal_side() {
            Side::Debit => debits.minor() - credits.minor(),
            Side::Credit => credits.minor() - debits.minor(),
        }
    }

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Asset => "asset",
            Kind::Expense => "expense",
            Kind::Liability => "liability",
            Kind::Income => "income",
            Kind::Equity => "equity",
            Kind::ContraLiability => "contra_liability",
            Kind::ContraIncome => "contra_income",
        }
    }
}

/// What the ledger enforces on an account, whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// No limit: clearing, income, expense.
    None,
    /// The balance on the normal side, less what is held, never falls below zero.
    NeverBelowZero,
}
