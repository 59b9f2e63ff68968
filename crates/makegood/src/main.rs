//! Makegood: the money engine of a social shop, in one binary.
//!
//! # Vocabulary
//!
//! * **Command**: what follows `makegood` on the command line, one file each under `commands/`.
//! * **Installation**: a data folder with its key ring and its keys of persons, opened together.
//! * **Setting**: a line of `config.default.toml`, the manual of the configuration.
//! * **Failure**: why a command did not do what it was asked, and what to do next.
//!
//! # Invariants
//!
//! * Only this crate reads the environment, prints, and decides with which code to exit.
//! * Results go to standard output, everything else to standard error; `--json` is never mixed
//!   with other text.
//! * A command that writes holds the lock of the data folder, so it never writes beside a server.

mod bench;
mod commands;
mod config;
mod failure;
mod output;
mod progress;
#[cfg(feature = "traces")]
mod traces;
#[cfg(not(feature = "traces"))]
#[path = "traces_off.rs"]
mod traces;
mod whole_file;
mod wiring;

use std::process::ExitCode;

use clap::Parser;

use failure::Ending;

/// Requests allocate on one thread and are freed on another; this allocator is made for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Gift cards, paid promotions and the refunds that make promotions good, on one ledger.
#[derive(Debug, Parser)]
#[command(name = "makegood", version, about, max_term_width = 100)]
struct CommandLine {
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    match CommandLine::parse().command.run() {
        Ok(Ending::Well) => ExitCode::SUCCESS,
        Ok(Ending::NotWell) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
