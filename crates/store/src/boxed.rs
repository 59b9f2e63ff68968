//! A boxed store is a store: which one it is may be known only when the process starts.

use engine::Key;
use journal::Block;

use crate::{
    Commit, CommitError, FillPart, Head, OperationRun, RunInfo, Store, StoreError, SweptRow,
};

impl<S: Store + ?Sized> Store for Box<S> {
    fn take_over(&mut self) -> Result<Head, StoreError> {
        (**self).take_over()
    }

    fn head(&mut self) -> Result<Head, StoreError> {
        (**self).head()
    }

    fn settle(&mut self, epoch: u64) -> Result<Head, StoreError> {
        (**self).settle(epoch)
    }

    fn load(&mut self, keys: &[Key], found: &mut Vec<Option<SweptRow>>) -> Result<(), StoreError> {
        (**self).load(keys, found)
    }

    fn commit(&mut self, commit: Commit<'_>) -> Result<(), CommitError> {
        (**self).commit(commit)
    }

    fn fill(&mut self, part: FillPart<'_>) -> Result<(), CommitError> {
        (**self).fill(part)
    }

    fn blocks_after(&mut self, seq: u64, bytes_max: usize) -> Result<Vec<Block>, StoreError> {
        (**self).blocks_after(seq, bytes_max)
    }

    fn block_of(&mut self, seq: u64) -> Result<Option<Block>, StoreError> {
        (**self).block_of(seq)
    }

    fn operation_runs(&mut self) -> Result<Vec<RunInfo>, StoreError> {
        (**self).operation_runs()
    }

    fn operation_run(&mut self, run: u64) -> Result<Option<OperationRun>, StoreError> {
        (**self).operation_run(run)
    }

    fn find_operation(&mut self, runs: &[u64], hash: u64) -> Result<Vec<u64>, StoreError> {
        (**self).find_operation(runs, hash)
    }
}
