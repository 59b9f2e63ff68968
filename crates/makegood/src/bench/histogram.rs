//! Times of requests, in buckets fine enough for percentiles.

use std::time::Duration;

/// Buckets an octave: a percentile is off by at most one part in 32.
const STEPS: u64 = 32;
const BUCKETS: usize = 40 * STEPS as usize;

/// Counts of times, in microseconds.
#[derive(Clone)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    max_us: u64,
}

impl Histogram {
    pub(crate) fn new() -> Histogram {
        Histogram { counts: vec![0; BUCKETS], total: 0, max_us: 0 }
    }

    pub(crate) fn add(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.counts[bucket(micros)] += 1;
        self.total += 1;
        self.max_us = self.max_us.max(micros);
    }

    pub(crate) fn merge(&mut self, other: &Histogram) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
        self.max_us = self.max_us.max(other.max_us);
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    pub(crate) fn max_us(&self) -> u64 {
        self.max_us
    }

    /// The time that `per_mille` of a thousand requests did not exceed, in microseconds.
    pub(crate) fn percentile_us(&self, per_mille: u64) -> u64 {
        let rank = (self.total * per_mille).div_ceil(1000).max(1);
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return lower_bound(bucket);
            }
        }
        self.max_us
    }
}

/// Up to 32 µs one bucket a microsecond, above 32 buckets an octave.
fn bucket(micros: u64) -> usize {
    if micros < STEPS {
        return micros as usize;
    }
    let octave = u64::from(micros.ilog2()) - 5;
    let step = (micros >> octave) - STEPS;
    ((octave + 1) * STEPS + step).min(BUCKETS as u64 - 1) as usize
}

fn lower_bound(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < STEPS {
        return bucket;
    }
    let octave = bucket / STEPS - 1;
    (STEPS + bucket % STEPS) << octave
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_what_its_bound_says() {
        for micros in (0..100_000).chain([1 << 30, (1 << 30) + 12_345]) {
            let low = lower_bound(bucket(micros));
            assert!(low <= micros && micros - low <= micros / STEPS, "{micros} in {low}");
        }
    }

    #[test]
    fn percentiles_count_requests() {
        let mut histogram = Histogram::new();
        for micros in 1..=1000 {
            histogram.add(Duration::from_micros(micros));
        }
        assert_eq!(histogram.total(), 1000);
        assert_eq!(histogram.max_us(), 1000);
        assert!((484..=500).contains(&histogram.percentile_us(500)));
        assert!((960..=990).contains(&histogram.percentile_us(990)));
    }
}
