//! Which operations took place: recent ones in memory, older ones in runs behind filters.
//!
//! An operation is found by the keyed hash of its idempotency key. What is kept is small: a short
//! hash and the sequence of the record that decided it; the record itself repeats the answer.
//! Runs are grouped in segments, each with one filter, so that a key that was never seen costs
//! one question a segment. Where that filter is wrong, filters of the runs keep most of them from
//! being searched. Segments are dropped whole once they are older than the retention.

mod filter;
mod record;

use base::{Instant, Span};
use engine::OperationKey;
use hashbrown::HashMap;
use store::{OperationRun, Store, StoreError};

use crate::options::Options;
use filter::Filter;
pub(crate) use record::{ANY_FINGERPRINT, ImageRows, Recorded, captured, read_operation, read_row};

/// Keys of the first filter of a segment's day; later ones are four times larger each.
const FILTER_KEYS_MIN: usize = 1 << 20;
/// Keys of the largest filter.
const FILTER_KEYS_MAX: usize = 1 << 26;

/// What is known about operations.
pub(crate) struct Operations {
    /// Not yet in a run. The last sequence wins: a reversal overrides what it reversed.
    recent: HashMap<OperationKey, u64>,
    segments: Vec<Segment>,
    next_run: u64,
    run_max: usize,
    retention: Span,
}

struct Segment {
    runs: Vec<Run>,
    filter: Filter,
    last_at: Instant,
}

impl Segment {
    fn is_older_than(&self, retention: Span, now: Instant) -> bool {
        now.since(self.last_at).is_some_and(|age| age > retention)
    }
}

/// A run in the store.
struct Run {
    number: u64,
    /// The oldest record it leads to.
    oldest: u64,
    filter: Filter,
}

/// First 64 bits of a key.
fn short(key: OperationKey) -> u64 {
    let mut half = [0; 8];
    half.copy_from_slice(&key.0[..8]);
    u64::from_be_bytes(half)
}

impl Operations {
    /// Reads what the store has and builds the filters.
    pub(crate) fn open<S: Store>(
        store: &mut S,
        options: &Options,
    ) -> Result<Operations, StoreError> {
        let mut operations = Operations {
            recent: HashMap::new(),
            segments: Vec::new(),
            next_run: 1,
            run_max: options.operation_run_max,
            retention: Span::days(u64::from(options.operation_retention_days)),
        };
        for info in store.operation_runs()? {
            if let Some(run) = store.operation_run(info.run)? {
                operations.add_run(&run);
            }
        }
        Ok(operations)
    }

    /// Notes an operation that was just committed, or is replayed at start.
    pub(crate) fn note(&mut self, key: OperationKey, seq: u64) {
        self.recent.insert(key, seq);
    }

    /// True when enough operations wait to be written as a run.
    pub(crate) fn is_run_due(&self) -> bool {
        self.recent.len() >= self.run_max
    }

    /// True when operations wait to be written as a run, however few.
    pub(crate) fn are_waiting(&self) -> bool {
        !self.recent.is_empty()
    }

    /// The oldest record that a run leads to, but for those that are past the retention at `now`.
    pub(crate) fn oldest_record(&self, now: Instant) -> Option<u64> {
        let kept = |segment: &&Segment| !segment.is_older_than(self.retention, now);
        let runs = self.segments.iter().filter(kept).flat_map(|segment| &segment.runs);
        runs.map(|run| run.oldest).min()
    }

    /// The waiting operations as a run to be committed.
    pub(crate) fn run(&self, now: Instant) -> OperationRun {
        let mut entries: Vec<(u64, u64)> =
            self.recent.iter().map(|(key, seq)| (short(*key), *seq)).collect();
        entries.sort_unstable();
        OperationRun { run: self.next_run, last_at: now, entries }
    }

    /// The run is in the store.
    pub(crate) fn run_committed(&mut self, run: &OperationRun) {
        self.recent.clear();
        self.add_run(run);
    }

    /// Runs of segments that are past the retention at `now`.
    pub(crate) fn expired_runs(&self, now: Instant) -> Vec<u64> {
        let expired = |segment: &&Segment| segment.is_older_than(self.retention, now);
        let runs = self.segments.iter().filter(expired).flat_map(|segment| &segment.runs);
        runs.map(|run| run.number).collect()
    }

    /// The expired runs are no longer in the store.
    pub(crate) fn forget_expired(&mut self, now: Instant) {
        let retention = self.retention;
        self.segments.retain(|segment| !segment.is_older_than(retention, now));
    }

    /// Sequences of the records that may have decided this operation, the newest first.
    pub(crate) fn candidates<S: Store>(
        &self,
        key: OperationKey,
        store: &mut S,
    ) -> Result<Vec<u64>, StoreError> {
        if let Some(seq) = self.recent.get(&key) {
            return Ok(vec![*seq]);
        }
        let hash = short(key);
        let mut found = Vec::new();
        for segment in self.segments.iter().rev() {
            if segment.filter.may_contain(hash) {
                let runs = segment.runs.iter().filter(|run| run.filter.may_contain(hash));
                let runs: Vec<u64> = runs.map(|run| run.number).collect();
                found.extend(store.find_operation(&runs, hash)?);
            }
        }
        found.sort_unstable_by(|one, other| other.cmp(one));
        Ok(found)
    }

    /// Adds a run to the segment of its day, or begins a new segment.
    fn add_run(&mut self, run: &OperationRun) {
        let OperationRun { run: number, last_at, ref entries } = *run;
        self.next_run = self.next_run.max(number + 1);
        let day = last_at.day_number();
        let fits = self.segments.last().is_some_and(|segment| {
            segment.last_at.day_number() == day && segment.filter.has_room_for(entries.len())
        });
        if !fits {
            let before = self.segments.last();
            let larger = before
                .filter(|segment| segment.last_at.day_number() == day)
                .map_or(FILTER_KEYS_MIN, |segment| segment.filter.keys_max() * 4);
            let keys_max = larger.min(FILTER_KEYS_MAX).max(entries.len());
            let filter = Filter::new(keys_max);
            self.segments.push(Segment { runs: Vec::new(), filter, last_at });
        }
        let segment = self.segments.last_mut().expect("a segment was just made");
        let mut filter = Filter::new(entries.len());
        for (hash, _) in entries {
            segment.filter.insert(*hash);
            filter.insert(*hash);
        }
        let oldest = entries.iter().map(|(_, seq)| *seq).min().unwrap_or(u64::MAX);
        segment.runs.push(Run { number, oldest, filter });
        segment.last_at = last_at;
    }
}
