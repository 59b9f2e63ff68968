//! Tests of the risk crate.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod budget;
mod budget_attack;
