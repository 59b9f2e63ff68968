//! Segments: stretches of a journal, sealed into files that never change.

use std::io::{Read, Write};

use journal::{
    Block, ChainHead, EncodedSink, EncodedSource, GENESIS_HASH, ReadError, ValueSink, ValueSource,
    Verifier,
};
use store::{BookName, Reader};

use crate::frame::{FrameReader, FrameWriter, Magic, damaged};
use crate::{CopyError, Damage};

/// The first bytes of every segment.
const MAGIC: &Magic = b"makegood segment";

/// The format of segments.
const VERSION: u8 = 1;

const HEADER: u8 = 1;
const BLOCKS: u8 = 2;
const END: u8 = 3;

/// What a segment says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The book.
    pub book: BookName,
    /// Its first record.
    pub first_seq: u64,
    /// Its last record.
    pub last_seq: u64,
    /// Blocks in it.
    pub blocks: u64,
    /// Hash of the block before the first.
    pub previous_hash: [u8; 32],
    /// Hash of the last block.
    pub hash: [u8; 32],
}

impl Segment {
    /// Of these blocks, which follow one another; `None` when there are none.
    pub fn of(book: &BookName, blocks: &[Block]) -> Option<Segment> {
        let (first, last) = (blocks.first()?, blocks.last()?);
        Some(Segment {
            book: book.clone(),
            first_seq: first.first_seq,
            last_seq: last.last_seq(),
            blocks: blocks.len() as u64,
            previous_hash: first.previous_hash,
            hash: last.hash,
        })
    }

    /// The name of its file: names sort as segments follow one another.
    pub fn file_name(&self) -> String {
        format!("{:020}-{:020}.segment", self.first_seq, self.last_seq)
    }

    fn payload(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut sink = EncodedSink(&mut bytes);
        sink.text(self.book.as_str());
        for number in [self.first_seq, self.last_seq, self.blocks] {
            sink.int(number.cast_signed());
        }
        sink.bytes(&self.previous_hash);
        sink.bytes(&self.hash);
        bytes
    }

    fn read(payload: &[u8]) -> Result<Segment, ReadError> {
        let mut source = EncodedSource::new(payload);
        let book = BookName::new(source.text_ref()?);
        let segment = Segment {
            book: book.map_err(|_| ReadError::Invalid { what: "name of a book" })?,
            first_seq: source.int()?.cast_unsigned(),
            last_seq: source.int()?.cast_unsigned(),
            blocks: source.int()?.cast_unsigned(),
            previous_hash: hash(source.bytes_ref()?)?,
            hash: hash(source.bytes_ref()?)?,
        };
        source.finish()?;
        Ok(segment)
    }
}

/// Writes a segment whole and hands back what was written to, flushed.
///
/// # Errors
///
/// [`CopyError::File`].
pub fn write_segment<W: Write>(
    segment: &Segment,
    blocks: &[Block],
    out: W,
) -> Result<W, CopyError> {
    let mut frames = FrameWriter::new(out, MAGIC, VERSION)?;
    frames.frame(HEADER, &segment.payload())?;
    let mut bytes = Vec::new();
    for block in blocks {
        bytes.clear();
        block.append_to(&mut bytes);
        frames.frame(BLOCKS, &bytes)?;
    }
    let digest = frames.digest();
    frames.frame(END, &digest)?;
    frames.finish()
}

/// Segments of one book read one after the other, as one chain from its first record on.
#[derive(Debug)]
pub struct SegmentChain {
    book: BookName,
    verifier: Verifier,
    blocks: u64,
}

impl SegmentChain {
    /// No segment was read yet.
    pub fn new(book: &BookName) -> SegmentChain {
        SegmentChain { book: book.clone(), verifier: Verifier::new(), blocks: 0 }
    }

    /// The last block that was read.
    pub fn end(&self) -> ChainHead {
        self.verifier.head()
    }

    /// Blocks that were read.
    pub fn blocks(&self) -> u64 {
        self.blocks
    }

    /// Reads the next segment: its checksums, every block, and that it follows the one before.
    ///
    /// # Errors
    ///
    /// [`CopyError`]; the chain ends before this segment then.
    pub fn push(&mut self, input: impl Read) -> Result<Segment, CopyError> {
        self.push_each(input, &mut |_| {})
    }

    /// The same, handing out every block. Only when it returns they are known to be the segment's.
    ///
    /// # Errors
    ///
    /// As [`SegmentChain::push`].
    pub fn push_each(
        &mut self,
        input: impl Read,
        each: &mut dyn FnMut(Block),
    ) -> Result<Segment, CopyError> {
        let mut verifier = self.verifier.clone();
        let mut frames = FrameReader::new(input, MAGIC, VERSION)?;
        let header = frames.next()?;
        if header.kind != HEADER {
            return Err(damaged(header.offset, Damage::Order("a segment begins with its header")));
        }
        let contents = |error| damaged(header.offset, Damage::Contents(error));
        let segment = Segment::read(&header.payload).map_err(contents)?;
        if segment.book != self.book {
            return Err(CopyError::OtherBook(segment.book));
        }
        let mut blocks = 0;
        loop {
            let frame = frames.next()?;
            let offset = frame.offset;
            match frame.kind {
                BLOCKS => {
                    let contents = |error| damaged(offset, Damage::Contents(error));
                    let (block, rest) = Block::read_from(&frame.payload).map_err(contents)?;
                    if !rest.is_empty() {
                        return Err(contents(ReadError::Trailing));
                    }
                    let seq = block.first_seq;
                    verifier.push(&block).map_err(|error| CopyError::Chain { seq, error })?;
                    blocks += 1;
                    each(block);
                }
                END if frame.payload == frame.digest_before => break,
                _ => return Err(damaged(offset, Damage::Order("a segment ends with its digest"))),
            }
        }
        frames.expect_end()?;
        let end = verifier.head();
        let found = (segment.first_seq, segment.last_seq, segment.blocks, segment.hash);
        if found != (self.end().seq + 1, end.seq, blocks, end.hash)
            || segment.previous_hash != self.end().hash
        {
            return Err(damaged(0, Damage::Order("the header is not that of the blocks")));
        }
        self.verifier = verifier;
        self.blocks += blocks;
        Ok(segment)
    }

    /// Refuses an archive that is not the beginning of the journal that `reader` shows, or that
    /// ends before what is left of it begins.
    ///
    /// # Errors
    ///
    /// [`CopyError::OtherHistory`], [`CopyError::ArchiveEnds`], [`CopyError::Source`].
    pub fn expect_beginning_of(&self, reader: &mut dyn Reader) -> Result<(), CopyError> {
        let head = reader.head().map_err(CopyError::Source)?;
        let ChainHead { seq, hash, .. } = self.end();
        if seq < head.removed {
            return Err(CopyError::ArchiveEnds { seq, removed: head.removed });
        }
        // The hash of a block is named by the one after it, which is there longer.
        let found = if seq == 0 || seq == head.seq {
            Some(if seq == 0 { GENESIS_HASH } else { head.hash })
        } else {
            let next = reader.block_of(seq + 1).map_err(CopyError::Source)?;
            next.filter(|next| next.first_seq == seq + 1).map(|next| next.previous_hash)
        };
        if found == Some(hash) { Ok(()) } else { Err(CopyError::OtherHistory { seq }) }
    }
}

fn hash(bytes: &[u8]) -> Result<[u8; 32], ReadError> {
    let found = bytes.len();
    bytes.try_into().map_err(|_| ReadError::WrongLength { expected: 32, found })
}
