use crate::cursor::Cursor;
use crate::encoded::EncodedSource;
use crate::error::ReadError;
use crate::line::{Change, EventLine, RecordHeader, TransferLine};
use crate::v1::{self, EVENT_BYTES, TRANSFER_BYTES};

/// The records of a block in order; ends after the first error.
///
/// A body with more or fewer records than the block declares is an error too.
#[derive(Debug, Clone)]
pub struct Records<'a> {
    cursor: Cursor<'a>,
    version: Result<Version, ReadError>,
    next_seq: u64,
    left: u32,
    at_micros: i64,
    ended: bool,
}

impl<'a> Records<'a> {
    pub(crate) fn new(body: &'a [u8], first_seq: u64, count: u32, at_micros: i64) -> Self {
        let mut cursor = Cursor::new(body);
        let version = Version::read(&mut cursor);
        Self { cursor, version, next_seq: first_seq, left: count, at_micros, ended: false }
    }

    /// Passes over `count` records, looking at their lengths only.
    pub(crate) fn skip_records(&mut self, count: u32) -> Result<(), ReadError> {
        for _ in 0..count {
            self.next_frame()?.ok_or(ReadError::Truncated)?;
        }
        Ok(())
    }

    /// Passes over all records and finds out whether they are as many as declared.
    pub(crate) fn check_frames(mut self) -> Result<(), ReadError> {
        while self.next_frame()?.is_some() {}
        Ok(())
    }

    fn next_frame(&mut self) -> Result<Option<Frame<'a>>, ReadError> {
        let version = self.version.clone()?;
        if self.left == 0 {
            let at_end = self.cursor.is_empty();
            return if at_end { Ok(None) } else { Err(ReadError::Trailing) };
        }
        let payload = match version {
            Version::V1 => self.cursor.framed()?,
        };
        let seq = self.next_seq;
        // A block whose numbers would overflow is refused by the chain; reading just goes on.
        self.next_seq = seq.wrapping_add(1);
        self.left -= 1;
        Ok(Some(Frame { version, seq, payload }))
    }

    fn read_next(&mut self) -> Result<Option<Record<'a>>, ReadError> {
        let Some(frame) = self.next_frame()? else { return Ok(None) };
        match frame.version {
            Version::V1 => v1::read_record(frame.payload, frame.seq, self.at_micros).map(Some),
        }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read_next().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

/// The bytes of one record, found and not yet looked into.
struct Frame<'a> {
    version: Version,
    seq: u64,
    payload: &'a [u8],
}

/// The versions of the body that can be read; a new one is a new variant, and the compiler lists
/// the places that must learn it.
#[derive(Debug, Clone, Copy)]
enum Version {
    V1,
}

impl Version {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, ReadError> {
        match cursor.u8()? {
            1 => Ok(Self::V1),
            unknown => Err(ReadError::UnknownVersion(unknown)),
        }
    }
}

/// One decided command, borrowed from its block: the header is decoded, the effects are not yet.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    pub(crate) header: RecordHeader,
    pub(crate) changes: Cursor<'a>,
    pub(crate) change_count: u16,
    pub(crate) transfers: &'a [u8],
    pub(crate) events: &'a [u8],
}

impl<'a> Record<'a> {
    /// What was decided, for whom, when and with what outcome.
    pub fn header(&self) -> &RecordHeader {
        &self.header
    }

    /// The changed rows, in the order in which they were written.
    pub fn changes(&self) -> Changes<'a> {
        Changes { cursor: self.changes.clone(), left: self.change_count, ended: false }
    }

    /// The transfers, in the order in which they were written.
    pub fn transfers(&self) -> impl ExactSizeIterator<Item = TransferLine> + use<'a> {
        self.transfers.as_chunks::<TRANSFER_BYTES>().0.iter().map(v1::transfer_line)
    }

    /// The events, in the order in which they were written.
    pub fn events(&self) -> impl ExactSizeIterator<Item = EventLine> + use<'a> {
        self.events.as_chunks::<EVENT_BYTES>().0.iter().map(v1::event_line)
    }
}

/// The changes of a record; ends after the first error.
#[derive(Debug, Clone)]
pub struct Changes<'a> {
    cursor: Cursor<'a>,
    left: u16,
    ended: bool,
}

impl<'a> Changes<'a> {
    fn read_next(&mut self) -> Result<Option<ChangeRef<'a>>, ReadError> {
        if self.left == 0 {
            let at_end = self.cursor.is_empty();
            return if at_end { Ok(None) } else { Err(ReadError::Trailing) };
        }
        self.left -= 1;
        let table = self.cursor.u8()?;
        let version = self.cursor.u8()?;
        Ok(Some(ChangeRef { table, version, values: self.cursor.framed()? }))
    }
}

impl<'a> Iterator for Changes<'a> {
    type Item = Result<ChangeRef<'a>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read_next().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

/// The after-image of a row, borrowed from its block; the values are decoded on demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeRef<'a> {
    /// The stable number of the table.
    pub table: u8,
    /// The version of the row's list of values.
    pub version: u8,
    values: &'a [u8],
}

impl<'a> ChangeRef<'a> {
    /// A reader at the first value of the row.
    pub fn source(&self) -> EncodedSource<'a> {
        EncodedSource::new(self.values)
    }

    /// The encoded values, for copying a row without looking at it.
    pub fn encoded(&self) -> &'a [u8] {
        self.values
    }

    /// The owned form, with every value decoded.
    pub fn to_change(self) -> Result<Change, ReadError> {
        let values = self.source().into_values()?;
        Ok(Change { table: self.table, version: self.version, values })
    }
}
