//! A book as a stream of parts, out of a reader.

use journal::Block;
use store::{EntryRow, Head, OperationRun, Reader, SweptRow};

use crate::CopyError;

/// What takes the parts of a book, in the order of these methods.
pub trait Sink {
    /// Takes blocks, and all entries of their records; entries alone when the journal begins later.
    ///
    /// # Errors
    ///
    /// [`CopyError`], as for every method here; the stream ends then.
    fn journal(&mut self, blocks: &[Block], entries: &[EntryRow]) -> Result<(), CopyError>;

    /// Takes rows, in the order of tables and keys.
    ///
    /// # Errors
    ///
    /// [`CopyError`].
    fn rows(&mut self, rows: &[SweptRow]) -> Result<(), CopyError>;

    /// Takes an operation run.
    ///
    /// # Errors
    ///
    /// [`CopyError`].
    fn run(&mut self, run: &OperationRun) -> Result<(), CopyError>;
}

/// How much of a book is in memory at once.
#[derive(Clone, Copy, Debug)]
pub struct Chunks {
    /// Bytes of blocks, about.
    pub block_bytes: usize,
    /// Rows.
    pub rows: usize,
}

impl Default for Chunks {
    fn default() -> Chunks {
        Chunks { block_bytes: 2 << 20, rows: 4_096 }
    }
}

/// How far a copy is, for people who wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What goes by.
    pub step: Step,
    /// How much of it has.
    pub done: u64,
    /// How much there is; as much as `done` when that is not known.
    pub total: u64,
}

/// What goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Records of the journal, with their entries.
    Journal,
    /// Rows of the tables.
    Rows,
    /// Runs of operations.
    Operations,
    /// The copy, once more, to be compared.
    Compare,
}

/// Records of which only entries are left, given to a sink at once.
const REMOVED_AT_ONCE: u64 = 10_000;

/// Gives a book to a sink: the journal after record `from`, then every row and run. Of records that
/// have left the journal the sink gets entries, without blocks.
///
/// `reader` shows one instant, whose head is `head`.
///
/// # Errors
///
/// [`CopyError`], of the reader or the sink.
pub fn stream(
    reader: &mut dyn Reader,
    head: &Head,
    from: u64,
    chunks: Chunks,
    sink: &mut dyn Sink,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), CopyError> {
    let mut after = from;
    while after < head.removed {
        let end = head.removed.min(after.saturating_add(REMOVED_AT_ONCE));
        let entries = reader.entries_after(after, end).map_err(CopyError::Source)?;
        if !entries.is_empty() {
            sink.journal(&[], &entries)?;
        }
        after = end;
        progress(Progress { step: Step::Journal, done: after, total: head.seq });
    }
    while after < head.seq {
        let blocks = reader.blocks_after(after, chunks.block_bytes).map_err(CopyError::Source)?;
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else {
            return Err(CopyError::JournalEnds { expected: after + 1 });
        };
        let (before, end) = (first.first_seq.saturating_sub(1), last.last_seq());
        if end <= after || end > head.seq {
            return Err(CopyError::JournalEnds { expected: after + 1 });
        }
        let entries = reader.entries_after(before, end).map_err(CopyError::Source)?;
        sink.journal(&blocks, &entries)?;
        after = end;
        progress(Progress { step: Step::Journal, done: after, total: head.seq });
    }
    stream_rows(reader, chunks, sink, progress)?;
    let runs = reader.operation_runs().map_err(CopyError::Source)?;
    for (done, info) in (1..).zip(&runs) {
        if let Some(run) = reader.operation_run(info.run).map_err(CopyError::Source)? {
            sink.run(&run)?;
        }
        progress(Progress { step: Step::Operations, done, total: runs.len() as u64 });
    }
    Ok(())
}

fn stream_rows(
    reader: &mut dyn Reader,
    chunks: Chunks,
    sink: &mut dyn Sink,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), CopyError> {
    let mut chunk: Vec<SweptRow> = Vec::with_capacity(chunks.rows);
    let (mut result, mut done) = (Ok(()), 0);
    let read = reader.all_rows(&mut |row| {
        if result.is_err() {
            return;
        }
        chunk.push(row);
        if chunk.len() >= chunks.rows {
            result = sink.rows(&chunk);
            done += chunk.len() as u64;
            chunk.clear();
            progress(Progress { step: Step::Rows, done, total: done });
        }
    });
    read.map_err(CopyError::Source)?;
    result?;
    if chunk.is_empty() { Ok(()) } else { sink.rows(&chunk) }
}
