//! Version 1 of the body: the layout of records, written and read side by side.

use crate::cursor::{Cursor, put_sized, put_zigzag};
use crate::encoded::EncodedValues;
use crate::error::ReadError;
use crate::line::{Digest16, EventLine, OperationMark, Outcome, RecordHeader, TransferLine};
use crate::read::Record;

/// The bytes in front of a record's header: its length and the counts of its three sections.
pub(crate) const PREFIX_BYTES: usize = 10;
/// The bytes of a [`TransferLine`].
pub(crate) const TRANSFER_BYTES: usize = 77;
/// The bytes of an [`EventLine`].
pub(crate) const EVENT_BYTES: usize = 18;

const HAS_OPERATION: u8 = 1;
const HAS_REVERSES: u8 = 2;
const IS_REFUSED: u8 = 4;
const KNOWN_FLAGS: u8 = HAS_OPERATION | HAS_REVERSES | IS_REFUSED;

/// How many lines each section of a record has.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) changes: u16,
    pub(crate) transfers: u16,
    pub(crate) events: u16,
}

pub(crate) fn prefix_bytes(length: u32, counts: Counts) -> [u8; PREFIX_BYTES] {
    let mut bytes = [0; PREFIX_BYTES];
    bytes[0..4].copy_from_slice(&length.to_le_bytes());
    bytes[4..6].copy_from_slice(&counts.changes.to_le_bytes());
    bytes[6..8].copy_from_slice(&counts.transfers.to_le_bytes());
    bytes[8..10].copy_from_slice(&counts.events.to_le_bytes());
    bytes
}

/// Reads what follows a record's length.
///
/// Transfers and events are of fixed size and come last, so the three sections are found without
/// walking through any of them.
pub(crate) fn read_record(
    payload: &[u8],
    seq: u64,
    block_at_micros: i64,
) -> Result<Record<'_>, ReadError> {
    let mut cursor = Cursor::new(payload);
    let counts = Counts { changes: cursor.u16()?, transfers: cursor.u16()?, events: cursor.u16()? };
    let header = read_header(&mut cursor, seq, block_at_micros)?;
    let events = cursor.take_last(usize::from(counts.events) * EVENT_BYTES)?;
    let transfers = cursor.take_last(usize::from(counts.transfers) * TRANSFER_BYTES)?;
    Ok(Record { header, changes: cursor, change_count: counts.changes, transfers, events })
}

/// Appends the header, without the sequence number: it follows from the record's place.
pub(crate) fn put_header(out: &mut Vec<u8>, header: &RecordHeader, block_at_micros: i64) {
    let mut flags = 0;
    if header.operation.is_some() {
        flags |= HAS_OPERATION;
    }
    if header.reverses.is_some() {
        flags |= HAS_REVERSES;
    }
    if matches!(header.outcome, Outcome::Refused { .. }) {
        flags |= IS_REFUSED;
    }
    out.push(flags);
    out.extend_from_slice(&header.command.to_le_bytes());
    out.extend_from_slice(&header.actor);
    // Wrapping keeps every pair of instants representable; the reader wraps back.
    put_zigzag(out, header.at_micros.wrapping_sub(block_at_micros));
    if let Some(operation) = &header.operation {
        out.extend_from_slice(&operation.key.0);
        out.extend_from_slice(&operation.fingerprint.0);
    }
    if let Some(reverses) = &header.reverses {
        out.extend_from_slice(&reverses.0);
    }
    match &header.outcome {
        Outcome::Answered { kind, id } => {
            out.push(*kind);
            out.extend_from_slice(id);
        }
        Outcome::Refused { code, detail } => {
            out.extend_from_slice(&code.to_le_bytes());
            put_sized(out, detail.as_bytes());
        }
    }
}

fn read_header(
    cursor: &mut Cursor<'_>,
    seq: u64,
    block_at_micros: i64,
) -> Result<RecordHeader, ReadError> {
    let flags = cursor.u8()?;
    if flags & !KNOWN_FLAGS != 0 {
        return Err(ReadError::Invalid { what: "flags of a record" });
    }
    let command = cursor.u16()?;
    let actor = cursor.array()?;
    let at_micros = block_at_micros.wrapping_add(cursor.zigzag()?);
    let operation = if flags & HAS_OPERATION != 0 {
        let key = Digest16(cursor.array()?);
        Some(OperationMark { key, fingerprint: Digest16(cursor.array()?) })
    } else {
        None
    };
    let reverses = if flags & HAS_REVERSES != 0 { Some(Digest16(cursor.array()?)) } else { None };
    let outcome = if flags & IS_REFUSED != 0 {
        let code = cursor.u16()?;
        Outcome::Refused { code, detail: EncodedValues::from_encoded(cursor.sized()?.to_vec()) }
    } else {
        let kind = cursor.u8()?;
        Outcome::Answered { kind, id: cursor.array()? }
    };
    Ok(RecordHeader { seq, at_micros, actor, command, operation, reverses, outcome })
}

pub(crate) fn transfer_bytes(line: &TransferLine) -> [u8; TRANSFER_BYTES] {
    let mut bytes = [0; TRANSFER_BYTES];
    bytes[0..16].copy_from_slice(&line.id);
    bytes[16..32].copy_from_slice(&line.debit);
    bytes[32..48].copy_from_slice(&line.credit);
    bytes[48..64].copy_from_slice(&line.subject);
    bytes[64..72].copy_from_slice(&line.amount.to_le_bytes());
    bytes[72..75].copy_from_slice(&line.currency);
    bytes[75] = line.kind;
    bytes[76] = line.reason;
    bytes
}

pub(crate) fn transfer_line(bytes: &[u8; TRANSFER_BYTES]) -> TransferLine {
    TransferLine {
        id: field(bytes, 0),
        debit: field(bytes, 16),
        credit: field(bytes, 32),
        subject: field(bytes, 48),
        amount: i64::from_le_bytes(field(bytes, 64)),
        currency: field(bytes, 72),
        kind: bytes[75],
        reason: bytes[76],
    }
}

pub(crate) fn event_bytes(line: &EventLine) -> [u8; EVENT_BYTES] {
    let mut bytes = [0; EVENT_BYTES];
    bytes[0..2].copy_from_slice(&line.kind.to_le_bytes());
    bytes[2..18].copy_from_slice(&line.subject);
    bytes
}

pub(crate) fn event_line(bytes: &[u8; EVENT_BYTES]) -> EventLine {
    EventLine { kind: u16::from_le_bytes(field(bytes, 0)), subject: field(bytes, 2) }
}

fn field<const N: usize>(line: &[u8], at: usize) -> [u8; N] {
    *line[at..].first_chunk().expect("the fields of a line lie inside its fixed size")
}
