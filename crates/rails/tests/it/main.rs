//! What the crate promises to others.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod contract;
mod public_failures;
mod sandbox;
mod store;
mod stripe;
mod webhooks;
mod world;
