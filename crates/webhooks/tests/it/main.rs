//! Tests of the webhooks crate. The other side is written by others: the reference library of
//! Standard Webhooks judges the signatures, in a receiver that misbehaves on request.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod addresses;
mod answers;
mod receiver;
mod signatures;
