//! What `makegood bench redeem` tells.

use serde::Serialize;

use crate::bench::client::Measured;
use crate::bench::process::Usage;

/// What one load showed.
#[derive(Debug, Serialize)]
pub(super) struct LoadReport {
    pub(super) requests_per_second: u64,
    pub(super) operations_per_second: u64,
    p50_us: u64,
    p99_us: u64,
    /// The longest time a request took.
    worst_us: u64,
    refused: u64,
    written_bytes_per_operation: u64,
    /// CPU time of the processes that serve.
    cpu_us_per_operation: f64,
    /// CPU time of the whole machine: the load generator and a database on it too.
    machine_cpu_us_per_operation: f64,
    resident_bytes: u64,
}

/// A start after all processes were killed.
#[derive(Debug, Serialize)]
pub(super) struct RecoveryReport {
    /// Records that no table had.
    pub(super) records: u64,
    /// From the start to the first answered redemption. Over a database the leases of those that
    /// were killed lapse first.
    pub(super) seconds: f64,
}

/// What all loads on so many cards showed.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) cards: u64,
    pub(super) bare: LoadReport,
    /// The bare server at the rate of `half_load`: what the machine and the load generator add.
    pub(super) bare_half_load: LoadReport,
    pub(super) one_by_one: LoadReport,
    pub(super) batch: LoadReport,
    pub(super) half_load: LoadReport,
    pub(super) recovery: RecoveryReport,
    pub(super) raw_append_records_per_second: u64,
    /// Redemptions one by one ÷ requests of the bare server.
    pub(super) http_ratio: f64,
    /// Redemptions in batches ÷ requests of the bare server.
    pub(super) bulk_ratio: f64,
    /// Redemptions in batches ÷ records of the raw append.
    pub(super) append_ratio: f64,
    /// Of all processes that serve.
    pub(super) resident_peak_bytes: u64,
    pub(super) start_seconds: f64,
    /// Share of the rate with the fewest cards that is lost; negative when it is faster.
    pub(super) one_by_one_lost: f64,
    pub(super) batch_lost: f64,
}

/// What the whole run showed.
#[derive(Debug, Serialize)]
pub(super) struct Reports {
    pub(super) connections: usize,
    pub(super) processes: usize,
    pub(super) measured_seconds: u64,
    pub(super) runs: Vec<Report>,
}

/// `part` of `whole`.
pub(super) fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

impl LoadReport {
    /// Of a load of requests with so many operations, from the use before and after it.
    pub(super) fn of(
        measured: &Measured,
        operations: u64,
        before: Usage,
        after: Usage,
    ) -> LoadReport {
        let seconds = measured.lasted.as_secs_f64();
        let per_second = |count: u64| (count as f64 / seconds) as u64;
        // Use is counted from the beginning of the warm-up, so it is spread over all requests.
        let all = (measured.sent * operations).max(1);
        let micros = |ticks: u64| ticks as f64 * 10_000.0 / all as f64;
        LoadReport {
            requests_per_second: per_second(measured.times.total()),
            operations_per_second: per_second(measured.times.total() * operations),
            p50_us: measured.times.percentile_us(500),
            p99_us: measured.times.percentile_us(990),
            worst_us: measured.times.max_us(),
            refused: measured.refused,
            written_bytes_per_operation: (after.written_bytes - before.written_bytes) / all,
            cpu_us_per_operation: micros(after.cpu_ticks - before.cpu_ticks),
            machine_cpu_us_per_operation: micros(
                after.machine_cpu_ticks - before.machine_cpu_ticks,
            ),
            resident_bytes: after.resident_bytes,
        }
    }

    fn text(&self, name: &str) -> String {
        format!(
            "{name:<13}{:>9} req/s {:>9} op/s   p50 {:>6} us  p99 {:>6} us  worst {:>7} us  \
             {:>5} B/op  {:>5.1} us CPU/op, machine {:>5.1}  {} MB  {} refused\n",
            self.requests_per_second,
            self.operations_per_second,
            self.p50_us,
            self.p99_us,
            self.worst_us,
            self.written_bytes_per_operation,
            self.cpu_us_per_operation,
            self.machine_cpu_us_per_operation,
            self.resident_bytes / 1_000_000,
            self.refused,
        )
    }
}

impl Report {
    /// Fills in what is lost against the run with the fewest cards.
    pub(super) fn compare(&mut self, first: &Report) {
        let lost = |own: &LoadReport, first: &LoadReport| {
            1.0 - ratio(own.operations_per_second, first.operations_per_second)
        };
        self.one_by_one_lost = lost(&self.one_by_one, &first.one_by_one);
        self.batch_lost = lost(&self.batch, &first.batch);
    }

    fn text(&self) -> String {
        let loads = [
            self.bare.text("bare"),
            self.one_by_one.text("one by one"),
            self.batch.text("batch"),
            self.half_load.text("half load"),
            self.bare_half_load.text("bare, as half"),
        ];
        format!(
            "{} cards\n{}raw append  {:>9} records/s\n\
             http_ratio {:.2}  bulk_ratio {:.2}  append_ratio {:.2}  peak memory {} MB\n\
             start {:.2} s  after being killed {:.2} s with {} records to apply\n\
             lost against the fewest cards: one by one {:.0} %, in batches {:.0} %\n",
            self.cards,
            loads.concat(),
            self.raw_append_records_per_second,
            self.http_ratio,
            self.bulk_ratio,
            self.append_ratio,
            self.resident_peak_bytes / 1_000_000,
            self.start_seconds,
            self.recovery.seconds,
            self.recovery.records,
            100.0 * self.one_by_one_lost,
            100.0 * self.batch_lost,
        )
    }
}

impl Reports {
    /// For people.
    pub(super) fn text(&self) -> String {
        let runs: String = self.runs.iter().map(Report::text).collect();
        format!(
            "{} connections to {} processes, {} s a load\n{runs}",
            self.connections, self.processes, self.measured_seconds,
        )
    }
}
