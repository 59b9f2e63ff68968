//! Clocks and randomness.

use std::collections::HashSet;
use std::time::Duration;

use base::{CardId, Span};
use outside::clock::{Clock, ManualClock, SystemClock};
use outside::random::{Randomness, SeededRandomness, SystemRandomness, new_id};

use crate::{hex, now};

#[test]
fn the_manual_clock_moves_only_by_hand() {
    let clock = ManualClock::new(now());
    let same = clock.clone();
    clock.advance(Span::seconds(90));
    assert_eq!(same.now(), now().saturating_add(Span::seconds(90)));
    assert_eq!(same.monotonic(), Duration::from_secs(90));
    clock.set(now());
    assert_eq!((same.now(), same.monotonic()), (now(), Duration::from_secs(90)));
}

#[test]
fn the_system_clock_tells_this_century_and_goes_on() {
    let clock = SystemClock::new();
    assert!(clock.now() > base::Instant::parse("2026-01-01T00:00:00Z").unwrap());
    assert!(clock.now() < base::Instant::parse("2126-01-01T00:00:00Z").unwrap());
    let before = clock.monotonic();
    assert!(clock.monotonic() >= before);
}

#[test]
fn seeded_bytes_are_the_published_ones() {
    // First outputs of SplitMix64 for seed 1234567, as in the sample run of its Rosetta Code page.
    let mut random = SeededRandomness::new(1_234_567);
    assert_eq!(random.next_u64(), 6_457_827_717_110_365_317);
    assert_eq!(random.next_u64(), 3_203_168_211_198_807_973);
}

#[test]
fn system_bytes_never_repeat() {
    let mut seen = HashSet::new();
    for length in [16, 17, 100, 1_000, 3_000, 5_000] {
        for _ in 0..100 {
            let mut bytes = vec![0; length];
            SystemRandomness.fill(&mut bytes);
            assert!(seen.insert(hex(&bytes[..16])), "repeated");
            assert_ne!(bytes[length - 16..], [0; 16], "not filled to the end");
        }
    }
}

#[test]
fn ids_are_of_their_time_and_their_randomness() {
    let id = |seed| -> CardId { new_id(now(), &mut SeededRandomness::new(seed)) };
    assert_eq!(id(1), id(1));
    assert_ne!(id(1), id(2));
    let later: CardId = new_id(now().saturating_add(Span::seconds(1)), &mut SystemRandomness);
    assert!(later > id(1) && later > id(2));
}
