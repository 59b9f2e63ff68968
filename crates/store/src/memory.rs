//! A store in memory: the oracle other stores are compared with, and the ground the simulator
//! runs on. It is written to be obviously right, not to be fast.

mod control;
mod endpoints;
mod mails;
mod reader;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::{Key, Row};
use journal::Block;
use ledger::EntryPlace;

pub use control::MemoryControl;
pub use reader::MemoryReader;

use crate::{
    Commit, CommitError, EntryRow, FillPart, Head, OperationRun, RunInfo, Store, StoreError,
    SweptRow, commit_check,
};

/// One book in memory. Clones share it, and it outlives the stores and readers made from it: to
/// play a restart, drop the store and ask for another one.
#[derive(Clone, Debug)]
pub struct MemoryBook {
    contents: Arc<Mutex<Contents>>,
}

/// The write side of a [`MemoryBook`].
#[derive(Debug)]
pub struct MemoryStore {
    book: MemoryBook,
}

#[derive(Clone, Debug)]
struct Contents {
    head: Head,
    /// Blocks by the sequence of their first record.
    blocks: BTreeMap<u64, Block>,
    rows: BTreeMap<Key, SweptRow>,
    entries: BTreeMap<EntryPlace, EntryRow>,
    runs: BTreeMap<u64, OperationRun>,
}

impl MemoryBook {
    /// A book without anything in it.
    pub fn new() -> MemoryBook {
        let contents = Contents {
            head: Head::EMPTY,
            blocks: BTreeMap::new(),
            rows: BTreeMap::new(),
            entries: BTreeMap::new(),
            runs: BTreeMap::new(),
        };
        MemoryBook { contents: Arc::new(Mutex::new(contents)) }
    }

    /// A store over this book. There may be several; taking over fences the others.
    pub fn store(&self) -> MemoryStore {
        MemoryStore { book: self.clone() }
    }

    /// A reader of this book.
    pub fn reader(&self) -> MemoryReader {
        MemoryReader::of(self.clone())
    }

    /// Another book that is what this one is now, and stays so: a server that lags.
    #[must_use]
    pub fn as_it_is_now(&self) -> MemoryBook {
        MemoryBook { contents: Arc::new(Mutex::new(self.lock().clone())) }
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        // A commit changes nothing before its checks are done, so what a panicking test thread
        // leaves behind is whole.
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryBook {
    fn default() -> MemoryBook {
        MemoryBook::new()
    }
}

impl Store for MemoryStore {
    fn take_over(&mut self) -> Result<Head, StoreError> {
        let mut contents = self.book.lock();
        if contents.head.is_filling() {
            return Err(StoreError::HalfFilled("in memory".to_owned()));
        }
        contents.head.epoch += 1;
        Ok(contents.head)
    }

    fn head(&mut self) -> Result<Head, StoreError> {
        Ok(self.book.lock().head)
    }

    fn settle(&mut self, epoch: u64) -> Result<Head, StoreError> {
        // No transaction outlives its call here; the epoch is raised because a store may do so,
        // and whoever is tested on this one must bear it.
        let mut contents = self.book.lock();
        if contents.head.epoch != epoch {
            return Err(StoreError::Fenced);
        }
        contents.head.epoch += 1;
        Ok(contents.head)
    }

    fn load(&mut self, keys: &[Key], found: &mut Vec<Option<SweptRow>>) -> Result<(), StoreError> {
        let contents = self.book.lock();
        found.extend(keys.iter().map(|key| contents.rows.get(key).cloned()));
        Ok(())
    }

    fn commit(&mut self, commit: Commit<'_>) -> Result<(), CommitError> {
        commit_check::check(&commit)?;
        let mut contents = self.book.lock();
        if contents.head != *commit.expected {
            return Err(StoreError::Fenced.into());
        }
        contents.check_run(&commit)?;
        contents.apply(&commit);
        Ok(())
    }

    fn fill(&mut self, part: FillPart<'_>) -> Result<(), CommitError> {
        commit_check::check_fill(&part)?;
        let mut contents = self.book.lock();
        if contents.head != *part.expected {
            return Err(StoreError::Fenced.into());
        }
        contents.head = *part.next;
        contents.remove_blocks();
        contents.add_blocks(part.blocks);
        contents.add_rows(part.rows);
        contents.add_entries(part.entries);
        for run in part.dropped_runs {
            contents.runs.remove(run);
        }
        contents.runs.extend(part.runs.iter().map(|run| (run.run, run.clone())));
        Ok(())
    }

    fn blocks_after(&mut self, seq: u64, bytes_max: usize) -> Result<Vec<Block>, StoreError> {
        Ok(self.book.lock().blocks_after(seq, bytes_max))
    }

    fn block_of(&mut self, seq: u64) -> Result<Option<Block>, StoreError> {
        Ok(self.book.lock().block_of(seq))
    }

    fn operation_runs(&mut self) -> Result<Vec<RunInfo>, StoreError> {
        Ok(self.book.lock().runs.values().map(OperationRun::info).collect())
    }

    fn operation_run(&mut self, run: u64) -> Result<Option<OperationRun>, StoreError> {
        Ok(self.book.lock().runs.get(&run).cloned())
    }

    fn find_operation(&mut self, runs: &[u64], hash: u64) -> Result<Vec<u64>, StoreError> {
        let contents = self.book.lock();
        let runs = runs.iter().filter_map(|run| contents.runs.get(run));
        let mut found: Vec<u64> = runs.flat_map(|run| run.find(hash)).collect();
        found.sort_unstable();
        Ok(found)
    }
}

impl Contents {
    fn check_run(&self, commit: &Commit<'_>) -> Result<(), StoreError> {
        let Some(new) = commit.run else { return Ok(()) };
        if self.runs.contains_key(&new.run) && !commit.dropped_runs.contains(&new.run) {
            return Err(StoreError::Inconsistent("a run of operations of this number exists"));
        }
        Ok(())
    }

    fn apply(&mut self, commit: &Commit<'_>) {
        self.head = *commit.next;
        self.remove_blocks();
        self.add_blocks(commit.block.map(std::slice::from_ref).unwrap_or_default());
        self.add_rows(commit.rows);
        self.add_entries(commit.entries);
        for run in commit.dropped_runs {
            self.runs.remove(run);
        }
        if let Some(run) = commit.run {
            self.runs.insert(run.run, run.clone());
        }
    }

    /// Deletes what the head says has left the journal.
    fn remove_blocks(&mut self) {
        let removed = self.head.removed;
        self.blocks.retain(|_, block| removed < block.last_seq());
    }

    fn add_blocks(&mut self, blocks: &[Block]) {
        self.blocks.extend(blocks.iter().map(|block| (block.first_seq, block.clone())));
    }

    fn add_rows(&mut self, rows: &[SweptRow]) {
        for row in rows {
            let older = self.rows.get(&row.row.key()).map(|kept| kept.applied_seq);
            if older.is_none_or(|older| older < row.applied_seq) {
                self.rows.insert(row.row.key(), row.clone());
            }
        }
    }

    fn add_entries(&mut self, entries: &[EntryRow]) {
        self.entries.extend(entries.iter().map(|row| (row.entry.place, row.clone())));
    }

    fn blocks_after(&self, seq: u64, bytes_max: usize) -> Vec<Block> {
        let mut bytes = 0;
        let mut blocks = Vec::new();
        for block in self.blocks.values().filter(|block| block.last_seq() > seq) {
            blocks.push(block.clone());
            bytes += block.body.len();
            if bytes >= bytes_max {
                break;
            }
        }
        blocks
    }

    fn block_of(&self, seq: u64) -> Option<Block> {
        let (_, block) = self.blocks.range(..=seq).next_back()?;
        (seq <= block.last_seq()).then(|| block.clone())
    }

    fn row(&self, key: Key) -> Option<&Row> {
        self.rows.get(&key).map(|row| &row.row)
    }
}
