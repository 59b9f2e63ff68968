//! `/v1/checkouts/{id}/tenders`: the ways a checkout is paid.

pub(crate) mod add;
pub(crate) mod remove;
pub(crate) mod wallet;
