//! What the writer promises, stepped by hand over a store in memory.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod atomic;
mod bench;
mod clock;
mod failures;
mod figures;
mod keys;
mod known;
mod lease;
mod memory;
mod queue;
mod reading;
mod removal;
mod restart;
mod reversal;
mod unkept;
