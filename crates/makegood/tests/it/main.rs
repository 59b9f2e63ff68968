//! Tests of the binary, from outside: as processes, over HTTP, with real signals.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod app_store;
mod bench;
mod checkout_kills;
mod checkouts;
mod client;
mod copies;
mod course;
mod demo;
mod deploy;
mod disk_full;
mod doctor;
mod export;
mod failover;
mod gone;
mod import;
mod keys;
mod kill;
mod load;
mod logs;
mod mailbox;
mod outgoing;
mod pages;
mod process;
mod purchase_kills;
mod rail_down;
mod readme;
mod serve;
mod servers;
mod shop;
#[cfg(feature = "traces")]
mod traces;
mod two_processes;
mod verify;
