//! The commands, one file each.

mod books;
mod demo;
mod doctor;
mod import;
mod keys;
mod serve;
pub(crate) mod verify;

use crate::failure::{Done, Ending};

/// What makegood can be asked to do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Serve the API.
    Serve(serve::Args),
    /// Serve a test book filled with a living shop, and print what to try.
    Demo(demo::Args),
    /// Recompute every balance from the journal and compare it with the tables.
    Verify(verify::Args),
    /// Make, list and withdraw API keys; rotate the key ring.
    Keys(keys::Args),
    /// Show which process owns which book, and move one.
    Books(books::Args),
    /// Take over gift cards from another system.
    Import(import::Args),
    /// Look for the commonest mistakes of an installation.
    Doctor(doctor::Args),
    /// Measure this machine.
    Bench(crate::bench::Args),
}

impl Command {
    /// Runs the command to its end.
    pub(crate) fn run(self) -> Done<Ending> {
        match self {
            Command::Serve(args) => serve::run(&args),
            Command::Demo(args) => demo::run(&args),
            Command::Verify(args) => verify::run(&args),
            Command::Keys(args) => keys::run(&args),
            Command::Books(args) => books::run(&args),
            Command::Import(args) => import::run(&args),
            Command::Doctor(args) => doctor::run(&args),
            Command::Bench(args) => crate::bench::run(&args),
        }
    }
}
