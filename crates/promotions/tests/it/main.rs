//! What promotions promise, checked through their public names only.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod audience;
mod life;
mod money;
mod preflight;
mod random;
mod values;
mod world;
