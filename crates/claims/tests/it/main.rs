//! What the rules of claims promise, checked through their public names only.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod life;
