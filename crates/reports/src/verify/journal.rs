//! Walking the journal: the chain is checked, every record is replayed.

use journal::{Block, ChainHead, Verifier};
use store::{Head, Reader, StoreError};

use super::finding::{Check, Findings};
use super::replay::Replay;
use super::{Archive, Progress, Span, Step};

/// Bytes of blocks that are in memory at once.
const BLOCK_BYTES: usize = 4 << 20;

/// How the walk went.
#[derive(Default)]
pub(super) struct Walked {
    pub(super) blocks: u64,
    pub(super) records: u64,
    /// True when every record up to the head was replayed once and in order.
    pub(super) is_whole: bool,
}

/// Replays every block of `span`, those that have left the journal out of the archive.
pub(super) fn replay_all(
    reader: &mut dyn Reader,
    archive: &mut Option<Archive<'_>>,
    span: &Span,
    replay: &mut Replay,
    findings: &mut Findings,
    progress: &mut dyn FnMut(Progress),
) -> Result<Walked, StoreError> {
    let mut walk = Walk { verifier: Verifier::new(), walked: Walked::default(), broken: false };
    let (head, mut after) = (span.head, span.from);
    'journal: while after < head.seq {
        let blocks = match archive {
            Some(archive) if after < head.removed => archive(after),
            _ => reader.blocks_after(after, BLOCK_BYTES),
        };
        let blocks = match blocks {
            Err(StoreError::Corrupt(detail)) => {
                findings.note(Check::Record, format!("records after {after}"), detail);
                break;
            }
            blocks => blocks?,
        };
        let Some(first) = blocks.first() else { break };
        if after == span.from && span.from > 0 {
            // Its predecessor is archived, so its word is taken; its own hash holds the word.
            walk.verifier = Verifier::resume(ChainHead {
                seq: span.from,
                hash: first.previous_hash,
                ..ChainHead::GENESIS
            });
        }
        for block in &blocks {
            if block.first_seq > head.seq {
                break 'journal;
            }
            walk.block(block, replay, findings);
            if block.last_seq() <= after {
                // The chain has named it. Going on from here would lead back here.
                break 'journal;
            }
            after = block.last_seq();
            progress(Progress { step: Step::Journal, done: after, total: head.seq });
        }
    }
    walk.compare_with(head, findings);
    Ok(walk.walked)
}

struct Walk {
    verifier: Verifier,
    walked: Walked,
    /// True once a record was missing, twice there, or unreadable.
    broken: bool,
}

impl Walk {
    fn block(&mut self, block: &Block, replay: &mut Replay, findings: &mut Findings) {
        let name = format!("block of record {}", block.first_seq);
        self.broken |= self.verifier.head().seq.checked_add(1) != Some(block.first_seq);
        if let Err(error) = self.verifier.push(block) {
            findings.note(Check::Chain, &name, error.to_string());
            // What follows is judged as if this block were right, so that one damaged block is
            // one finding.
            self.verifier = Verifier::resume(ChainHead::after(block));
        }
        self.walked.blocks += 1;
        if self.broken {
            // Money computed from a journal with a hole is wrong everywhere after it; the chain
            // can still be followed.
            return;
        }
        for record in block.records() {
            let replayed = match record {
                Ok(record) => replay.record(&record, findings),
                Err(error) => Err((name.clone(), error)),
            };
            if let Err((object, error)) = replayed {
                findings.note(Check::Record, object, format!("in the {name}: {error}"));
                self.broken = true;
                return;
            }
            self.walked.records += 1;
        }
        replay.check_zero_sum(&name, findings);
    }

    fn compare_with(&mut self, head: Head, findings: &mut Findings) {
        let end = self.verifier.head();
        self.walked.is_whole = !self.broken && end.seq == head.seq;
        if end.seq != head.seq {
            let detail = format!("the journal ends at {}, the head row at {}", end.seq, head.seq);
            findings.note(Check::Head, "head", detail);
        } else if end.hash != head.hash {
            let detail = "the head row names another hash than the last block has".to_owned();
            findings.note(Check::Head, "head", detail);
        }
        if head.watermark > head.seq {
            let (watermark, seq) = (head.watermark, head.seq);
            let detail = format!("the watermark is {watermark}, the last record {seq}");
            findings.note(Check::Watermark, "head", detail);
        }
    }
}
