//! What the ledger promises, checked through its public names only.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod chart;
mod linked_sets;
mod oracle;
mod random_sets;
mod table;
