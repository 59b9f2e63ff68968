//! `/v1/orders`: what was paid, and how it goes back.

pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod refunds;
