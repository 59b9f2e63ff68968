//! Copies of books: into another store, into a backup, and back.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod backup;
mod beside_a_writer;
mod copying;
mod places;
mod removed;
mod segments;
