//! Checking a backup, and restoring it.

use std::io::Read;

use store::{ApiKey, BookName, BookRecord, EndpointState, Outgoing, ToldEndpoint};

use super::parts::{BookStart, Manifest, Part};
use super::read::BackupReader;
use crate::place::{list, summary_of};
use crate::stream::{Progress, Sink, Step};
use crate::{CopyError, Filler, Moved, Summary, Tally, TargetPlace};

/// Reads a backup to its end and checks everything that can be known of it: checksums, the chain of
/// every journal, and that each book amounts to what is written down.
///
/// # Errors
///
/// [`CopyError`] with the place of the damage.
pub fn check_backup(
    input: impl Read,
    progress: &mut dyn FnMut(&BookName, Progress),
) -> Result<(Manifest, Vec<(BookStart, Summary)>), CopyError> {
    let mut parts = BackupReader::open(input)?;
    let mut manifest = None;
    let mut books = Vec::new();
    while let Some(part) = parts.next_part()? {
        match part {
            Part::Manifest(found) => manifest = Some(found),
            Part::Book(start) => {
                let mut progress = |at| progress(&start.record.name, at);
                let summary = read_book(&mut parts, &start, None, &mut progress);
                let summary = summary.map_err(|error| error.of(&start.record.name))?;
                books.push((start, summary));
            }
            _ => {}
        }
    }
    let manifest = manifest.expect("the reader asks for a manifest before it ends");
    Ok((manifest, books))
}

/// Fills an empty place from a backup. Books are listed once the whole file was read and every book
/// was compared; run again after an interruption, it goes on where it was. Each book starts a new
/// incarnation, drawn from `incarnation`. Its webhook endpoints keep their places and are told
/// nothing until somebody says so: the original may still tell them.
///
/// # Errors
///
/// [`CopyError`]; nothing can be served then.
pub fn restore(
    input: impl Read,
    target: &mut dyn TargetPlace,
    incarnation: &mut dyn FnMut() -> u64,
    progress: &mut dyn FnMut(&BookName, Progress),
) -> Result<(Manifest, Vec<Moved>), CopyError> {
    let mut parts = BackupReader::open(input)?;
    let mut manifest = None;
    let mut books = Vec::new();
    let mut keys = Vec::new();
    let mut outgoing = Vec::new();
    while let Some(part) = parts.next_part()? {
        match part {
            Part::Manifest(found) => {
                refuse_others(target, &found)?;
                manifest = Some(found);
            }
            Part::Book(start) => {
                let mut progress = |at| progress(&start.record.name, at);
                let restored = restore_book(&mut parts, &start, target, &mut progress);
                let restored = restored.map_err(|error| error.of(&start.record.name))?;
                books.push((start.record, restored));
            }
            Part::Key(key) => keys.push(key),
            Part::Endpoint(told) => {
                outgoing_of(&mut outgoing, &told.endpoint.book).endpoints.push(restored(*told));
            }
            Part::Mails(mails) => {
                let outgoing = outgoing_of(&mut outgoing, &mails.book);
                (outgoing.mail_place, outgoing.mails) = (mails.mail_place, mails.mails);
            }
            _ => {}
        }
    }
    let manifest = manifest.expect("the reader asks for a manifest before it ends");
    let mut moved = Vec::new();
    for (record, (summary, known)) in books {
        let own: Vec<&ApiKey> = keys.iter().filter(|key| key.book == record.name).collect();
        let was_there = known.is_some();
        let incarnation = known.unwrap_or_else(&mut *incarnation);
        let record = BookRecord { incarnation, ..record };
        let outgoing = outgoing_of(&mut outgoing, &record.name);
        list(target, &record, &own, outgoing)?;
        let (keys, endpoints) = (own.len() as u64, outgoing.endpoints.len() as u64);
        moved.push(Moved { record, summary, was_there, keys, endpoints });
    }
    Ok((manifest, moved))
}

/// What is known so far of what leaves a book.
fn outgoing_of<'a>(all: &'a mut Vec<Outgoing>, book: &BookName) -> &'a mut Outgoing {
    let place = all.iter().position(|outgoing| outgoing.book == *book).unwrap_or_else(|| {
        let book = book.clone();
        all.push(Outgoing { book, endpoints: Vec::new(), mail_place: None, mails: Vec::new() });
        all.len() - 1
    });
    &mut all[place]
}

/// An endpoint as a restored book has it. One that was switched off stays so.
fn restored(mut told: ToldEndpoint) -> ToldEndpoint {
    if told.endpoint.state == EndpointState::On {
        told.endpoint.state = EndpointState::Restored;
    }
    told
}

/// A place that has other books is in use: a restore is no way to mix two installations.
fn refuse_others(target: &mut dyn TargetPlace, manifest: &Manifest) -> Result<(), CopyError> {
    let books = target.control().and_then(|mut control| control.books());
    let books = books.map_err(CopyError::Target)?;
    match books.into_iter().find(|book| !manifest.books.contains(&book.name)) {
        Some(other) => Err(CopyError::InUse(other.name)),
        None => Ok(()),
    }
}

/// Fills one book. The number is the incarnation of a book that is listed already, by an earlier
/// run that was interrupted right after; it must not have been served since.
fn restore_book(
    parts: &mut BackupReader<impl Read>,
    start: &BookStart,
    target: &mut dyn TargetPlace,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Summary, Option<u64>), CopyError> {
    let name = &start.record.name;
    let books = target.control().and_then(|mut control| control.books());
    let listed = books.map_err(CopyError::Target)?.into_iter().find(|book| book.name == *name);
    if let Some(listed) = listed {
        let head = target.reader(name).and_then(|mut reader| reader.head());
        if head.map_err(CopyError::Target)? != start.head {
            return Err(CopyError::InUse(name.clone()));
        }
        let summary = read_book(parts, start, None, progress)?;
        summary.expect(&summary_of(target, name, &start.head, progress)?)?;
        return Ok((summary, Some(listed.incarnation)));
    }
    let mut store = target.store(name).map_err(CopyError::Target)?;
    let mut filler = Filler::begin(store.as_mut())?;
    let summary = read_book(parts, start, Some(&mut filler), progress)?;
    filler.complete(&start.head)?;
    summary.expect(&summary_of(target, name, &start.head, progress)?)?;
    filler.finish(&start.head)?;
    Ok((summary, None))
}

/// Reads one book to its end, gives it to `filler`, and compares it with its own summary.
fn read_book(
    parts: &mut BackupReader<impl Read>,
    start: &BookStart,
    mut filler: Option<&mut Filler<'_>>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, CopyError> {
    let mut tally = Tally::new(start.head.removed);
    let (mut rows_done, mut runs_done) = (0, 0);
    loop {
        match parts.next_part()? {
            Some(Part::Journal { blocks, entries }) => {
                tally.journal(&blocks, &entries)?;
                if let Some(filler) = &mut filler {
                    filler.journal(&blocks, &entries)?;
                }
                let (done, total) = (tally.seq(), start.head.seq);
                progress(Progress { step: Step::Journal, done, total });
            }
            Some(Part::Rows(rows)) => {
                tally.rows(&rows)?;
                if let Some(filler) = &mut filler {
                    filler.rows(&rows)?;
                }
                rows_done += rows.len() as u64;
                progress(Progress { step: Step::Rows, done: rows_done, total: rows_done });
            }
            Some(Part::Run(run)) => {
                tally.run(&run)?;
                if let Some(filler) = &mut filler {
                    filler.run(&run)?;
                }
                runs_done += 1;
                progress(Progress { step: Step::Operations, done: runs_done, total: runs_done });
            }
            Some(Part::BookEnd(expected)) => {
                let summary = tally.finish()?;
                let is_whole = (summary.seq, summary.hash) == (start.head.seq, start.head.hash);
                if summary != expected || !is_whole {
                    return Err(parts.misplaced("the book is not what its summary says"));
                }
                return Ok(summary);
            }
            _ => return Err(parts.misplaced("a book does not end")),
        }
    }
}

#[cfg(test)]
mod tests {
    use base::Instant;
    use store::Head;

    use super::super::parts;
    use super::*;
    use crate::frame::FrameWriter;

    /// A backup of one book without contents, every checksum of which fits.
    fn backup(version: u8, head: Head, end: &Summary) -> Vec<u8> {
        let name = BookName::new("live").unwrap();
        let manifest = Manifest {
            release: "test".to_owned(),
            made_at: Instant::from_micros(1),
            books: vec![name.clone()],
            keys: 0,
        };
        let created_at = Instant::from_micros(1);
        let record = BookRecord { name, is_test: true, created_at, incarnation: 1 };
        let mut frames = FrameWriter::new(Vec::new(), parts::MAGIC, version).unwrap();
        frames.frame(parts::MANIFEST, &parts::manifest(&manifest)).unwrap();
        frames.frame(parts::BOOK, &parts::book(&BookStart { record, head })).unwrap();
        frames.frame(parts::BOOK_END, &parts::book_end(end)).unwrap();
        let digest = frames.digest();
        frames.frame(parts::END, &parts::end(digest)).unwrap();
        frames.finish().unwrap()
    }

    #[test]
    fn a_book_that_is_not_what_is_said_of_it_is_refused_though_checksums_fit() {
        let check =
            |head, end: &Summary| check_backup(&*backup(parts::VERSION, head, end), &mut |_, _| {});
        let empty = Tally::new(0).finish().unwrap();
        check(Head::EMPTY, &empty).unwrap();
        let longer = Head { seq: 5, ..Head::EMPTY };
        let fuller = Summary { rows: 1, ..empty.clone() };
        let other = Summary { digest: [1; 32], ..empty.clone() };
        for (head, end) in [(longer, &empty), (Head::EMPTY, &fuller), (Head::EMPTY, &other)] {
            let refused = check(head, end).unwrap_err().bare();
            assert!(matches!(refused, CopyError::Backup { .. }), "{refused}");
        }
    }
    #[test]
    fn what_an_earlier_release_wrote_is_read_and_what_a_later_one_wrote_is_not() {
        let empty = Tally::new(0).finish().unwrap();
        for (version, is_read) in [(0, false), (1, true), (2, true), (3, false)] {
            let read = check_backup(&*backup(version, Head::EMPTY, &empty), &mut |_, _| {});
            assert_eq!(read.is_ok(), is_read, "{version}");
        }
    }
}
