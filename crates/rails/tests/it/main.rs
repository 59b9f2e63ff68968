//! What the crate promises to others.

mod contract;
mod sandbox;
mod stripe;
mod webhooks;
mod world;
