//! `/v1/checkouts`: lines to be paid, and how they are.

pub(crate) mod cancel_attempt;
pub(crate) mod create;
pub(crate) mod gift_cards;
pub(crate) mod list;
pub(crate) mod pay;
pub(crate) mod read;
pub(crate) mod tenders;
