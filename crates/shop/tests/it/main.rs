//! What the shop promises, checked through its public names only.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod catalog;
mod checkouts;
mod orders;
mod payouts;
mod plans;
mod promotions;
mod public_failures;
mod random_refunds;
mod refunds;
mod table;
mod values;
