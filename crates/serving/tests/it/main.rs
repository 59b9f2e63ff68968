//! The feed of a book, on a book.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod alarms;
mod clocks;
mod feed;
mod held_up;
mod incidents;
mod old_logs;
mod settled;
mod snapshots;
mod town;
