//! Committing: journal block, a slice of the sweep, and a run of operations in one transaction.

use std::time::Duration;

use base::Instant;
use engine::OperationKey;
use journal::{Block, BlockBuilder};
use store::{Commit, CommitError, EntryRow, Head, OperationRun, Store, StoreError};

use crate::figures::Figures;
use crate::handle::Trouble;
use crate::memory::{Slice, Sweep};
use crate::writer::{Fatal, Writer};

/// Rows one transaction sweeps at least, if any: neighbors share pages, so a few larger slices
/// write a quarter fewer bytes than many small ones (`docs/store.md`).
const SLICE_MIN: usize = 256;
/// Rows that the round takes in one transaction at most, and settled holds beside them, so that no
/// transaction stalls the queue. More than a batch settles.
const SLICE_MAX: usize = 8_192;
/// Rows swept at once while somebody waits for the tables.
const FLUSH_SLICE: usize = 2_048;
/// Rows swept at once while nothing else is to be done; few, for work may arrive meanwhile.
const IDLE_SLICE: usize = 512;
/// How often the head is asked for after a commit of unknown outcome.
const HEAD_ATTEMPTS: usize = 5;

/// Why a commit takes place, which decides how much it sweeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Somebody waits for an answer.
    Work,
    /// Nothing else is to be done.
    Idle,
}

/// What a batch leaves beside its block.
#[derive(Clone, Copy, Default)]
pub(crate) struct Left<'a> {
    /// Entries of the block, in order.
    pub(crate) entries: &'a [EntryRow],
    /// Operations the block decided, each with the record that did it last.
    pub(crate) operations: &'a [(OperationKey, u64)],
    /// Rows that were changed, counted once a change, without holds that were settled.
    pub(crate) changed: usize,
}

impl<S: Store> Writer<S> {
    /// Commits what the builder holds, if anything, with a slice of the sweep. The inner error
    /// says why the store cannot write now; nothing was written then.
    pub(crate) fn commit(
        &mut self,
        builder: BlockBuilder,
        left: Left<'_>,
        pace: Pace,
    ) -> Result<Result<(), StoreError>, Fatal> {
        let block = (builder.record_count() > 0).then(|| builder.seal());
        let (seq, hash, at_micros) = match &block {
            Some(block) => (block.last_seq(), block.hash, block.at_micros),
            None => (self.head.seq, self.head.hash, self.head.at_micros),
        };
        let slice = self.slice(left.changed, pace);
        let at = Instant::from_micros(at_micros);
        // What waits for a run was decided by the last commit at the latest.
        let last_at = Instant::from_micros(self.head.at_micros);
        let portion = self.removal_portion(at);
        let is_run_due = (block.is_some() && self.operations.is_run_due()) || portion.wants_run;
        let run =
            (is_run_due && self.operations.are_waiting()).then(|| self.operations.run(last_at));
        let dropped_runs = self.operations.expired_runs(at);
        let removes = portion.through > self.head.removed;
        let sweeps = !slice.rows.is_empty() || slice.watermark.is_some();
        let nothing = block.is_none() && !sweeps && !is_run_due && !removes;
        if nothing {
            return Ok(Ok(()));
        }
        let is_behind = self.head.watermark < self.head.seq;
        let records = seq - self.head.seq;
        let mut next = Head {
            epoch: self.head.epoch,
            seq,
            hash,
            at_micros,
            watermark: slice.watermark.unwrap_or(self.head.watermark),
            operations: if is_run_due { self.head.seq } else { self.head.operations },
            removed: portion.through,
        };
        let commit = Commit {
            expected: &self.head,
            next: &next,
            block: block.as_ref(),
            rows: &slice.rows,
            entries: left.entries,
            run: run.as_ref(),
            dropped_runs: &dropped_runs,
        };
        let before = self.monotonic();
        let committed = self.store.commit(commit);
        let took = self.monotonic().saturating_sub(before);
        if let Some(error) = self.failure(committed, &mut next)? {
            Figures::add(&self.figures.commits_failed, 1);
            // Whoever waits for a later commit would wait for as long as the store cannot write.
            self.answer_flushes(&Trouble::Unavailable(error.to_string()));
            return Ok(Err(error));
        }
        self.committed(next, block, left.operations, &slice, run, at);
        if removes {
            self.portion_committed();
        }
        self.show_lag(is_behind, &slice);
        self.show_commit(records, took);
        Ok(Ok(()))
    }

    fn show_commit(&self, records: u64, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        Figures::add(&self.figures.commits, 1);
        self.figures.commit_times.note(micros);
        Figures::raise(&self.figures.commit_micros_max, micros);
        if let Some(on_commit) = self.options.on_commit {
            on_commit(records, took);
        }
    }

    /// Why nothing was written; `None` when all of it was.
    fn failure(
        &mut self,
        committed: Result<(), CommitError>,
        next: &mut Head,
    ) -> Result<Option<StoreError>, Fatal> {
        match committed {
            Ok(()) => Ok(None),
            Err(CommitError::NotCommitted(error)) if error.is_transient() => Ok(Some(error)),
            Err(CommitError::NotCommitted(error)) => Err(Fatal::of(&error)),
            Err(CommitError::Unknown(error)) => {
                let is_written = self.find_out(next, &error)?;
                Ok((!is_written).then_some(error))
            }
        }
    }

    /// The transaction is on disk: memory follows.
    fn committed(
        &mut self,
        next: Head,
        block: Option<Block>,
        decided: &[(OperationKey, u64)],
        slice: &Slice,
        run: Option<OperationRun>,
        at: Instant,
    ) {
        self.head = next;
        self.note_known();
        self.proven_at = self.monotonic();
        self.memory.swept(slice);
        // First, for a run that is new may be of keys which are old: it goes with the next commit.
        self.operations.forget_expired(at);
        if let Some(run) = run {
            self.operations.run_committed(&run);
        }
        if let Some(block) = block {
            for (key, seq) in decided {
                self.operations.note(*key, *seq);
            }
            self.buffer = block.body;
        }
        self.go_on_sweeping(slice);
        self.answer_reached_flushes();
        self.show_figures(slice);
    }

    /// The next slice begins where this one ended; at the end of a round a new one begins. When
    /// somebody waits for more than this round covers, the round that covers it begins at once.
    fn go_on_sweeping(&mut self, slice: &Slice) {
        let Some(next) = slice.next() else { return };
        let is_done = slice.watermark.is_some();
        let is_too_short = self.is_flushing() && next.round_seq < self.flush_seq();
        if is_done || is_too_short {
            self.sweep = Sweep::new(self.head.seq, self.wall_micros());
        } else {
            self.sweep = next.clone();
        }
    }

    /// Shows since when the tables have been behind: since the first commit after they were not,
    /// or since the round began that has just ended, for what came later is in no table yet.
    fn show_lag(&self, was_behind: bool, slice: &Slice) {
        let since = &self.figures.behind_since_micros;
        if self.head.watermark >= self.head.seq {
            Figures::set(since, 0);
        } else if !was_behind {
            Figures::set(since, self.wall_micros());
        } else if slice.watermark.is_some()
            && let Some(round) = slice.next()
        {
            Figures::set(since, round.began_micros);
        }
    }

    /// What to sweep: settled holds, and of the other rows as many as came in, when memory is as
    /// full as it should be; fewer below, so that changes of one row are written once; more above.
    fn slice(&mut self, changed: usize, pace: Pace) -> Slice {
        let unswept = self.memory.rows_unswept();
        let target = self.options.unswept_target.max(1);
        let (settled_max, budget) = if self.is_flushing() {
            (FLUSH_SLICE, FLUSH_SLICE.max(changed))
        } else if pace == Pace::Idle {
            (IDLE_SLICE, IDLE_SLICE)
        } else {
            let steady = changed as u128 * unswept as u128 / target as u128;
            let excess = unswept.saturating_sub(target) / 64;
            self.sweep_owed += usize::try_from(steady).unwrap_or(SLICE_MAX) + excess;
            if self.sweep_owed + self.memory.settled_holds() < SLICE_MIN {
                return Slice::default();
            }
            (SLICE_MAX, std::mem::take(&mut self.sweep_owed))
        };
        self.memory.slice(&self.sweep, settled_max, budget.min(SLICE_MAX))
    }

    /// A commit whose outcome is unknown: the head row tells, once nothing can change it any more.
    /// The store may have raised the epoch for that, which is then ours.
    fn find_out(&mut self, next: &mut Head, error: &StoreError) -> Result<bool, Fatal> {
        // After a failed sync the operating system may show what is not on disk: no reading
        // helps, only a restart does.
        if matches!(error, StoreError::SyncFailed(_)) {
            return Err(Fatal::because(error));
        }
        for _ in 0..HEAD_ATTEMPTS {
            match self.store.settle(self.head.epoch) {
                Ok(head) => {
                    (self.head.epoch, next.epoch) = (head.epoch, head.epoch);
                    // A slice in the middle of a round leaves the head as it is. Then it counts as
                    // not written: rows that are written again do no harm, rows forgotten too
                    // early do.
                    return match head {
                        head if head == self.head => Ok(false),
                        head if head == *next => Ok(true),
                        _ => Err(Fatal::because(StoreError::Fenced)),
                    };
                }
                Err(error) if error.is_transient() => {}
                // Whether it was written before another owner came, nobody can tell.
                Err(error) => return Err(Fatal::because(error)),
            }
        }
        Err(Fatal::because(format_args!("the outcome of a commit stays unknown: {error}")))
    }

    /// Shows where the book stands after `slice` was swept.
    pub(crate) fn show_figures(&self, slice: &Slice) {
        let figures = &self.figures;
        Figures::set(&figures.rows_unswept, self.memory.rows_unswept() as u64);
        Figures::add(&figures.rows_swept, slice.rows.len() as u64);
        Figures::set(&figures.seq, self.head.seq);
        Figures::set(&figures.watermark, self.head.watermark);
        Figures::set(&figures.removed, self.head.removed);
        Figures::set(&figures.at_micros, self.head.at_micros.unsigned_abs());
    }
}
