//! `makegood bench`: measures this machine, with the ceilings it could reach in the same run.

#![expect(clippy::float_arithmetic, reason = "rates and ratios of time, never money")]

mod append;
pub(crate) mod bare;
mod checkout;
mod claims;
mod client;
mod feed;
mod histogram;
mod process;
pub(crate) mod redeem;
mod requests;
mod restart;
mod seed;
mod server;

use std::path::Path;

use crate::config::Environment;
use crate::failure::{Done, Ending, Failure};

/// Measure this machine.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Redemptions: one by one, in batches, and at half load.
    Redeem(redeem::Args),
    /// Checkouts paid by a card and a payment method together.
    Checkout(checkout::Args),
    /// Promoted posts: choosing them, and events from their verdicts to money.
    Feed(feed::Args),
    /// Claims: how right the rules decide them, and how fast.
    Claims(claims::Args),
    /// A restart after a crash: how fast the journal is applied.
    Restart(restart::Args),
    /// The server without an engine; started by the other benchmarks.
    #[command(hide = true)]
    Bare(bare::Args),
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    match &args.what {
        What::Redeem(args) => redeem::run(args),
        What::Checkout(args) => checkout::run(args),
        What::Feed(args) => feed::run(args),
        What::Claims(args) => claims::run(args),
        What::Restart(args) => restart::run(args),
        What::Bare(args) => bare::run(args),
    }
}

/// Refuses several processes without a database.
fn check_database(processes: usize) -> Done {
    if processes > 1 && Environment::of_process().get("DATABASE").is_none() {
        let what = Failure::new("several processes need a database");
        return Err(what.next("set MAKEGOOD_DATABASE to the address of an empty one"));
    }
    Ok(())
}

/// Measures in a new folder inside `parent`, and takes the folder away however it ends.
fn in_new_folder<T>(parent: &Path, measure: impl FnOnce(&Path) -> Done<T>) -> Done<T> {
    let folder = parent.join(format!("makegood-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(Failure::new)?;
    let measured = measure(&folder);
    std::fs::remove_dir_all(&folder).map_err(Failure::new)?;
    measured
}
