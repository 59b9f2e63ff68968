//! The journal's behavior, seen from outside.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod building;
mod chain;
mod damage;
mod golden;
mod plain;
mod round_trip;
mod values;
