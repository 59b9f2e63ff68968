//! `/v1/ledger`: the accounts behind everything, and whether they balance.

pub(crate) mod accounts;
pub(crate) mod trial_balance;
