//! `makegood bench redeem`: how fast cards are redeemed on this machine, and what it costs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use outside::clock::{Clock, SystemClock};
use serde::Serialize;

use super::client::{Load, Measured, Requests, run as run_load};
use super::in_new_folder;
use super::requests::{Batches, OneByOne};
use super::seed::{Codes, issue_cards};
use super::server::Server;
use super::{append, process};
use crate::failure::{Done, Ending, Failure};
use crate::output::{self, OutputArgs};

/// Measure redemptions.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Cards in the book.
    #[arg(long, default_value_t = 1_000_000)]
    cards: u64,
    /// Seconds each load is measured.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// Seconds each load runs before it is measured.
    #[arg(long, default_value_t = 10)]
    warm_up: u64,
    /// Connections.
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

/// What one load showed.
#[derive(Debug, Serialize)]
struct LoadReport {
    requests_per_second: u64,
    operations_per_second: u64,
    p50_us: u64,
    p99_us: u64,
    /// The longest time a request took.
    worst_us: u64,
    refused: u64,
    written_bytes_per_operation: u64,
    cpu_us_per_operation: f64,
    resident_bytes: u64,
}

/// What the whole run showed.
#[derive(Debug, Serialize)]
struct Report {
    cards: u64,
    connections: usize,
    measured_seconds: u64,
    bare: LoadReport,
    /// The bare server at the rate of `half_load`: what the machine and the load generator add.
    bare_half_load: LoadReport,
    one_by_one: LoadReport,
    batch: LoadReport,
    half_load: LoadReport,
    raw_append_records_per_second: u64,
    /// Redemptions one by one ÷ requests of the bare server.
    http_ratio: f64,
    /// Redemptions in batches ÷ requests of the bare server.
    bulk_ratio: f64,
    /// Redemptions in batches ÷ records of the raw append.
    append_ratio: f64,
    resident_peak_bytes: u64,
    start_seconds: f64,
}

/// Runs the benchmark.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    let report = in_new_folder(&args.folder, |folder| measure(args, folder))?;
    args.output.print(&report, || text(&report));
    Ok(Ending::Well)
}

fn measure(args: &Args, folder: &Path) -> Done<Report> {
    let key = format!("mg_test_bench{:026}", std::process::id());
    // The first start makes the book and the key.
    Server::serve(folder, &key)?.stop()?;
    let codes = Arc::new(issue_cards(folder, args.cards)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::new)?;
    let mut bench = Bench { args, runtime, codes, key, next_number: 0 };
    let clock = SystemClock::new();
    let begin = clock.monotonic();
    let server = Server::serve(folder, &bench.key)?;
    let start_seconds = clock.monotonic().saturating_sub(begin).as_secs_f64();
    output::doing("meeting every card once");
    bench.meet_every_card(&server)?;
    output::doing("redeeming one by one");
    let (one_by_one, answer_bytes) = bench.one_by_one(&server, None)?;
    output::doing("redeeming in batches");
    let batch = bench.batches(&server)?;
    output::doing("redeeming at half load");
    let half = Some(one_by_one.requests_per_second / 2);
    let (half_load, _) = bench.one_by_one(&server, half)?;
    let resident_peak_bytes = server.usage().resident_peak_bytes;
    let record_bytes = 350;
    server.stop()?;
    output::doing("the bare server, then the raw append");
    let bare_server = Server::bare(answer_bytes)?;
    let (bare, _) = bench.one_by_one(&bare_server, None)?;
    let (bare_half_load, _) = bench.one_by_one(&bare_server, half)?;
    bare_server.stop()?;
    let raw = append::records_per_second(folder, record_bytes, args.seconds.min(10))?;
    let ratio = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
    Ok(Report {
        cards: args.cards,
        connections: args.connections,
        measured_seconds: args.seconds,
        http_ratio: ratio(one_by_one.operations_per_second, bare.requests_per_second),
        bulk_ratio: ratio(batch.operations_per_second, bare.requests_per_second),
        append_ratio: ratio(batch.operations_per_second, raw),
        raw_append_records_per_second: raw,
        bare,
        bare_half_load,
        one_by_one,
        batch,
        half_load,
        resident_peak_bytes,
        start_seconds,
    })
}

struct Bench<'a> {
    args: &'a Args,
    runtime: tokio::runtime::Runtime,
    codes: Arc<Codes>,
    key: String,
    /// Operation keys are used once.
    next_number: u64,
}

impl Bench<'_> {
    fn one_by_one(&mut self, server: &Server, rate: Option<u64>) -> Done<(LoadReport, u64)> {
        let requests = OneByOne { codes: self.codes.clone(), key: self.key.clone() };
        self.load(server, requests, rate)
    }

    fn batches(&mut self, server: &Server) -> Done<LoadReport> {
        let requests = self.batch_requests(false);
        Ok(self.load(server, requests, None)?.0)
    }

    /// Redeems every card once, so that the server is as warm as one that has run for a while.
    fn meet_every_card(&mut self, server: &Server) -> Done<()> {
        let requests = self.batch_requests(true);
        let most = self.codes.count().div_ceil(self.args.operations.max(1));
        let load = Load {
            connections: self.args.connections,
            warm_up: Duration::ZERO,
            measure: Duration::from_secs(3_600),
            requests_max: Some(most),
            rate: None,
        };
        let driven = self.runtime.block_on(run_load(server.address, requests, 0, load));
        self.next_number = driven.map_err(Failure::new)?.sent + 1;
        Ok(())
    }

    fn batch_requests(&self, in_turn: bool) -> Batches {
        let (codes, key) = (self.codes.clone(), self.key.clone());
        Batches { in_turn, codes, key, operations: self.args.operations }
    }

    fn load<R: Requests>(
        &mut self,
        server: &Server,
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
        let before = server.usage();
        let first = self.next_number;
        let driven = self.runtime.block_on(run_load(server.address, requests, first, load));
        let measured = driven.map_err(Failure::new)?;
        self.next_number += measured.sent + 1;
        let report = LoadReport::of(&measured, operations, before, server.usage());
        Ok((report, measured.answer_bytes))
    }
}

impl LoadReport {
    fn of(
        measured: &Measured,
        operations: u64,
        before: process::Usage,
        after: process::Usage,
    ) -> LoadReport {
        let seconds = measured.lasted.as_secs_f64();
        let per_second = |count: u64| (count as f64 / seconds) as u64;
        // Use is counted from the beginning of the warm-up, so it is spread over all requests.
        let all = (measured.sent * operations).max(1);
        let cpu_us = (after.cpu_ticks - before.cpu_ticks) as f64 * 10_000.0;
        LoadReport {
            requests_per_second: per_second(measured.times.total()),
            operations_per_second: per_second(measured.times.total() * operations),
            p50_us: measured.times.percentile_us(500),
            p99_us: measured.times.percentile_us(990),
            worst_us: measured.times.max_us(),
            refused: measured.refused,
            written_bytes_per_operation: (after.written_bytes - before.written_bytes) / all,
            cpu_us_per_operation: cpu_us / all as f64,
            resident_bytes: after.resident_bytes,
        }
    }
}

fn text(report: &Report) -> String {
    let row = |name: &str, load: &LoadReport| {
        format!(
            "{name:<13}{:>9} req/s {:>9} op/s   p50 {:>6} us  p99 {:>6} us  worst {:>7} us  \
             {:>5} B/op  {:>5.1} us CPU/op  {} MB  {} refused\n",
            load.requests_per_second,
            load.operations_per_second,
            load.p50_us,
            load.p99_us,
            load.worst_us,
            load.written_bytes_per_operation,
            load.cpu_us_per_operation,
            load.resident_bytes / 1_000_000,
            load.refused,
        )
    };
    let Report { bare, bare_half_load, one_by_one, batch, half_load, .. } = report;
    format!(
        "{} cards, {} connections, {} s each\n{}{}{}{}{}raw append  {:>9} records/s\n\
         http_ratio {:.2}  bulk_ratio {:.2}  append_ratio {:.2}  peak memory {} MB  \
         start {:.2} s\n",
        report.cards,
        report.connections,
        report.measured_seconds,
        row("bare", bare),
        row("one by one", one_by_one),
        row("batch", batch),
        row("half load", half_load),
        row("bare, as half", bare_half_load),
        report.raw_append_records_per_second,
        report.http_ratio,
        report.bulk_ratio,
        report.append_ratio,
        report.resident_peak_bytes / 1_000_000,
        report.start_seconds,
    )
}
