//! `/v1/refunds`: refunds of holds and of orders.

pub(crate) mod paid_by_hand;
pub(crate) mod read;
pub(crate) mod store_credit;
