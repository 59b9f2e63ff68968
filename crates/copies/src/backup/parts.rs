//! What is in a frame, and how it is written and read.

use base::{Currency, Instant, KeyId};
use journal::{Block, EncodedSink, EncodedSource, ReadError, ValueSink, ValueSource};
use store::rows::{read_row, table_of, write_row};
use store::{
    ApiKey, BookName, BookRecord, EntryRow, Head, KeyKind, OperationRun, Outgoing, SweptRow,
    ToldEndpoint, entry_values,
};

use super::outgoing::{read_endpoint, read_mails};
use crate::frame::Magic;
use crate::{CurrencyTotal, Summary};

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The release that made it.
    pub release: String,
    /// When, by the wall clock.
    pub made_at: Instant,
    /// Books in it, in this order.
    pub books: Vec<BookName>,
    /// API keys in it.
    pub keys: u64,
}

/// The beginning of a book in a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookStart {
    /// The book; its incarnation is the one that was copied.
    pub record: BookRecord,
    /// The head row: how far the copy reaches.
    pub head: Head,
}

/// A part of a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The first part.
    Manifest(Manifest),
    /// A book begins.
    Book(BookStart),
    /// Blocks, and the entries of their records.
    Journal {
        /// Blocks in order.
        blocks: Vec<Block>,
        /// Entries in order.
        entries: Vec<EntryRow>,
    },
    /// Rows in order.
    Rows(Vec<SweptRow>),
    /// An operation run.
    Run(OperationRun),
    /// A book ends.
    BookEnd(Summary),
    /// An API key.
    Key(ApiKey),
    /// A webhook endpoint.
    Endpoint(Box<ToldEndpoint>),
    /// Mails of a book, without endpoints.
    Mails(Outgoing),
    /// The last part, with SHA-256 over everything before it.
    End([u8; 32]),
}

/// The first bytes of every backup.
pub(super) const MAGIC: &Magic = b"makegood backup\0";

/// The format that is written. The first one had neither endpoints nor mails.
pub(super) const VERSION: u8 = 2;

pub(super) const MANIFEST: u8 = 1;
pub(super) const BOOK: u8 = 2;
pub(super) const JOURNAL: u8 = 3;
pub(super) const ROWS: u8 = 4;
pub(super) const RUN: u8 = 5;
pub(super) const BOOK_END: u8 = 6;
pub(super) const KEY: u8 = 7;
pub(super) const END: u8 = 8;
pub(super) const ENDPOINT: u8 = 9;
pub(super) const MAILS: u8 = 10;

/// Values of a part in the journal's encoding.
pub(super) fn encoded(write: impl FnOnce(&mut EncodedSink<'_>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut EncodedSink(&mut bytes));
    bytes
}

pub(super) fn manifest(manifest: &Manifest) -> Vec<u8> {
    encoded(|sink| {
        sink.text(&manifest.release);
        sink.int(manifest.made_at.micros());
        number(sink, manifest.keys);
        number(sink, manifest.books.len() as u64);
        manifest.books.iter().for_each(|book| sink.text(book.as_str()));
    })
}

pub(super) fn book(start: &BookStart) -> Vec<u8> {
    let BookStart { record, head } = start;
    encoded(|sink| {
        sink.text(record.name.as_str());
        sink.int(i64::from(record.is_test));
        sink.int(record.created_at.micros());
        number(sink, record.incarnation);
        number(sink, head.epoch);
        number(sink, head.seq);
        sink.bytes(&head.hash);
        sink.int(head.at_micros);
        number(sink, head.watermark);
        number(sink, head.operations);
        // Backups of whole journals are as they were before journals could begin later.
        if head.removed > 0 {
            number(sink, head.removed);
        }
    })
}

pub(super) fn journal(blocks: &[Block], entries: &[EntryRow]) -> Vec<u8> {
    let mut bytes = Vec::new();
    blocks.iter().for_each(|block| block.append_to(&mut bytes));
    encoded(|sink| {
        sink.bytes(&bytes);
        bytes.clear();
        for entry in entries {
            bytes.clear();
            entry_values::write(entry, &mut EncodedSink(&mut bytes));
            sink.bytes(&bytes);
        }
    })
}

pub(super) fn rows(rows: &[SweptRow]) -> Vec<u8> {
    let mut values = Vec::new();
    encoded(|sink| {
        for row in rows {
            let (table, version) = table_of(&row.row);
            values.clear();
            write_row(&row.row, &mut EncodedSink(&mut values));
            sink.int(i64::from(table));
            sink.int(i64::from(version));
            number(sink, row.applied_seq);
            sink.bytes(&values);
        }
    })
}

pub(super) fn run(run: &OperationRun) -> Vec<u8> {
    encoded(|sink| {
        number(sink, run.run);
        sink.int(run.last_at.micros());
        for (hash, seq) in &run.entries {
            number(sink, *hash);
            number(sink, *seq);
        }
    })
}

pub(super) fn book_end(summary: &Summary) -> Vec<u8> {
    encoded(|sink| {
        number(sink, summary.seq);
        sink.bytes(&summary.hash);
        let Summary { blocks, records, entries, rows, runs, operations, .. } = summary;
        for count in [blocks, records, entries, rows, runs, operations] {
            number(sink, *count);
        }
        sink.bytes(&summary.digest);
        for total in &summary.currencies {
            sink.text(total.currency.code());
            number(sink, total.accounts);
            sink.bytes(&total.debits.to_be_bytes());
            sink.bytes(&total.credits.to_be_bytes());
        }
    })
}

pub(super) fn key(key: &ApiKey) -> Vec<u8> {
    encoded(|sink| {
        sink.bytes(&key.id.to_bytes());
        sink.text(key.book.as_str());
        sink.text(key.kind.as_str());
        sink.bytes(&key.hash);
        sink.text(&key.scopes);
        sink.text(&key.version);
        sink.bytes(&key.last4);
        sink.int(key.created_at.micros());
        sink.opt_int(key.revoked_at.map(Instant::micros));
    })
}

pub(super) fn end(digest: [u8; 32]) -> Vec<u8> {
    encoded(|sink| sink.bytes(&digest))
}

/// Reads the payload of a frame.
pub(super) fn read(kind: u8, payload: &[u8]) -> Result<Part, ReadError> {
    let mut source = EncodedSource::new(payload);
    let part = match kind {
        MANIFEST => Part::Manifest(read_manifest(&mut source)?),
        BOOK => Part::Book(read_book(&mut source)?),
        JOURNAL => read_journal(&mut source)?,
        ROWS => Part::Rows(read_rows(&mut source)?),
        RUN => Part::Run(read_run(&mut source)?),
        BOOK_END => Part::BookEnd(read_summary(&mut source)?),
        KEY => Part::Key(read_key(&mut source)?),
        ENDPOINT => Part::Endpoint(Box::new(read_endpoint(&mut source)?)),
        MAILS => Part::Mails(read_mails(&mut source)?),
        END => Part::End(fixed(&mut source)?),
        _ => return Err(invalid("kind of a part")),
    };
    source.finish()?;
    Ok(part)
}

fn read_manifest(source: &mut EncodedSource<'_>) -> Result<Manifest, ReadError> {
    let (release, made_at) = (source.text()?, instant(source.int()?)?);
    let (keys, count) = (read_number(source)?, read_number(source)?);
    let books = (0..count).map(|_| name(source)).collect::<Result<_, _>>()?;
    Ok(Manifest { release, made_at, books, keys })
}

fn read_book(source: &mut EncodedSource<'_>) -> Result<BookStart, ReadError> {
    Ok(BookStart {
        record: BookRecord {
            name: name(source)?,
            is_test: match source.int()? {
                0 => false,
                1 => true,
                _ => return Err(invalid("kind of a book")),
            },
            created_at: instant(source.int()?)?,
            incarnation: read_number(source)?,
        },
        head: Head {
            epoch: read_number(source)?,
            seq: read_number(source)?,
            hash: fixed(source)?,
            at_micros: source.int()?,
            watermark: read_number(source)?,
            operations: read_number(source)?,
            removed: if source.is_empty() { 0 } else { read_number(source)? },
        },
    })
}

fn read_journal(source: &mut EncodedSource<'_>) -> Result<Part, ReadError> {
    let (mut rest, mut blocks) = (source.bytes_ref()?, Vec::new());
    while !rest.is_empty() {
        let (block, after) = Block::read_from(rest)?;
        blocks.push(block);
        rest = after;
    }
    let mut entries = Vec::new();
    while !source.is_empty() {
        entries.push(entry_values::read(&mut EncodedSource::new(source.bytes_ref()?))?);
    }
    Ok(Part::Journal { blocks, entries })
}

fn read_rows(source: &mut EncodedSource<'_>) -> Result<Vec<SweptRow>, ReadError> {
    let byte = |value: i64| u8::try_from(value).map_err(|_| invalid("table of a row"));
    let mut rows = Vec::new();
    while !source.is_empty() {
        let (table, version) = (byte(source.int()?)?, byte(source.int()?)?);
        let applied_seq = read_number(source)?;
        let mut values = EncodedSource::new(source.bytes_ref()?);
        rows.push(SweptRow { row: read_row(table, version, &mut values)?, applied_seq });
    }
    Ok(rows)
}

fn read_run(source: &mut EncodedSource<'_>) -> Result<OperationRun, ReadError> {
    let (run, last_at) = (read_number(source)?, instant(source.int()?)?);
    let mut entries = Vec::new();
    while !source.is_empty() {
        entries.push((read_number(source)?, read_number(source)?));
    }
    Ok(OperationRun { run, last_at, entries })
}

fn read_summary(source: &mut EncodedSource<'_>) -> Result<Summary, ReadError> {
    let mut summary = Summary {
        seq: read_number(source)?,
        hash: fixed(source)?,
        blocks: read_number(source)?,
        records: read_number(source)?,
        entries: read_number(source)?,
        rows: read_number(source)?,
        runs: read_number(source)?,
        operations: read_number(source)?,
        digest: fixed(source)?,
        currencies: Vec::new(),
    };
    while !source.is_empty() {
        let currency = Currency::parse(source.text_ref()?).map_err(|_| invalid("currency"))?;
        let accounts = read_number(source)?;
        let debits = i128::from_be_bytes(fixed(source)?);
        let credits = i128::from_be_bytes(fixed(source)?);
        summary.currencies.push(CurrencyTotal { currency, accounts, debits, credits });
    }
    Ok(summary)
}

fn read_key(source: &mut EncodedSource<'_>) -> Result<ApiKey, ReadError> {
    Ok(ApiKey {
        id: KeyId::from_bytes(source.fixed16()?),
        book: name(source)?,
        kind: KeyKind::parse(source.text_ref()?).ok_or(invalid("kind of a key"))?,
        hash: source.fixed16()?,
        scopes: source.text()?,
        version: source.text()?,
        last4: fixed(source)?,
        created_at: instant(source.int()?)?,
        revoked_at: source.opt_int()?.map(instant).transpose()?,
    })
}

pub(super) fn name(source: &mut EncodedSource<'_>) -> Result<BookName, ReadError> {
    BookName::new(source.text_ref()?).map_err(|_| invalid("name of a book"))
}

pub(super) fn instant(micros: i64) -> Result<Instant, ReadError> {
    Instant::try_from_micros(micros).ok_or(invalid("instant"))
}

fn fixed<const N: usize>(source: &mut EncodedSource<'_>) -> Result<[u8; N], ReadError> {
    let bytes = source.bytes_ref()?;
    let found = bytes.len();
    bytes.try_into().map_err(|_| ReadError::WrongLength { expected: N, found })
}

/// All 64 bits, as the bits of a signed integer.
pub(super) fn number(sink: &mut impl ValueSink, value: u64) {
    sink.int(value.cast_signed());
}

pub(super) fn read_number(source: &mut impl ValueSource) -> Result<u64, ReadError> {
    Ok(source.int()?.cast_unsigned())
}

pub(super) fn invalid(what: &'static str) -> ReadError {
    ReadError::Invalid { what }
}
