//! The simulated city over the real product: [`world`] looks at a platform made of the feed's own
//! chooser, judge and totals, and of the rules of `promotions` as its book. Tests and benchmarks
//! run it; nothing of it ships.
//!
//! # Vocabulary
//!
//! * **City**: the platform under trial, with one or several serving processes.
//! * **Book**: the rows of promotions, posts, slices and accounts, changed by the rules alone.
//! * **Process**: a chooser with a judge and its logs. It may be killed; its logs outlive it.
//! * **Twin**: the run of the same world without one of its faults ([`world::World::without`]).
//!   What it has spent more is what the fault has cost.
//!
//! # Invariants
//!
//! * The same world over the same setting leaves the same selections, bills and reports.
//! * The city knows of a fault what a product would: news, deeds, told incidents, errors that were
//!   counted, and what is missing. What does not arrive, it does not see.
//! * It shares no knowledge with the world about what a fault has cost.

mod book;
mod platform;
mod process;
mod sales;
mod setting;
mod twins;

pub use book::Book;
pub use platform::{City, NO_CAP, promotion_of};
pub use sales::Sold;
pub use setting::{Kill, Quotes, Setting};
pub use twins::{Loss, Twins, twins};
