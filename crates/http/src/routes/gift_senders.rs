//! `/v1/gift-senders`: who gives gift cards, who has reported them, and whether they may.

pub(crate) mod block;
pub(crate) mod read;
pub(crate) mod reports;
pub(crate) mod unblock;
