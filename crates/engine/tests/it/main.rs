//! What the core promises, checked through its public names only.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod audit;
mod books;
mod cards;
mod holds;
mod loading;
mod numbers;
#[path = "../../../ledger/tests/it/oracle.rs"]
mod oracle;
mod orders;
mod random;
mod returns;
mod script;
mod spending;
mod words;
mod world;
