//! Tests of the feed.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod auction;
mod book;
mod choose;
mod counters;
mod crowd;
mod delivery;
mod events;
mod frequency;
mod index;
mod interleavings;
mod pacing;
mod setting;
mod slices;
