//! What `makegood bench checkout` tells.

use serde::Serialize;

use super::buyer::Measured;
use crate::bench::histogram::Histogram;
use crate::bench::process::Usage;

/// How long something took, in microseconds.
#[derive(Debug, Serialize)]
struct Times {
    p50_us: u64,
    p99_us: u64,
    worst_us: u64,
}

/// What the run showed.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    connections: usize,
    processes: usize,
    measured_seconds: f64,
    /// Checkouts that were paid.
    operations_per_second: f64,
    /// From the creation of a checkout to its order: four requests.
    checkout: Times,
    /// The last of them, which asks the rail.
    pay: Times,
    /// Checkouts that were still being paid, or had failed, when `pay` was answered.
    unpaid: u64,
    /// Requests that were refused.
    refused: u64,
    first_refusal: Option<String>,
    rail_calls_per_checkout: f64,
    /// CPU time of the processes that serve.
    cpu_us_per_checkout: f64,
    /// CPU time of the whole machine.
    machine_cpu_us_per_checkout: f64,
    written_bytes_per_checkout: u64,
}

impl Report {
    /// Of a load, from the use before and after it.
    pub(super) fn of(
        (connections, processes): (usize, usize),
        measured: &Measured,
        (before, after): (Usage, Usage),
        rail_calls: u64,
    ) -> Report {
        let seconds = measured.lasted.as_secs_f64();
        // Use is counted from the beginning of the warm-up, so it is spread over all checkouts.
        let all = measured.paid_in_all.max(1);
        let micros = |ticks: u64| ticks as f64 * 10_000.0 / all as f64;
        Report {
            connections,
            processes,
            measured_seconds: seconds,
            operations_per_second: measured.whole.total() as f64 / seconds,
            checkout: Times::of(&measured.whole),
            pay: Times::of(&measured.pay),
            unpaid: measured.unpaid,
            refused: measured.refused,
            first_refusal: measured.first_refusal.clone(),
            rail_calls_per_checkout: rail_calls as f64 / all as f64,
            cpu_us_per_checkout: micros(after.cpu_ticks - before.cpu_ticks),
            machine_cpu_us_per_checkout: micros(after.machine_cpu_ticks - before.machine_cpu_ticks),
            written_bytes_per_checkout: (after.written_bytes - before.written_bytes) / all,
        }
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let refusal = self.first_refusal.as_ref().map(|why| format!(" ({why})"));
        format!(
            "{} buyers, {} processes, {} s\n\
             {:.0} checkouts/s, each paid by a card and a method, {:.2} calls of the rail each\n\
             checkout  {}\npay       {}\n\
             {:.0} us CPU a checkout, machine {:.0}  {} B written\n\
             {} unpaid, {} refused{}\n",
            self.connections,
            self.processes,
            self.measured_seconds,
            self.operations_per_second,
            self.rail_calls_per_checkout,
            self.checkout.text(),
            self.pay.text(),
            self.cpu_us_per_checkout,
            self.machine_cpu_us_per_checkout,
            self.written_bytes_per_checkout,
            self.unpaid,
            self.refused,
            refusal.unwrap_or_default(),
        )
    }
}

impl Times {
    fn of(times: &Histogram) -> Times {
        Times {
            p50_us: times.percentile_us(500),
            p99_us: times.percentile_us(990),
            worst_us: times.max_us(),
        }
    }

    fn text(&self) -> String {
        format!(
            "p50 {:>6} us  p99 {:>6} us  worst {:>7} us",
            self.p50_us, self.p99_us, self.worst_us
        )
    }
}
