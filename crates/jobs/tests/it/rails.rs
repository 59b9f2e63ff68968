//! Calling rails: a sandbox behind a real book, with and without trouble on the way.

mod disputes;
mod faults;
mod hopeless;
mod market;
mod messages;
mod paying;
mod random;
mod refunded_at_rail;
mod refunding;
mod rounds;
mod shaky;
mod store;
mod store_by_chance;
mod unclaimed;
