//! What the reports promise to others.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod activities;
mod bent;
mod book;
mod liability;
mod removed;
mod trial_balance;
mod verify;
mod verify_promotions;
mod verify_shop;
