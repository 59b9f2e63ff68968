//! What pages promise: whole, safe, readable and complete.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod account_pages;
mod claim_pages;
mod contrast;
mod gifts;
mod messages;
mod pages;
mod promotion_pages;
mod support;
mod wallet;
mod whole;
