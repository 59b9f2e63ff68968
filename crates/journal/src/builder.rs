use crate::FORMAT_VERSION;
use crate::block::Block;
use crate::encoded::EncodedSink;
use crate::line::{EventLine, RecordHeader, TransferLine};
use crate::v1::{self, Counts};

/// Builds one block by appending records to a single buffer.
///
/// Nothing is kept beside the bytes: a record costs no allocation once the buffer has grown to
/// the size of a usual block. To use a buffer again, take [`Block::body`] back after the commit
/// and hand it to [`BlockBuilder::reusing`].
#[derive(Debug)]
pub struct BlockBuilder {
    epoch: u64,
    first_seq: u64,
    previous_hash: [u8; 32],
    at_micros: i64,
    count: u32,
    body: Vec<u8>,
}

/// A place between two records of a [`BlockBuilder`], to go back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    length: usize,
    count: u32,
}

impl BlockBuilder {
    /// Starts a block that follows the block with `previous_hash`, under the writer's `epoch`,
    /// at an instant in microseconds since 1970-01-01 UTC.
    pub fn new(epoch: u64, first_seq: u64, previous_hash: [u8; 32], at_micros: i64) -> Self {
        Self::reusing(Vec::new(), epoch, first_seq, previous_hash, at_micros)
    }

    /// As [`BlockBuilder::new`], in a buffer that was used before; its contents are dropped.
    pub fn reusing(
        mut buffer: Vec<u8>,
        epoch: u64,
        first_seq: u64,
        previous_hash: [u8; 32],
        at_micros: i64,
    ) -> Self {
        buffer.clear();
        buffer.push(FORMAT_VERSION);
        Self { epoch, first_seq, previous_hash, at_micros, count: 0, body: buffer }
    }

    /// Starts the next record.
    ///
    /// # Panics
    ///
    /// When `header.seq` is not [`BlockBuilder::next_seq`]: a writer that has lost count must
    /// stop rather than write.
    pub fn begin_record(&mut self, header: &RecordHeader) -> RecordBuilder<'_> {
        assert_eq!(header.seq, self.next_seq(), "records are numbered without gaps");
        let start = self.body.len();
        self.body.extend_from_slice(&[0; v1::PREFIX_BYTES]);
        v1::put_header(&mut self.body, header, self.at_micros);
        RecordBuilder { block: self, start, counts: Counts::default(), finished: false }
    }

    /// The number the next record must have.
    ///
    /// # Panics
    ///
    /// When the numbers are used up, which takes longer than the sun will last.
    pub fn next_seq(&self) -> u64 {
        self.first_seq.checked_add(u64::from(self.count)).expect("a book never has 2^64 records")
    }

    /// How many records are finished.
    pub fn record_count(&self) -> u32 {
        self.count
    }

    /// The length of the body so far, in bytes.
    pub fn len_bytes(&self) -> usize {
        self.body.len()
    }

    /// The present place, for [`BlockBuilder::roll_back`].
    pub fn mark(&self) -> Mark {
        Mark { length: self.body.len(), count: self.count }
    }

    /// Removes every record that was finished after the mark was taken: the commands of an
    /// atomic group that failed later.
    ///
    /// # Panics
    ///
    /// When the mark lies behind the end, because an earlier one was rolled back to already. A
    /// mark of another builder is a mistake that is not always noticed.
    pub fn roll_back(&mut self, mark: Mark) {
        assert!(
            mark.length <= self.body.len() && mark.count <= self.count,
            "a mark is rolled back to once"
        );
        self.body.truncate(mark.length);
        self.count = mark.count;
    }

    /// Ends the block and hashes it.
    ///
    /// # Panics
    ///
    /// When no record was finished: there is no such thing as an empty commit.
    pub fn seal(self) -> Block {
        assert!(self.count > 0, "a block holds at least one record");
        let mut block = Block {
            first_seq: self.first_seq,
            count: self.count,
            epoch: self.epoch,
            at_micros: self.at_micros,
            previous_hash: self.previous_hash,
            hash: [0; 32],
            body: self.body,
        };
        block.hash = block.compute_hash();
        block
    }
}

/// Appends the effects of one command: first its changes, then its transfers, then its events.
///
/// The record counts only once [`RecordBuilder::finish`] was called; dropping the builder before
/// leaves the block as it was.
#[derive(Debug)]
#[must_use = "a record that is not finished is dropped"]
pub struct RecordBuilder<'b> {
    block: &'b mut BlockBuilder,
    start: usize,
    counts: Counts,
    finished: bool,
}

impl RecordBuilder<'_> {
    /// Appends the after-image of a row; `write` puts its values into the sink.
    ///
    /// # Panics
    ///
    /// After a transfer or an event, beyond 65,535 changes, and beyond 4 GiB of values.
    pub fn change(
        &mut self,
        table: u8,
        version: u8,
        write: impl FnOnce(&mut EncodedSink<'_>),
    ) -> &mut Self {
        assert!(
            self.counts.transfers == 0 && self.counts.events == 0,
            "changes come before transfers and events"
        );
        self.counts.changes = one_more(self.counts.changes);
        let body = &mut self.block.body;
        body.extend_from_slice(&[table, version, 0, 0, 0, 0]);
        let values_at = body.len();
        write(&mut EncodedSink(body));
        let length = length_since(body, values_at);
        body[values_at - 4..values_at].copy_from_slice(&length);
        self
    }

    /// Appends a transfer.
    ///
    /// # Panics
    ///
    /// After an event, and beyond 65,535 transfers.
    pub fn transfer(&mut self, line: &TransferLine) -> &mut Self {
        assert!(self.counts.events == 0, "transfers come before events");
        self.counts.transfers = one_more(self.counts.transfers);
        self.block.body.extend_from_slice(&v1::transfer_bytes(line));
        self
    }

    /// Appends an event.
    ///
    /// # Panics
    ///
    /// Beyond 65,535 events.
    pub fn event(&mut self, line: &EventLine) -> &mut Self {
        self.counts.events = one_more(self.counts.events);
        self.block.body.extend_from_slice(&v1::event_bytes(line));
        self
    }

    /// Makes the record part of the block.
    ///
    /// # Panics
    ///
    /// When the record is longer than 4 GiB.
    pub fn finish(mut self) {
        let body = &mut self.block.body;
        let length = u32::from_le_bytes(length_since(body, self.start + 4));
        let prefix = v1::prefix_bytes(length, self.counts);
        body[self.start..self.start + v1::PREFIX_BYTES].copy_from_slice(&prefix);
        self.block.count = self.block.count.checked_add(1).expect("a block never has 2^32 records");
        self.finished = true;
    }
}

impl Drop for RecordBuilder<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.block.body.truncate(self.start);
        }
    }
}

fn one_more(count: u16) -> u16 {
    count.checked_add(1).expect("a section of a record holds at most 65,535 lines")
}

fn length_since(body: &[u8], start: usize) -> [u8; 4] {
    u32::try_from(body.len() - start).expect("a record is shorter than 4 GiB").to_le_bytes()
}
