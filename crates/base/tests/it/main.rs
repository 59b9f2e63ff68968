//! What the vocabulary promises, checked through its public names only.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod amount;
mod business_days;
mod currency;
mod day;
mod fair_split;
mod ids;
mod instant;
mod money;
mod region;
mod text;
