//! `makegood bench claims`: how well, and how fast, the rules decide claims of which the truth is
//! known.

mod explain;
mod judge;
mod report;

use std::time::Duration;

use claims::{Decision, Rules};
use claimworld::{CURRENCY, Case, ClaimWorld, Params};
use rustix::time::{ClockId, clock_gettime};

use crate::failure::{Done, Ending, Failure};
use crate::output::{self, OutputArgs};
use judge::{Judged, judge};
use report::{Report, Speed};

/// Let the rules decide claims of which the truth is known.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Claims, each for a promotion of its own.
    #[arg(long, default_value_t = 10_000)]
    cases: u32,
    /// The same seed gives the same claims.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How common something is, as `NAME=NUMBER`; `--parameters` lists the names.
    #[arg(long, value_name = "NAME=NUMBER", value_parser = parameter)]
    set: Vec<(String, u32)>,
    /// Lists the parameters with what they mean, and decides nothing.
    #[arg(long)]
    parameters: bool,
    /// Explains so many of the decisions that are furthest from the truth.
    #[arg(long, value_name = "N", default_value_t = 0)]
    explain: usize,
    #[command(flatten)]
    output: OutputArgs,
}

fn parameter(text: &str) -> Result<(String, u32), String> {
    let (name, number) = text.split_once('=').ok_or("write NAME=NUMBER")?;
    if Params::default().get(name).is_none() {
        return Err("no such parameter; `--parameters` lists them".to_owned());
    }
    let number = number.parse().map_err(|_| "write a whole number, such as 250000")?;
    Ok((name.to_owned(), number))
}

/// Runs the benchmark.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    let mut params = Params::default();
    for (name, number) in &args.set {
        params.set(name, *number);
    }
    if args.parameters {
        let list = report::parameters(&params);
        args.output.print(&list, || report::parameters_text(&list));
        return Ok(Ending::Well);
    }
    if args.cases == 0 {
        let what = Failure::new("nothing to decide");
        return Err(what.next("give a number of cases above zero"));
    }
    output::doing(&format!("simulating {} promotions and their claims", args.cases));
    let world = ClaimWorld { seed: args.seed, params };
    let cases: Vec<Case> = world.cases(args.cases).collect();
    output::doing("deciding");
    let (decisions, speed) = decide(&Rules::standard(), &cases);
    let judged = cases.iter().zip(&decisions).map(|(case, decision)| Judged {
        case,
        decision,
        ruling: judge(&case.truth, decision),
    });
    let judged: Vec<Judged<'_>> = judged.collect();
    let explained = explain::worst(&judged, args.explain);
    let report = Report::of(args.seed, &judged, speed, explained);
    args.output.print(&report, || report.text());
    Ok(Ending::Well)
}

/// Decides each case once, from its ground, its time and its facts: the truth stays here.
fn decide(rules: &Rules, cases: &[Case]) -> (Vec<Decision>, Speed) {
    let mut times = Vec::with_capacity(cases.len());
    let mut decisions = Vec::with_capacity(cases.len());
    let begin = processor_time();
    for case in cases {
        let start = processor_time();
        let tables = rules.tables(case.filing.ground, case.filing.filed_at);
        let decision = tables.decide(std::hint::black_box(&case.facts), CURRENCY);
        times.push(processor_time().saturating_sub(start));
        decisions.push(decision);
    }
    let speed = Speed::of(times, processor_time().saturating_sub(begin));
    (decisions, speed)
}

/// Time that this thread had a processor: others use the machine as well.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    // Neither is ever negative.
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}
