//! What the vocabulary of gift cards promises. Decisions are tested in `engine`, where a script
//! runs them on the rows of a whole book.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod scope;
mod values;
