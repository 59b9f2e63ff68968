//! Filling a book that nobody serves yet, in parts that may be interrupted.

use journal::{Block, ChainHead, Verifier};
use ledger::EntryPlace;
use store::{EntryRow, FillPart, Head, OperationRun, Store, StoreError, SweptRow};

use crate::{CopyError, Sink};

/// Fills a book. Run again after an interruption, it goes on where it was: the head row tells how
/// far the journal was copied, and rows and runs may be written twice.
pub struct Filler<'a> {
    store: &'a mut dyn Store,
    head: Head,
    verifier: Verifier,
    /// The end of what was there already, until the stream has shown that it is its own.
    unconfirmed: Option<Head>,
    runs: Vec<u64>,
}

impl<'a> Filler<'a> {
    /// Begins to fill, or goes on. Nobody can take the book over from the first part on, until
    /// [`Filler::finish`]. A book with records is left as it is until the stream has shown that it
    /// is the beginning of what is copied.
    ///
    /// # Errors
    ///
    /// [`CopyError::Target`].
    pub fn begin(store: &'a mut dyn Store) -> Result<Filler<'a>, CopyError> {
        let head = store.head().map_err(CopyError::Target)?;
        let verifier = match head.seq {
            // There is no block yet, and the first one is taken at its word.
            seq if seq == head.removed => Verifier::new(),
            seq => {
                let block = store.block_of(seq).map_err(CopyError::Target)?;
                let is_last = |block: &Block| block.last_seq() == seq && block.hash == head.hash;
                let damaged = || StoreError::Corrupt(format!("its journal has no record {seq}"));
                let block = block.filter(is_last);
                let block = block.ok_or_else(|| CopyError::Target(damaged()))?;
                Verifier::resume(ChainHead::after(&block))
            }
        };
        let unconfirmed = (head.seq > head.removed).then_some(head);
        let mut filler = Filler { store, head, verifier, unconfirmed, runs: Vec::new() };
        if head.seq == 0 && !head.is_filling() {
            filler.part(Parts::default(), head)?;
        }
        Ok(filler)
    }

    /// After which record the stream has to begin: one that was copied already is shown again, so
    /// that its block can be compared.
    pub fn from(&self) -> u64 {
        self.head.seq - u64::from(self.head.seq > self.head.removed)
    }

    /// Everything has gone by: drops runs that are not in the stream any more, and refuses a
    /// journal that does not end at `head`.
    ///
    /// # Errors
    ///
    /// [`CopyError::OtherHistory`], [`CopyError::JournalEnds`], [`CopyError::Target`].
    pub fn complete(&mut self, head: &Head) -> Result<(), CopyError> {
        self.expect_confirmed()?;
        if (self.head.seq, self.head.hash) != (head.seq, head.hash) {
            return Err(CopyError::JournalEnds { expected: self.head.seq + 1 });
        }
        if self.head.removed > head.removed {
            return Err(CopyError::JournalEnds { expected: head.removed + 1 });
        }
        if self.head.removed < head.removed {
            // More has left the original since an earlier attempt.
            self.part(Parts::default(), Head { removed: head.removed, ..self.head })?;
        }
        let kept = self.store.operation_runs().map_err(CopyError::Target)?;
        let others: Vec<u64> =
            kept.iter().map(|info| info.run).filter(|run| !self.runs.contains(run)).collect();
        if others.is_empty() {
            return Ok(());
        }
        self.part(Parts { dropped_runs: &others, ..Parts::default() }, self.head)
    }

    /// The copy was compared: gives it the head of the original, so that it can be taken over.
    ///
    /// # Errors
    ///
    /// [`CopyError::Target`].
    pub fn finish(mut self, head: &Head) -> Result<(), CopyError> {
        let next = Head {
            // An earlier attempt may have copied later tables of the same journal.
            watermark: head.watermark.max(self.head.watermark),
            operations: head.operations.max(self.head.operations),
            ..*head
        };
        self.fill(Parts::default(), next)
    }

    /// A part before the last one.
    fn part(&mut self, parts: Parts<'_>, next: Head) -> Result<(), CopyError> {
        self.fill(parts, Head { epoch: Head::FILLING, ..next })
    }

    /// Refuses to go on when what is there is not the beginning of the stream.
    fn expect_confirmed(&self) -> Result<(), CopyError> {
        match self.unconfirmed {
            Some(head) => Err(CopyError::OtherHistory { seq: head.seq }),
            None => Ok(()),
        }
    }

    fn fill(&mut self, parts: Parts<'_>, next: Head) -> Result<(), CopyError> {
        let Parts { blocks, entries, rows, runs, dropped_runs } = parts;
        let expected = &self.head;
        let part = FillPart { expected, next: &next, blocks, entries, rows, runs, dropped_runs };
        self.store.fill(part).map_err(CopyError::target)?;
        self.head = next;
        Ok(())
    }

    /// Takes entries of records that have left the journal.
    fn entries_alone(&mut self, entries: &[EntryRow]) -> Result<(), CopyError> {
        let there = EntryPlace::last_of(self.head.seq);
        let entries = &entries[entries.partition_point(|row| row.entry.place <= there)..];
        let Some(last) = entries.last() else { return Ok(()) };
        if self.head.seq > self.head.removed {
            // What is there ends before the journal of the original begins.
            return Err(CopyError::OtherHistory { seq: self.head.seq });
        }
        let seq = last.entry.place.sequence();
        let next = Head { seq, removed: seq, ..self.head };
        self.part(Parts { entries, ..Parts::default() }, next)
    }

    /// Passes over blocks that are there already, and compares the last of them.
    fn not_there<'b>(&mut self, blocks: &'b [Block]) -> Result<&'b [Block], CopyError> {
        let there = blocks.iter().take_while(|block| block.last_seq() <= self.head.seq).count();
        let (there, new) = blocks.split_at(there);
        let Some(head) = self.unconfirmed else { return Ok(new) };
        let other = CopyError::OtherHistory { seq: head.seq };
        match there.last() {
            Some(last) if last.last_seq() == head.seq => {
                if last.hash != head.hash {
                    return Err(other);
                }
                self.unconfirmed = None;
            }
            _ if new.is_empty() => {}
            _ => return Err(other),
        }
        Ok(new)
    }
}

impl Sink for Filler<'_> {
    fn journal(&mut self, blocks: &[Block], entries: &[EntryRow]) -> Result<(), CopyError> {
        if blocks.is_empty() {
            return self.entries_alone(entries);
        }
        let blocks = self.not_there(blocks)?;
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { return Ok(()) };
        let mut removed = self.head.removed;
        if self.head.seq == removed {
            removed = first.first_seq - 1;
            let hash = first.previous_hash;
            let before = ChainHead { seq: removed, hash, ..ChainHead::GENESIS };
            if removed > 0 {
                self.verifier = Verifier::resume(before);
            }
        }
        for block in blocks {
            let seq = block.first_seq;
            self.verifier.push(block).map_err(|error| CopyError::Chain { seq, error })?;
        }
        let there = EntryPlace::last_of(self.head.seq);
        let entries = &entries[entries.partition_point(|row| row.entry.place <= there)..];
        let (seq, hash, at_micros) = (last.last_seq(), last.hash, last.at_micros);
        let next = Head { seq, hash, at_micros, removed, ..self.head };
        self.part(Parts { blocks, entries, ..Parts::default() }, next)
    }

    fn rows(&mut self, rows: &[SweptRow]) -> Result<(), CopyError> {
        self.expect_confirmed()?;
        self.part(Parts { rows, ..Parts::default() }, self.head)
    }

    fn run(&mut self, run: &OperationRun) -> Result<(), CopyError> {
        self.expect_confirmed()?;
        self.runs.push(run.run);
        let runs = std::slice::from_ref(run);
        self.part(Parts { runs, ..Parts::default() }, self.head)
    }
}

/// What one transaction writes.
#[derive(Clone, Copy, Default)]
struct Parts<'a> {
    blocks: &'a [Block],
    entries: &'a [EntryRow],
    rows: &'a [SweptRow],
    runs: &'a [OperationRun],
    dropped_runs: &'a [u64],
}
