//! What claims promise, checked through their public names only.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod boundaries;
mod broken;
mod expressions;
mod forms;
mod life;
mod page;
mod random;
mod replay;
mod rows;
mod speed;
mod statement;
mod world;
