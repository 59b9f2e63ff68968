//! Places that hold books, and moving all of them from one to another.

use store::{
    ApiKey, BookName, BookRecord, ControlContents, ControlStore, EndpointProgress, Head, Outgoing,
    Reader, Store, StoreError, ToldEndpoint,
};

use crate::stream::{Chunks, Progress, stream};
use crate::{CopyError, Filler, Summary, summarize};

/// A place with books that are read.
pub trait Place {
    /// Its books, API keys and what leaves the books, as they are at one instant.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn contents(&mut self) -> Result<ControlContents, StoreError>;

    /// The read side of a book.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn reader(&mut self, book: &BookName) -> Result<Box<dyn Reader>, StoreError>;
}

/// A place into which books are copied, and that nobody serves meanwhile.
pub trait TargetPlace: Place {
    /// The write side of a book, made when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn store(&mut self, book: &BookName) -> Result<Box<dyn Store>, StoreError>;

    /// Books and API keys.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn control(&mut self) -> Result<Box<dyn ControlStore>, StoreError>;
}

/// A book that was moved, with what was compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The book.
    pub record: BookRecord,
    /// What both sides amount to.
    pub summary: Summary,
    /// True when it was there from an earlier run, and was compared again.
    pub was_there: bool,
    /// API keys that open it.
    pub keys: u64,
    /// Webhook endpoints that it tells, or would tell if they were switched on.
    pub endpoints: u64,
}

/// Copies every book with its control record, API keys, webhook endpoints and mails that wait. Run
/// again after an interruption, it goes on where it was. The source is only read.
///
/// Books are listed, and so can be served, once all are there and the source has not moved
/// meanwhile: nothing keeps others from a database while it is read.
///
/// # Errors
///
/// [`CopyError::InBook`]; the target serves none of the books that it did not serve before.
/// [`CopyError::SourceMoved`] when books or keys were made meanwhile.
pub fn move_books(
    source: &mut dyn Place,
    target: &mut dyn TargetPlace,
    chunks: Chunks,
    progress: &mut dyn FnMut(&BookName, Progress),
) -> Result<Vec<Moved>, CopyError> {
    let contents = source.contents().map_err(CopyError::Source)?;
    let mut copied = Vec::new();
    for record in &contents.books {
        let mut progress = |at| progress(&record.name, at);
        let book = copy_book(source, target, record, chunks, &mut progress);
        copied.push(book.map_err(|error| error.of(&record.name))?);
    }
    for (record, copied) in contents.books.iter().zip(&copied) {
        expect_still(source, record, &copied.head).map_err(|error| error.of(&record.name))?;
    }
    if source.contents().map_err(CopyError::Source)? != contents {
        return Err(CopyError::SourceMoved);
    }
    let mut moved = Vec::new();
    let outgoing = contents.outgoing.iter();
    for ((record, copied), outgoing) in contents.books.iter().zip(copied).zip(outgoing) {
        let Copied { summary, was_there, .. } = copied;
        let keys: Vec<&ApiKey> =
            contents.keys.iter().filter(|key| key.book == record.name).collect();
        list(target, record, &keys, outgoing).map_err(|error| error.of(&record.name))?;
        let (keys, endpoints) = (keys.len() as u64, outgoing.endpoints.len() as u64);
        moved.push(Moved { record: record.clone(), summary, was_there, keys, endpoints });
    }
    Ok(moved)
}

/// A book that is in the target, equal to the source when that had this head.
struct Copied {
    head: Head,
    summary: Summary,
    was_there: bool,
}

fn copy_book(
    source: &mut dyn Place,
    target: &mut dyn TargetPlace,
    record: &BookRecord,
    chunks: Chunks,
    progress: &mut dyn FnMut(Progress),
) -> Result<Copied, CopyError> {
    let mut reader = source.reader(&record.name).map_err(CopyError::Source)?;
    let is_listed = is_listed(target, record)?;
    let mut result = Err(CopyError::Differs { what: "the snapshots" });
    let snapshot = reader.snapshot(&mut |reader| {
        result = copy_or_compare(reader, target, record, is_listed, chunks, progress);
    });
    snapshot.map_err(CopyError::Source)?;
    result
}

fn copy_or_compare(
    source: &mut dyn Reader,
    target: &mut dyn TargetPlace,
    record: &BookRecord,
    is_listed: bool,
    chunks: Chunks,
    progress: &mut dyn FnMut(Progress),
) -> Result<Copied, CopyError> {
    let head = source.head().map_err(CopyError::Source)?;
    let was_there = is_listed || {
        // A run that ended before it listed the book gave it the source's head last.
        let mut store = target.store(&record.name).map_err(CopyError::Target)?;
        head.seq > 0 && store.head().map_err(CopyError::Target)? == head
    };
    let summary = match was_there {
        true => compare(source, target, record, &head, progress)?,
        false => copy(source, target, record, &head, chunks, progress)?,
    };
    Ok(Copied { head, summary, was_there })
}

/// Refuses a book that somebody has taken over, and perhaps written to, since it was copied.
fn expect_still(source: &mut dyn Place, record: &BookRecord, head: &Head) -> Result<(), CopyError> {
    let now = source.reader(&record.name).and_then(|mut reader| reader.head());
    if now.map_err(CopyError::Source)? == *head { Ok(()) } else { Err(CopyError::SourceMoved) }
}

/// Whether the target lists the book. One of the same name that is another book is refused.
fn is_listed(target: &mut dyn TargetPlace, record: &BookRecord) -> Result<bool, CopyError> {
    let books = target.control().and_then(|mut control| control.books());
    match books.map_err(CopyError::Target)?.iter().find(|book| book.name == record.name) {
        Some(book) if book == record => Ok(true),
        Some(_) => Err(CopyError::InUse(record.name.clone())),
        None => Ok(false),
    }
}

/// The last step: from here on the book can be served, and its keys open it. What leaves it is
/// there before, so that nothing is told from the beginning.
pub(crate) fn list(
    target: &mut dyn TargetPlace,
    record: &BookRecord,
    keys: &[&ApiKey],
    outgoing: &Outgoing,
) -> Result<(), CopyError> {
    let mut control = target.control().map_err(CopyError::Target)?;
    put_outgoing(control.as_mut(), outgoing).map_err(CopyError::Target)?;
    match control.create_book(record) {
        Ok(()) | Err(StoreError::BookExists(_)) => {}
        Err(error) => return Err(CopyError::Target(error)),
    }
    for key in keys {
        // One that exists is from an earlier run.
        control.create_key(key, None).map_err(CopyError::Target)?;
    }
    Ok(())
}

/// Whatever is there is from an earlier run, and the same.
fn put_outgoing(control: &mut dyn ControlStore, outgoing: &Outgoing) -> Result<(), StoreError> {
    let there = control.endpoints_of(&outgoing.book)?;
    for ToldEndpoint { endpoint, retries } in &outgoing.endpoints {
        if there.iter().all(|there| there.id != endpoint.id) {
            control.create_endpoint(endpoint, None, usize::MAX)?;
        }
        let progress = EndpointProgress {
            id: endpoint.id,
            revision: endpoint.revision,
            next: endpoint.next,
            failing_since: endpoint.failing_since,
            state: endpoint.state,
            retries: retries.clone(),
            over: Vec::new(),
        };
        control.keep_progress(&outgoing.book, &progress)?;
    }
    match outgoing.mail_place {
        Some(place) => control.take_mails(&outgoing.book, place, &outgoing.mails),
        // Where no event was read, no mail waits.
        None => Ok(()),
    }
}

fn copy(
    source: &mut dyn Reader,
    target: &mut dyn TargetPlace,
    record: &BookRecord,
    head: &Head,
    chunks: Chunks,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, CopyError> {
    let mut store = target.store(&record.name).map_err(CopyError::Target)?;
    let mut filler = Filler::begin(store.as_mut())?;
    stream(source, head, filler.from(), chunks, &mut filler, progress)?;
    filler.complete(head)?;
    let expected = summarize(source, head, progress)?;
    expected.expect(&summary_of(target, &record.name, head, progress)?)?;
    filler.finish(head)?;
    Ok(expected)
}

/// A book that an earlier run has copied: nobody may have written to it since.
fn compare(
    source: &mut dyn Reader,
    target: &mut dyn TargetPlace,
    record: &BookRecord,
    head: &Head,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, CopyError> {
    let mut reader = target.reader(&record.name).map_err(CopyError::Target)?;
    if reader.head().map_err(CopyError::Target)? != *head {
        return Err(CopyError::InUse(record.name.clone()));
    }
    let expected = summarize(source, head, progress)?;
    expected.expect(&summary_of(target, &record.name, head, progress)?)?;
    Ok(expected)
}

/// What the target has of a book whose head is to be `head`.
pub(crate) fn summary_of(
    target: &mut dyn TargetPlace,
    book: &BookName,
    head: &Head,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, CopyError> {
    let mut reader = target.reader(book).map_err(CopyError::Target)?;
    let mut result = Err(CopyError::Differs { what: "the snapshots" });
    let snapshot = reader.snapshot(&mut |reader| result = summarize(reader, head, progress));
    snapshot.map_err(CopyError::Target)?;
    result
}
