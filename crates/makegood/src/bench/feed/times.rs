//! Times of single searches, by the clock on the wall and by the processor, and memory.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

use crate::bench::process::{Usage, usage};

/// What many searches took.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Times {
    /// Searches a second of time of the processor: what one core does when nobody else has it.
    pub(super) per_second: u64,
    /// By the clock on the wall, so with whatever else the machine did meanwhile.
    pub(super) p50_ns: u64,
    pub(super) p99_ns: u64,
    /// By the time that the thread had a processor.
    pub(super) processor_p50_ns: u64,
    pub(super) processor_p99_ns: u64,
    /// Searches that were timed by the processor's clock, and what they found, in all.
    pub(super) searches: u64,
    pub(super) found_in_all: u64,
}

impl Times {
    /// Times `search`, which says how much it found, with each of `inputs` in turn: for `long` by
    /// each of the two clocks.
    pub(super) fn of<T>(
        inputs: &[T],
        long: Duration,
        mut search: impl FnMut(&T) -> usize,
    ) -> Times {
        let begin = now();
        let (wall, _) = pass(inputs, long, &mut search, || begin.elapsed());
        let (processor, found) = pass(inputs, long, &mut search, processor_time);
        let spent: u64 = processor.iter().sum();
        Times {
            per_second: (processor.len() as f64 * 1e9 / spent.max(1) as f64) as u64,
            p50_ns: percentile(&wall, 50),
            p99_ns: percentile(&wall, 99),
            processor_p50_ns: percentile(&processor, 50),
            processor_p99_ns: percentile(&processor, 99),
            searches: processor.len() as u64,
            found_in_all: found,
        }
    }
}

fn pass<T>(
    inputs: &[T],
    long: Duration,
    search: &mut impl FnMut(&T) -> usize,
    clock: impl Fn() -> Duration,
) -> (Vec<u64>, u64) {
    let begin = now();
    let (mut times, mut found) = (Vec::new(), 0);
    for input in inputs.iter().cycle() {
        let start = clock();
        found += std::hint::black_box(search(std::hint::black_box(input))) as u64;
        let took = clock().saturating_sub(start);
        times.push(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
        if begin.elapsed() > long {
            break;
        }
    }
    times.sort_unstable();
    (times, found)
}

fn percentile(sorted: &[u64], percent: usize) -> u64 {
    sorted.get(sorted.len().saturating_sub(1) * percent / 100).copied().unwrap_or(0)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
fn now() -> Instant {
    Instant::now()
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    // Neither is ever negative.
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

/// Memory of this process that is resident; zero where the system does not tell.
pub(super) fn resident_bytes() -> u64 {
    let Usage { resident_bytes, .. } = usage(std::iter::once(std::process::id()));
    resident_bytes
}
