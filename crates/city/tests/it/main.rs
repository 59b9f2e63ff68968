//! The city tried.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod attribution;
mod invariants;
mod quotes;
mod suggestions;
mod worlds;
