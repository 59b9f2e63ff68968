//! `/v1/refunds`: refunds of holds and of orders.

pub(crate) mod read;
