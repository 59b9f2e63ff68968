//! `makegood bench feed`: how fast promoted posts are chosen from few and from many, how fast
//! events become money, and what redemptions notice of it.

mod beside;
mod book;
mod events;
mod finders;
mod naive;
mod opening;
mod report;
mod times;
#[cfg(feature = "a-tree")]
mod tree;
#[cfg(not(feature = "a-tree"))]
#[path = "feed/tree_off.rs"]
mod tree;

use std::path::PathBuf;
use std::time::Duration;

use world::crowd::Spread;

use super::in_new_folder;
use crate::failure::{Done, Ending, Failure};
use crate::output::{self, OutputArgs};
use report::Report;

/// Measure the feed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Promotions among which is chosen. Several numbers, such as 1000,1000000, measure each.
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000,1000000")]
    promotions: Vec<u32>,
    /// Whom they are for. `narrowing`: the more there are, the fewer people each is for, so that
    /// about ten match a viewer. `fixed`: a thousandth of them match. `everybody`: all do.
    #[arg(long, default_value = "narrowing", value_parser = spread)]
    crowd: Spread,
    /// Viewers who look, in turn.
    #[arg(long, default_value_t = 2_000)]
    viewers: usize,
    /// Seconds each of the finders is measured, and each load of redemptions.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Seconds each load of redemptions runs before it is measured.
    #[arg(long, default_value_t = 5)]
    warm_up: u64,
    /// Events that are judged and billed on the embedded store.
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// Promotions among which these events are, of audiences as `--crowd` says.
    #[arg(long, default_value_t = 1_000)]
    serving_promotions: u64,
    /// Events a second beside redemptions.
    #[arg(long, default_value_t = 20_000)]
    event_rate: u64,
    /// Redemptions a second, spread evenly, without and with events beside them.
    #[arg(long, default_value_t = 2_000)]
    redemption_rate: u64,
    /// Cards that are redeemed.
    #[arg(long, default_value_t = 10_000)]
    cards: u64,
    /// Folder to work in; a new one is made inside and taken away at the end.
    #[arg(long, value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    #[command(flatten)]
    output: OutputArgs,
}

impl Args {
    fn measured(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

fn spread(text: &str) -> Result<Spread, String> {
    let found = Spread::ALL.into_iter().find(|spread| spread.as_str() == text);
    found.ok_or_else(|| "use narrowing, fixed or everybody".to_owned())
}

/// Runs the benchmark.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    let loads = [args.seconds, args.event_rate, args.redemption_rate, args.cards];
    let nothing = loads.contains(&0)
        || [args.events, args.serving_promotions].contains(&0)
        || args.viewers == 0
        || args.promotions.contains(&0);
    if nothing || args.promotions.is_empty() {
        let what = Failure::new("nothing to measure so");
        return Err(what.next("give numbers above zero"));
    }
    let mut sizes = Vec::new();
    for promotions in &args.promotions {
        output::doing(&format!("choosing among {promotions} promotions"));
        sizes.push(finders::measure(args, *promotions)?);
    }
    let (events, redemptions) = in_new_folder(&args.folder, |folder| {
        output::doing("judging and billing events");
        let events = events::measure(args, &folder.join("events"))?;
        output::doing("redeeming beside events");
        Ok((events, beside::measure(args, &folder.join("beside"))?))
    })?;
    let report = Report { crowd: args.crowd.as_str(), sizes, events, redemptions };
    args.output.print(&report, || report.text());
    Ok(Ending::Well)
}
