//! The rules of payments: scripts that read like a spreadsheet, random interleavings, and a rail
//! whose notices are lost, repeated and out of order.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod deed;
mod disputes;
mod payments;
mod public_failures;
mod rail;
mod random;
mod refunded_at_rail;
mod refunds;
mod table;
mod told;
mod truthful;
mod values;
mod world;
