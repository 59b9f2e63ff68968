//! Pages that need no account, and the list of all pages with who may see them.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod desks;
mod fake;
mod money;
mod open;
mod readdress;
mod refusals;
mod roles;
mod spending;
mod ways_back;
