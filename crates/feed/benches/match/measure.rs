//! Times of single searches, and memory.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// What many searches took, each by itself, in nanoseconds and in ascending order.
pub struct Times {
    /// By the clock on the wall, so with whatever else the machine did meanwhile.
    wall: Vec<u64>,
    /// By the time that the thread had a processor.
    processor: Vec<u64>,
    matches: u64,
}

/// A pass over the viewers is repeated until it has taken so long.
const LONG_ENOUGH: Duration = Duration::from_secs(2);
/// A pass ends before its last viewer when it has taken so long.
const TOO_LONG: Duration = Duration::from_secs(8);

impl Times {
    pub const HEADING: &'static str = concat!(
        "crowd, audiences   finder          matches   p50 µs     p99 µs   ",
        "processor: p50 µs     p99 µs  searches/s"
    );

    /// Times `search`, which says how many matches there were, with each of `inputs`.
    pub fn of<T>(inputs: &[T], search: impl Fn(&T) -> usize) -> Times {
        let begin = now();
        let wall_clock = || begin.elapsed();
        let (wall, _) = passes(inputs, &search, wall_clock);
        let (processor, matches) = passes(inputs, &search, processor_time);
        Times { wall, processor, matches }
    }

    pub fn print(&self, crowd: &str, finder: &str) {
        let total: u64 = self.processor.iter().sum();
        let searches = self.processor.len() as u64;
        println!(
            "{crowd}  {finder:<14} {:>8} {:>8} {:>10} {:>19} {:>10} {:>11}",
            tenths(self.matches * 10 / searches),
            tenths(percentile(&self.wall, 50) / 100),
            tenths(percentile(&self.wall, 99) / 100),
            tenths(percentile(&self.processor, 50) / 100),
            tenths(percentile(&self.processor, 99) / 100),
            u128::from(searches) * 1_000_000_000 / u128::from(total.max(1)),
        );
    }
}

/// The time on the clock on the wall.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
pub fn now() -> Instant {
    Instant::now()
}

fn passes<T>(
    inputs: &[T],
    search: impl Fn(&T) -> usize,
    clock: impl Fn() -> Duration,
) -> (Vec<u64>, u64) {
    let begin = now();
    let mut times = Vec::new();
    let mut matches = 0;
    while begin.elapsed() < LONG_ENOUGH {
        for input in inputs {
            let start = clock();
            let found = std::hint::black_box(search(std::hint::black_box(input)));
            times.push((clock() - start).as_nanos() as u64);
            matches += found as u64;
            if begin.elapsed() > TOO_LONG {
                break;
            }
        }
    }
    times.sort_unstable();
    (times, matches)
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn percentile(sorted: &[u64], percent: usize) -> u64 {
    sorted[(sorted.len() - 1) * percent / 100]
}

fn tenths(number: u64) -> String {
    format!("{}.{}", number / 10, number % 10)
}

/// Memory of this process that is not swapped out or never touched; 0 where Linux's `/proc` is
/// missing. Memory that was freed before counts until the system has it back.
pub fn resident_bytes() -> u64 {
    const PAGE_BYTES: u64 = 4_096;
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or_default() * PAGE_BYTES
}
