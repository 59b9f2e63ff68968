//! Calling rails: a sandbox behind a real book, with and without trouble on the way.

mod disputes;
mod faults;
mod hopeless;
mod market;
mod messages;
mod paying;
mod random;
mod refunding;
mod shaky;
mod unclaimed;
