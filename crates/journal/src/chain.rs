//! Checking that blocks follow one another.

use crate::block::Block;
use crate::error::ReadError;

/// What the first block of a book names as the hash of the block before.
pub const GENESIS_HASH: [u8; 32] = [0; 32];

/// Follows a chain block by block and stops at the first one that does not belong.
#[derive(Debug, Clone)]
pub struct Verifier {
    head: ChainHead,
}

/// The end of a chain: what the next block must follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    /// The number of the last record; 0 before the first.
    pub seq: u64,
    /// The hash of the last block; [`GENESIS_HASH`] before the first.
    pub hash: [u8; 32],
    /// The epoch of the last block.
    pub epoch: u64,
    /// The instant of the last block in microseconds since 1970-01-01 UTC; the smallest number
    /// before the first.
    pub at_micros: i64,
}

/// What is wrong with a block, or with its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// The block names another block as the one before.
    #[error("the block does not follow the one before: it names another hash")]
    PreviousHash,
    /// The block was changed after it was sealed.
    #[error("the hash of the block does not match its contents")]
    HashMismatch,
    /// The block declares no records.
    #[error("the block holds no records")]
    Empty,
    /// The numbers of the block's records would not fit into 64 bits.
    #[error("the numbers of the records overflow")]
    SequenceExhausted,
    /// Records are missing between the last block and this one, or are there twice.
    #[error("expected record {expected} next, found {found}")]
    SequenceGap {
        /// The number that had to come.
        expected: u64,
        /// The first number of the block.
        found: u64,
    },
    /// A writer that had lost the book has written.
    #[error("epoch {found} comes after epoch {last}")]
    EpochBackwards {
        /// The epoch of the block before.
        last: u64,
        /// The epoch of this block.
        found: u64,
    },
    /// The block is older than the one before.
    #[error("instant {found} comes after instant {last} (microseconds)")]
    TimeBackwards {
        /// The instant of the block before, in microseconds since 1970-01-01 UTC.
        last: i64,
        /// The instant of this block.
        found: i64,
    },
    /// The body is not made of as many records as declared, or is of an unknown version.
    #[error("the body of the block cannot be read: {0}")]
    Unreadable(#[source] ReadError),
}

impl Verifier {
    /// A verifier that expects the first block of a book, with record 1.
    pub fn new() -> Self {
        Self::resume(ChainHead::GENESIS)
    }

    /// A verifier that expects the block after `head`: from a checkpoint that is trusted.
    pub fn resume(head: ChainHead) -> Self {
        Self { head }
    }

    /// The end of what was verified so far.
    pub fn head(&self) -> ChainHead {
        self.head
    }

    /// Verifies the next block; after an error the verifier still expects the same block.
    ///
    /// # Errors
    ///
    /// Those of [`Block::verify`] about the block itself first, then
    /// [`ChainError::SequenceGap`], [`ChainError::EpochBackwards`],
    /// [`ChainError::TimeBackwards`], and last [`ChainError::PreviousHash`]: a missing block also
    /// breaks the link, and the gap says more.
    pub fn push(&mut self, block: &Block) -> Result<(), ChainError> {
        block.check_contents()?;
        self.head.check_order(block)?;
        block.check_link(self.head.hash)?;
        self.head = ChainHead::after(block);
        Ok(())
    }
}

impl Default for Verifier {
    fn default() -> Self {
        Self::new()
    }
}

impl ChainHead {
    /// The head of a book without records.
    pub const GENESIS: Self = Self { seq: 0, hash: GENESIS_HASH, epoch: 0, at_micros: i64::MIN };

    /// The head once this block is the last.
    pub fn after(block: &Block) -> Self {
        Self {
            seq: block.last_seq(),
            hash: block.hash,
            epoch: block.epoch,
            at_micros: block.at_micros,
        }
    }

    fn check_order(&self, block: &Block) -> Result<(), ChainError> {
        let expected = self.seq.saturating_add(1);
        if block.first_seq != expected {
            return Err(ChainError::SequenceGap { expected, found: block.first_seq });
        }
        if block.epoch < self.epoch {
            return Err(ChainError::EpochBackwards { last: self.epoch, found: block.epoch });
        }
        if block.at_micros < self.at_micros {
            let last = self.at_micros;
            return Err(ChainError::TimeBackwards { last, found: block.at_micros });
        }
        Ok(())
    }
}
