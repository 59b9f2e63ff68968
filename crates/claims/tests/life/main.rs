//! The life of claims, by table and by chance.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod appeals;
mod clocks;
mod clocks_refused;
mod deciding;
mod filing;
mod moves;
mod next;
mod payouts;
mod people;
mod random;
mod restitutions;
mod values;
mod world;
