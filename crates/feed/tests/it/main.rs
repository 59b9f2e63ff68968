//! Tests of the feed.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod auction;
mod band;
mod book;
mod candidates;
mod choose;
mod counters;
mod crowd;
mod currencies;
mod delivery;
mod events;
mod frequency;
mod history;
mod index;
mod interleavings;
mod joined;
mod pacing;
mod quoted;
mod segments;
mod setting;
mod shortfall;
mod slices;
mod suggestions;
mod trouble;
#[path = "../../../promotions/tests/it/world.rs"]
#[allow(dead_code, reason = "the tests of promotions use all of it")]
mod world_of_promotions;
