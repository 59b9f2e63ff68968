//! `/v1/ledger/accounts`: buckets of money and what moved in and out of them.

pub(crate) mod entries;
pub(crate) mod list;
pub(crate) mod read;
