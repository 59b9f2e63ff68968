use sha2::{Digest, Sha256};

use crate::chain::ChainError;
use crate::cursor::Cursor;
use crate::error::ReadError;
use crate::read::{Record, Records};

/// The first bytes of what is hashed, so that no other hash of this product can be mistaken for
/// that of a block.
const DOMAIN: &[u8; 24] = b"makegood/journal/block/1";
const PREFIX_BYTES: usize = DOMAIN.len() + 8 + 4 + 8 + 8 + 32;

/// One commit of a book's writer: at least one record, chained to the block before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The number of the first record.
    pub first_seq: u64,
    /// How many records the body holds, at least one.
    pub count: u32,
    /// The reign of the writer: a larger number each time somebody takes the book over.
    pub epoch: u64,
    /// The instant of the block in microseconds since 1970-01-01 UTC.
    pub at_micros: i64,
    /// The hash of the block before, or [`GENESIS_HASH`](crate::GENESIS_HASH) for the first.
    pub previous_hash: [u8; 32],
    /// SHA-256 (FIPS 180-4) over everything above and the body.
    pub hash: [u8; 32],
    /// The format version, then the records.
    pub body: Vec<u8>,
}

impl Block {
    /// The number of the last record; `u64::MAX` for a block whose numbers would overflow, which
    /// [`Block::verify`] refuses.
    pub fn last_seq(&self) -> u64 {
        self.first_seq.saturating_add(u64::from(self.count.saturating_sub(1)))
    }

    /// The records in order.
    pub fn records(&self) -> Records<'_> {
        Records::new(&self.body, self.first_seq, self.count, self.at_micros)
    }

    /// The record with this number, found by skipping over the ones before; `None` when the
    /// number is not in this block.
    pub fn record(&self, seq: u64) -> Result<Option<Record<'_>>, ReadError> {
        let index = match seq.checked_sub(self.first_seq).map(u32::try_from) {
            Some(Ok(index)) if index < self.count => index,
            _ => return Ok(None),
        };
        let mut records = self.records();
        records.skip_records(index)?;
        records.next().transpose()
    }

    /// Checks that the block is what was sealed and that it follows the one with
    /// `previous_hash`.
    ///
    /// Whether numbers, epochs and times follow those of the block before is for
    /// [`Verifier`](crate::Verifier), which remembers them.
    ///
    /// # Errors
    ///
    /// In this order: [`ChainError::HashMismatch`], [`ChainError::Empty`],
    /// [`ChainError::SequenceExhausted`], [`ChainError::Unreadable`],
    /// [`ChainError::PreviousHash`].
    pub fn verify(&self, previous_hash: [u8; 32]) -> Result<(), ChainError> {
        self.check_contents()?;
        self.check_link(previous_hash)
    }

    /// Checks everything that can be known without the block before.
    pub(crate) fn check_contents(&self) -> Result<(), ChainError> {
        // The hash comes first: when it is wrong, no other field can be believed.
        if self.compute_hash() != self.hash {
            return Err(ChainError::HashMismatch);
        }
        if self.count == 0 {
            return Err(ChainError::Empty);
        }
        if self.first_seq.checked_add(u64::from(self.count)).is_none() {
            return Err(ChainError::SequenceExhausted);
        }
        self.records().check_frames().map_err(ChainError::Unreadable)
    }

    pub(crate) fn check_link(&self, previous_hash: [u8; 32]) -> Result<(), ChainError> {
        if self.previous_hash == previous_hash { Ok(()) } else { Err(ChainError::PreviousHash) }
    }

    /// Appends the block as it stands in an archived segment.
    ///
    /// # Panics
    ///
    /// When the body is longer than 4 GiB.
    pub fn append_to(&self, out: &mut Vec<u8>) {
        let length = u32::try_from(self.body.len()).expect("a body is shorter than 4 GiB");
        out.extend_from_slice(&self.prefix());
        out.extend_from_slice(&self.hash);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&self.body);
    }

    /// Reads a block that [`Block::append_to`] wrote and returns what follows it. The block is
    /// not verified.
    ///
    /// # Errors
    ///
    /// [`ReadError::Truncated`], or [`ReadError::Invalid`] when no block starts here.
    pub fn read_from(bytes: &[u8]) -> Result<(Self, &[u8]), ReadError> {
        let mut cursor = Cursor::new(bytes);
        if cursor.take(DOMAIN.len())? != DOMAIN {
            return Err(ReadError::Invalid { what: "start of a block" });
        }
        let block = Self {
            first_seq: cursor.u64()?,
            count: cursor.u32()?,
            epoch: cursor.u64()?,
            at_micros: cursor.i64()?,
            previous_hash: cursor.array()?,
            hash: cursor.array()?,
            body: cursor.framed()?.to_vec(),
        };
        Ok((block, cursor.rest()))
    }

    /// The hash the block should have. The part before the body has a fixed length, so no two
    /// different blocks give the hash function the same input.
    pub(crate) fn compute_hash(&self) -> [u8; 32] {
        Sha256::new().chain_update(self.prefix()).chain_update(&self.body).finalize().into()
    }

    fn prefix(&self) -> [u8; PREFIX_BYTES] {
        let mut bytes = [0; PREFIX_BYTES];
        bytes[0..24].copy_from_slice(DOMAIN);
        bytes[24..32].copy_from_slice(&self.first_seq.to_le_bytes());
        bytes[32..36].copy_from_slice(&self.count.to_le_bytes());
        bytes[36..44].copy_from_slice(&self.epoch.to_le_bytes());
        bytes[44..52].copy_from_slice(&self.at_micros.to_le_bytes());
        bytes[52..84].copy_from_slice(&self.previous_hash);
        bytes
    }
}
