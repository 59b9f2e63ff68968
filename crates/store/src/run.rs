use base::Instant;

use crate::RunInfo;

/// A run of operations: the short hashes of idempotency keys seen in a stretch of the journal,
/// each with the record that answered it.
///
/// A short hash only leads to records; whether one of them is the operation in question is
/// decided by the full key inside the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationRun {
    /// Its number, larger than that of every run before it.
    pub run: u64,
    /// Book time of its last operation.
    pub last_at: Instant,
    /// Short hash and sequence of the record, ascending.
    pub entries: Vec<(u64, u64)>,
}

impl OperationRun {
    /// What is known about the run without reading it.
    pub fn info(&self) -> RunInfo {
        let count = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
        RunInfo { run: self.run, last_at: self.last_at, count }
    }

    /// Sequences of the records with this short hash, ascending.
    pub fn find(&self, hash: u64) -> impl Iterator<Item = u64> {
        let start = self.entries.partition_point(|(entry, _)| *entry < hash);
        self.entries[start..]
            .iter()
            .take_while(move |(entry, _)| *entry == hash)
            .map(|(_, seq)| *seq)
    }
}
