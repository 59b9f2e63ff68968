//! Tests of the feed.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod book;
mod delivery;
mod setting;
