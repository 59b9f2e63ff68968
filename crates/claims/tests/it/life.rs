//! The life of claims, by table and by chance.

mod appeals;
mod audited;
mod clocks;
mod clocks_refused;
mod deciding;
mod filing;
mod moves;
mod next;
mod payouts;
mod people;
mod random;
mod restitutions;
mod values;
mod world;
