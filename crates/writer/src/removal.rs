//! Removing what is archived: the beginning of the journal leaves it in portions, each in a
//! transaction that also does other work, or in a quiet moment.

use base::{Instant, Span};
use store::{Store, StoreError};

use crate::handle::{RemovalReply, Trouble};
use crate::writer::Writer;

/// Bytes of blocks that leave in one transaction, about: so few that nobody waits for them.
const PORTION_BYTES: usize = 256 << 10;
/// Portions that one request removes; whoever wants more asks again.
const PORTIONS_MAX: u32 = 64;

/// The end of an archive that was written and read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Archived {
    /// Its last record.
    pub seq: u64,
    /// Hash of the block that ends with it.
    pub hash: [u8; 32],
}

/// What became of a request to remove what is archived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Every record up to `through` has left the journal.
    Removed {
        /// The last record that left it, now or earlier; zero when none has.
        through: u64,
        /// False when more can be removed at once: ask again.
        is_done: bool,
    },
    /// The book keeps its journal for ever: no retention is set.
    KeptForEver,
    /// The archive is not the beginning of this journal.
    OtherHistory,
}

/// A removal that is under way.
pub(crate) struct Removing {
    /// The last record that is archived.
    archived: u64,
    /// Only blocks at or before this instant are old enough.
    until: Instant,
    portions: u32,
    reply: RemovalReply,
}

/// What a removal adds to one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Portion {
    /// The last record that has left the journal after it.
    pub(crate) through: u64,
    /// True when only operations that wait to be written as a run keep blocks in the journal.
    pub(crate) wants_run: bool,
}

impl<S: Store> Writer<S> {
    /// Begins to remove what is archived and older than the retention, and answers when there is
    /// no more of it, or as much was removed as one request may ask for.
    pub(crate) fn begin_removal(&mut self, archived: Archived, now: Instant, reply: RemovalReply) {
        if self.removing.is_some() {
            return reply(Err(Trouble::Busy));
        }
        let Some(days) = self.options.journal_retention_days else {
            return self.answer_removal(reply, Removal::KeptForEver);
        };
        match self.is_archived(archived) {
            Ok(true) => {}
            Ok(false) => return self.answer_removal(reply, Removal::OtherHistory),
            Err(error) => return reply(Err(Trouble::Unavailable(error.to_string()))),
        }
        let until = now.saturating_sub(Span::days(u64::from(days)));
        let portions = PORTIONS_MAX;
        self.removing = Some(Removing { archived: archived.seq, until, portions, reply });
    }

    /// What leaves the journal in the next transaction, of the instant `at`. Answers whoever asked
    /// when nothing does.
    pub(crate) fn removal_portion(&mut self, at: Instant) -> Portion {
        let nothing = Portion { through: self.head.removed, wants_run: false };
        let Some(removing) = self.removing.take() else { return nothing };
        match self.portion(&removing, at) {
            Ok(portion) if portion != nothing => {
                self.removing = Some(removing);
                return portion;
            }
            Ok(_) => {
                let through = self.head.removed;
                self.answer_removal(removing.reply, Removal::Removed { through, is_done: true });
            }
            // The commit this was to ride in takes place without it.
            Err(error) => (removing.reply)(Err(Trouble::Unavailable(error.to_string()))),
        }
        nothing
    }

    /// A transaction with a portion is on disk.
    pub(crate) fn portion_committed(&mut self) {
        let Some(mut removing) = self.removing.take() else { return };
        removing.portions -= 1;
        if removing.portions > 0 {
            self.removing = Some(removing);
            return;
        }
        // Just committed, and so proven.
        (removing.reply)(Ok(Removal::Removed { through: self.head.removed, is_done: false }));
    }

    /// Whether the journal has, or had, a block that ends where the archive does.
    fn is_archived(&mut self, archived: Archived) -> Result<bool, StoreError> {
        // What has left the journal was compared before it did.
        if archived.seq <= self.head.removed {
            return Ok(true);
        }
        if archived.seq >= self.head.seq {
            return Ok((archived.seq, archived.hash) == (self.head.seq, self.head.hash));
        }
        let next = self.store.block_of(archived.seq + 1)?;
        Ok(next.is_some_and(|next| {
            next.first_seq == archived.seq + 1 && next.previous_hash == archived.hash
        }))
    }

    /// The blocks that may leave: archived, old enough, in the tables, and not the record of a
    /// key that is still known. The last block always stays.
    fn portion(&mut self, removing: &Removing, at: Instant) -> Result<Portion, StoreError> {
        let head = self.head;
        let of_a_run = self.operations.oldest_record(at).unwrap_or(u64::MAX);
        let mut portion = Portion { through: head.removed, wants_run: false };
        for block in self.store.blocks_after(head.removed, PORTION_BYTES)? {
            let last = block.last_seq();
            let may_leave = last <= removing.archived
                && Instant::from_micros(block.at_micros) <= removing.until
                && last <= head.watermark
                && last < head.seq
                && last < of_a_run;
            if !may_leave {
                break;
            }
            if head.operations < last {
                portion.wants_run = true;
                break;
            }
            portion.through = last;
        }
        Ok(portion)
    }

    fn answer_removal(&self, reply: RemovalReply, removal: Removal) {
        reply(if self.may_answer() { Ok(removal) } else { Err(Trouble::Moved) });
    }
}

impl Removing {
    /// Ends it: what has left the journal by now has left it.
    pub(crate) fn end(self, trouble: &Trouble) {
        (self.reply)(Err(trouble.clone()));
    }
}
