//! Tests of the outside crate.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod accounts;
mod claim_links;
mod clock_random;
mod codes;
mod keyring;
mod people;
mod recipient_tokens;
mod talks;

use base::Instant;
use outside::keyring::KeyRing;
use outside::random::SeededRandomness;

/// The moment at which the tests' rings are made.
fn now() -> Instant {
    Instant::parse("2026-11-20T10:00:00Z").unwrap()
}

/// A ring that is the same in every run.
fn ring(seed: u64) -> KeyRing {
    KeyRing::generate(now(), &mut SeededRandomness::new(seed))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
