//! `makegood bench checkout`: how fast a checkout is paid that a gift card and a payment method
//! share, from its creation to its order, with the sandbox as the rail.

mod buyer;
mod report;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::process::Usage;
use super::server::{Server, Servers};
use super::{client, in_new_folder};
use crate::failure::{Done, Ending, Failure};
use crate::output::{self, OutputArgs};
use buyer::{Measured, Shop, open_shop, run_buyers};
use report::Report;

/// The counter of `/metrics` with one line for each kind of call.
const RAIL_CALLS: &str = "makegood_rail_calls_total{";

/// Measure checkouts.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Buyers at once, each with a connection and one checkout after the other.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Gift cards the buyers share.
    #[arg(long, default_value_t = 256)]
    cards: usize,
    /// Processes that serve; more than one needs a database, `MAKEGOOD_DATABASE`.
    #[arg(long, default_value_t = 1)]
    processes: usize,
    /// Seconds that are measured.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// Seconds the load runs before it is measured.
    #[arg(long, default_value_t = 5)]
    warm_up: u64,
    /// Folder to work in; a new one is made inside and taken away at the end.
    #[arg(long, value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    #[command(flatten)]
    output: OutputArgs,
}

/// When the load is measured.
#[derive(Clone, Copy)]
pub(super) struct Course {
    /// Before this long it is not.
    warm_up: Duration,
    /// For this long it is.
    measure: Duration,
}

/// Runs the benchmark.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    if args.processes == 0 || args.cards == 0 || args.connections == 0 {
        let what = Failure::new("nothing to measure so");
        return Err(what.next("give at least one process, one card and one connection"));
    }
    super::check_database(args.processes)?;
    let report = in_new_folder(&args.folder, |folder| measure(args, folder))?;
    args.output.print(&report, || report.text());
    Ok(Ending::Well)
}

fn measure(args: &Args, folder: &Path) -> Done<Report> {
    let key = format!("mg_test_bench{:026}", std::process::id());
    // The first start makes the book and the key.
    Server::serve(folder, &key)?.stop()?;
    let servers = Servers::serve(folder, &key, args.processes)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let measured = runtime.map_err(Failure::new)?.block_on(drive(args, &servers, &key))?;
    servers.stop()?;
    Ok(measured)
}

async fn drive(args: &Args, servers: &Servers, key: &str) -> Done<Report> {
    output::doing("opening a shop");
    let shop: Arc<Shop> = Arc::new(open_shop(servers.addresses(), key, args.cards).await?);
    output::doing("paying checkouts by a card and a method");
    let (before, calls_before) = (servers.usage(), rail_calls(servers).await?);
    let course = Course {
        warm_up: Duration::from_secs(args.warm_up),
        measure: Duration::from_secs(args.seconds),
    };
    let measured = run_buyers(servers.addresses(), &shop, args.connections, course).await?;
    let used: (Usage, Usage) = (before, servers.usage());
    let rail_calls = rail_calls(servers).await? - calls_before;
    report(args, &measured, used, rail_calls)
}

fn report(args: &Args, measured: &Measured, used: (Usage, Usage), calls: u64) -> Done<Report> {
    if measured.paid_in_all == 0 {
        let refused = measured.first_refusal.clone().unwrap_or_default();
        return Err(Failure::new(format!("no checkout was paid: {refused}")));
    }
    Ok(Report::of((args.connections, args.processes), measured, used, calls))
}

/// Calls of rails so far, over all processes.
async fn rail_calls(servers: &Servers) -> Done<u64> {
    let mut calls = 0;
    for address in servers.addresses().iter() {
        let text = client::get(*address, "/metrics").await.map_err(Failure::new)?;
        let lines = text.lines().filter(|line| line.starts_with(RAIL_CALLS));
        let counts = lines.filter_map(|line| line.rsplit(' ').next());
        calls += counts.filter_map(|count| count.parse::<u64>().ok()).sum::<u64>();
    }
    Ok(calls)
}
