//! Money.

use base::{Amount, Currency, Money};
use serde::Serialize;

/// An amount of one currency.
#[derive(Clone, Copy, Serialize, utoipa::ToSchema)]
#[schema(as = Money)]
pub(crate) struct MoneyView {
    /// Minor units: cents, yen, fils.
    #[schema(example = 2500)]
    amount: i64,
    /// ISO 4217 code.
    #[schema(example = "USD")]
    currency: &'static str,
}

impl MoneyView {
    pub(crate) fn new(amount: Amount, currency: Currency) -> MoneyView {
        MoneyView::signed(amount.minor(), currency)
    }

    /// For balances of accounts that may be overdrawn.
    pub(crate) fn signed(amount: i64, currency: Currency) -> MoneyView {
        MoneyView { amount, currency: currency.code() }
    }
}

impl From<Money> for MoneyView {
    fn from(money: Money) -> MoneyView {
        MoneyView::new(money.amount, money.currency)
    }
}
