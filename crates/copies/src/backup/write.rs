//! Writing a backup.

use std::io::Write;

use base::Instant;
use journal::Block;
use store::{EntryRow, OperationRun, Reader, SweptRow};

use super::outgoing;
use super::parts::{self, BookStart, MAGIC, Manifest, VERSION};
use crate::frame::FrameWriter;
use crate::stream::{Chunks, Progress, Sink, stream};
use crate::{CopyError, Place, Summary, Tally};

/// Writes a backup, frame by frame.
pub struct BackupWriter<W> {
    frames: FrameWriter<W>,
    tally: Tally,
}

/// Writes every book of a place, with control records, API keys, webhook endpoints and mails that
/// wait, while a server goes on. How far endpoints and mails are is read before the books: what
/// happens meanwhile is told again by whoever restores it, rather than never.
///
/// `release` and `now` are written down. Returns what was written to, and the books with what they
/// amount to.
///
/// # Errors
///
/// [`CopyError`]; what was written is of no use then.
pub fn write_backup<W: Write>(
    place: &mut dyn Place,
    out: W,
    (release, now): (&str, Instant),
    chunks: Chunks,
    progress: &mut dyn FnMut(Progress),
) -> Result<(W, Vec<(BookStart, Summary)>), CopyError> {
    let contents = place.contents().map_err(CopyError::Source)?;
    let mut writer = BackupWriter::begin(
        out,
        &Manifest {
            release: release.to_owned(),
            made_at: now,
            books: contents.books.iter().map(|book| book.name.clone()).collect(),
            keys: contents.keys.len() as u64,
        },
    )?;
    let mut books = Vec::new();
    for record in &contents.books {
        let name = &record.name;
        let reader = place.reader(name);
        let mut reader = reader.map_err(|error| CopyError::Source(error).of(name))?;
        let mut result = Err(CopyError::Differs { what: "the snapshots" });
        let snapshot = reader.snapshot(&mut |reader| {
            let head = reader.head().map_err(CopyError::Source);
            result = head.and_then(|head| {
                let start = BookStart { record: record.clone(), head };
                let summary = writer.book(&start, reader, chunks, progress)?;
                Ok((start, summary))
            });
        });
        snapshot.map_err(|error| CopyError::Source(error).of(name))?;
        books.push(result.map_err(|error| error.of(name))?);
    }
    for key in &contents.keys {
        writer.frames.frame(parts::KEY, &parts::key(key))?;
    }
    for of_book in &contents.outgoing {
        for told in &of_book.endpoints {
            writer.frames.frame(parts::ENDPOINT, &outgoing::endpoint(told))?;
        }
        writer.frames.frame(parts::MAILS, &outgoing::mails(of_book))?;
    }
    Ok((writer.end()?, books))
}

impl<W: Write> BackupWriter<W> {
    fn begin(out: W, manifest: &Manifest) -> Result<BackupWriter<W>, CopyError> {
        let mut frames = FrameWriter::new(out, MAGIC, VERSION)?;
        frames.frame(parts::MANIFEST, &parts::manifest(manifest))?;
        Ok(BackupWriter { frames, tally: Tally::new(0) })
    }

    fn book(
        &mut self,
        start: &BookStart,
        reader: &mut dyn Reader,
        chunks: Chunks,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Summary, CopyError> {
        self.frames.frame(parts::BOOK, &parts::book(start))?;
        self.tally = Tally::new(start.head.removed);
        stream(reader, &start.head, 0, chunks, self, progress)?;
        let summary = std::mem::replace(&mut self.tally, Tally::new(0)).finish()?;
        if (summary.seq, summary.hash) != (start.head.seq, start.head.hash) {
            return Err(CopyError::JournalEnds { expected: start.head.seq });
        }
        self.frames.frame(parts::BOOK_END, &parts::book_end(&summary))?;
        Ok(summary)
    }

    fn end(mut self) -> Result<W, CopyError> {
        let digest = self.frames.digest();
        self.frames.frame(parts::END, &parts::end(digest))?;
        self.frames.finish()
    }
}

impl<W: Write> Sink for BackupWriter<W> {
    fn journal(&mut self, blocks: &[Block], entries: &[EntryRow]) -> Result<(), CopyError> {
        self.tally.journal(blocks, entries)?;
        self.frames.frame(parts::JOURNAL, &parts::journal(blocks, entries))
    }

    fn rows(&mut self, rows: &[SweptRow]) -> Result<(), CopyError> {
        self.tally.rows(rows)?;
        self.frames.frame(parts::ROWS, &parts::rows(rows))
    }

    fn run(&mut self, run: &OperationRun) -> Result<(), CopyError> {
        self.tally.run(run)?;
        self.frames.frame(parts::RUN, &parts::run(run))
    }
}
