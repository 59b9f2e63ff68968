//! The commands, one file each.

mod archive;
mod books;
mod copy;
mod demo;
mod doctor;
mod health;
mod import;
mod keys;
mod people;
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
    /// Copy every book to another data folder or a database.
    Move(copy::move_books::Args),
    /// Write every book into one file, while the server runs.
    Backup(copy::backup::Args),
    /// Fill a fresh place from a backup.
    Restore(copy::restore::Args),
    /// Seal every journal into segment files that never change.
    Archive(archive::Args),
    /// Look for the commonest mistakes of an installation.
    Doctor(doctor::Args),
    /// Give roles to somebody who has signed in.
    People(people::Args),
    /// Ask a running server whether it is ready.
    Health(health::Args),
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
            Command::Move(args) => copy::move_books::run(&args),
            Command::Backup(args) => copy::backup::run(&args),
            Command::Restore(args) => copy::restore::run(&args),
            Command::Archive(args) => archive::run(&args),
            Command::Doctor(args) => doctor::run(&args),
            Command::People(args) => people::run(&args),
            Command::Health(args) => health::run(&args),
            Command::Bench(args) => crate::bench::run(&args),
        }
    }
}
