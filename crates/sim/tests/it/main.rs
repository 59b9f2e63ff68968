//! The simulator's tests: they are what the simulator is for.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod books;
mod differential;
mod faults;
mod settings;
mod threads;
