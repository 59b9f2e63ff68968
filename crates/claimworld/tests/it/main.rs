//! Tests of the public surface.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod corpus;
mod extremes;
mod records;
mod same;
mod truths;
