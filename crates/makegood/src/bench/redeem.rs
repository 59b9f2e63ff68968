//! `makegood bench redeem`: how fast cards are redeemed on this machine, and what it costs.

mod report;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use outside::clock::{Clock, SystemClock};

use super::client::{Load, Requests, run as run_load};
use super::in_new_folder;
use super::requests::{Batches, OneByOne};
use super::seed::{Codes, issue_cards};
use super::server::Servers;
use super::{append, server};
use crate::failure::{Done, Ending, Failure};
use crate::output::{self, OutputArgs};
use report::{LoadReport, RecoveryReport, Report, Reports, ratio};

/// Bytes of a record of the raw append: about those of a redemption.
const RECORD_BYTES: u64 = 350;

/// Time in which the processes must have opened the book.
const START_TIME_MAX: Duration = Duration::from_secs(300);

/// Measure redemptions.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Cards in the book. Several numbers, such as 10000,1000000, let the book grow and measure
    /// each.
    #[arg(long, value_delimiter = ',', default_value = "1000000")]
    cards: Vec<u64>,
    /// Processes that serve; more than one needs a database, `MAKEGOOD_DATABASE`.
    #[arg(long, default_value_t = 1)]
    processes: usize,
    /// Seconds each load is measured.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// Seconds each load runs before it is measured.
    #[arg(long, default_value_t = 10)]
    warm_up: u64,
    /// Connections, spread over the processes.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Redemptions in one `/v1/batch`.
    #[arg(long, default_value_t = 64)]
    operations: u64,
    /// Folder to work in; a new one is made inside and taken away at the end.
    #[arg(long, value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the benchmark.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    super::check_database(args.processes)?;
    if args.processes == 0 || !args.cards.is_sorted() {
        let what = Failure::new("nothing to measure so");
        return Err(what.next("give at least one process, and numbers of cards that grow"));
    }
    let runs = in_new_folder(&args.folder, |folder| measure_all(args, folder))?;
    let (connections, processes) = (args.connections, args.processes);
    let reports = Reports { connections, processes, measured_seconds: args.seconds, runs };
    args.output.print(&reports, || reports.text());
    Ok(Ending::Well)
}

fn measure_all(args: &Args, folder: &Path) -> Done<Vec<Report>> {
    let key = format!("mg_test_bench{:026}", std::process::id());
    // The first start makes the book and the key.
    server::Server::serve(folder, &key)?.stop()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::new)?;
    let codes = Arc::default();
    let mut bench = Bench { args, folder, runtime, codes, key, next_number: 0 };
    let mut runs: Vec<Report> = Vec::new();
    for cards in &args.cards {
        let mut report = bench.measure(*cards)?;
        if let Some(first) = runs.first() {
            report.compare(first);
        }
        runs.push(report);
    }
    Ok(runs)
}

struct Bench<'a> {
    args: &'a Args,
    folder: &'a Path,
    runtime: tokio::runtime::Runtime,
    codes: Arc<Codes>,
    key: String,
    /// Operation keys are used once.
    next_number: u64,
}

impl Bench<'_> {
    /// Lets the book grow to so many cards, and measures.
    fn measure(&mut self, cards: u64) -> Done<Report> {
        issue_cards(self.folder, Arc::make_mut(&mut self.codes), cards)?;
        let (servers, start_seconds) = self.start()?;
        output::doing("meeting every card once");
        self.meet_every_card(&servers)?;
        output::doing("redeeming one by one");
        let (one_by_one, answer_bytes) = self.one_by_one(&servers, None)?;
        output::doing("redeeming in batches");
        let batch = self.batches(&servers)?;
        output::doing("redeeming at half load");
        let half = Some(one_by_one.requests_per_second / 2);
        let (half_load, _) = self.one_by_one(&servers, half)?;
        let resident_peak_bytes = servers.usage().resident_peak_bytes;
        output::doing("starting after being killed");
        let recovery = self.recover(servers)?;
        output::doing("the bare server, then the raw append");
        let bare_server = Servers::bare(answer_bytes)?;
        let (bare, _) = self.one_by_one(&bare_server, None)?;
        let (bare_half_load, _) = self.one_by_one(&bare_server, half)?;
        bare_server.stop()?;
        let append_folder = self.folder.join(format!("append-{cards}"));
        let append_seconds = self.args.seconds.min(10);
        let raw = append::records_per_second(&append_folder, RECORD_BYTES, append_seconds)?;
        Ok(Report {
            cards,
            http_ratio: ratio(one_by_one.operations_per_second, bare.requests_per_second),
            bulk_ratio: ratio(batch.operations_per_second, bare.requests_per_second),
            append_ratio: ratio(batch.operations_per_second, raw),
            raw_append_records_per_second: raw,
            bare,
            bare_half_load,
            one_by_one,
            batch,
            half_load,
            recovery,
            resident_peak_bytes,
            start_seconds,
            one_by_one_lost: 0.0,
            batch_lost: 0.0,
        })
    }

    /// Starts the processes, and waits until a redemption is answered.
    fn start(&mut self) -> Done<(Servers, f64)> {
        let clock = SystemClock::new();
        let begin = clock.monotonic();
        let servers = Servers::serve(self.folder, &self.key, self.args.processes)?;
        // One connection to each process: one that owns the book, or finds who does.
        let once = Load {
            connections: servers.addresses().len(),
            warm_up: Duration::ZERO,
            measure: Duration::from_secs(3_600),
            requests_max: Some(1),
            rate: None,
        };
        // While a book is opened a process answers 503 now and then.
        loop {
            let requests = OneByOne { codes: self.codes.clone(), key: self.key.clone() };
            if self.drive(&servers, requests, once)?.refused == 0 {
                break;
            }
            if clock.monotonic().saturating_sub(begin) > START_TIME_MAX {
                return Err(Failure::new("no redemption was answered").next("read the log above"));
            }
        }
        Ok((servers, clock.monotonic().saturating_sub(begin).as_secs_f64()))
    }

    /// Kills the processes and starts them again.
    fn recover(&mut self, servers: Servers) -> Done<RecoveryReport> {
        let records = self.runtime.block_on(servers.records_behind())?;
        servers.kill()?;
        let (servers, seconds) = self.start()?;
        servers.stop()?;
        Ok(RecoveryReport { records, seconds })
    }

    fn one_by_one(&mut self, servers: &Servers, rate: Option<u64>) -> Done<(LoadReport, u64)> {
        let requests = OneByOne { codes: self.codes.clone(), key: self.key.clone() };
        self.load(servers, requests, rate)
    }

    fn batches(&mut self, servers: &Servers) -> Done<LoadReport> {
        let requests = self.batch_requests(false);
        Ok(self.load(servers, requests, None)?.0)
    }

    /// Redeems every card once, so that the server is as warm as one that has run for a while.
    fn meet_every_card(&mut self, servers: &Servers) -> Done {
        let requests = self.batch_requests(true);
        let load = Load {
            connections: self.args.connections,
            warm_up: Duration::ZERO,
            measure: Duration::from_secs(3_600),
            requests_max: Some(self.codes.count().div_ceil(requests.operations())),
            rate: None,
        };
        self.drive(servers, requests, load).map(|_| ())
    }

    fn batch_requests(&self, in_turn: bool) -> Batches {
        let (codes, key) = (self.codes.clone(), self.key.clone());
        Batches { in_turn, codes, key, operations: self.args.operations.max(1) }
    }

    fn load<R: Requests>(
        &mut self,
        servers: &Servers,
        requests: R,
        rate: Option<u64>,
    ) -> Done<(LoadReport, u64)> {
        let load = Load {
            connections: self.args.connections,
            warm_up: Duration::from_secs(self.args.warm_up),
            measure: Duration::from_secs(self.args.seconds),
            requests_max: None,
            rate,
        };
        let operations = requests.operations();
        let before = servers.usage();
        let measured = self.drive(servers, requests, load)?;
        let report = LoadReport::of(&measured, operations, before, servers.usage());
        Ok((report, measured.answer_bytes))
    }

    /// Runs a load with numbers that were never used.
    fn drive<R: Requests>(
        &mut self,
        servers: &Servers,
        requests: R,
        load: Load,
    ) -> Done<super::client::Measured> {
        let first = self.next_number;
        let driven = self.runtime.block_on(run_load(servers.addresses(), requests, first, load));
        let measured = driven.map_err(Failure::new)?;
        self.next_number += measured.sent + 1;
        Ok(measured)
    }
}
