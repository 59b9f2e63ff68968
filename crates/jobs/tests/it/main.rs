//! What the jobs promise to others, on a real writer over a store in memory.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod due;
mod expirer;
mod rails;
mod shop;
mod test_clock;
