//! `makegood archive`: the journal sealed into files that never change. `docs/backup.md` has more.

mod prune;

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use copies::{Segment, SegmentChain, write_segment};
use journal::Block;
use serde::Serialize;
use store::{BookName, Reader, StoreError};
use writer::Archived;

use crate::config::{Environment, PlaceArgs, Settings};
use crate::failure::{Done, Ending, Failure};
use crate::output::OutputArgs;
use crate::progress::Progress;
use crate::whole_file::{self, BUFFER_BYTES};
use crate::wiring::{Location, book_name};
use prune::Pruner;

/// Bytes of blocks in a segment, about.
const SEGMENT_BYTES: usize = 16 << 20;

/// Seal what is new in every journal into segment files, and check those there are.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the archive; it gets a folder for each book.
    folder: PathBuf,
    /// Only this book.
    #[arg(long, value_parser = book_name)]
    book: Option<BookName>,
    /// Remove from the journal what is in the archive and older than `journal_retention_days`.
    /// While a server runs it is asked to, with the key in MAKEGOOD_KEY.
    #[arg(long)]
    prune: bool,
    /// Address and port of that server.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Serialize)]
struct View {
    folder: String,
    books: Vec<BookView>,
}

/// The archive of one book.
#[derive(Serialize)]
pub(crate) struct BookView {
    book: String,
    /// The last record in it.
    archived_through: u64,
    segments: u64,
    new_segments: u64,
    blocks: u64,
    /// The last record that has left the journal; zero when it is whole.
    removed_to: u64,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    let environment = Environment::of_process();
    let settings = Settings::load(&args.place, args.listen.as_deref(), &environment)?;
    if args.prune && args.book.is_none() && environment.get("KEY").is_some() {
        let what = "a key opens one book";
        return Err(Failure::new(what).next("name its book: --book BOOK"));
    }
    let mut place = Location::of(&settings).reading()?;
    let mut progress = Progress::new("journal", 0);
    let mut books = Vec::new();
    let is_wanted = |name: &BookName| args.book.as_ref().is_none_or(|only| only == name);
    for record in place.contents()?.books.iter().filter(|record| is_wanted(&record.name)) {
        let mut reader = place.reader(&record.name)?;
        let (chain, view) = seal(&args.folder, &record.name, reader.as_mut(), &mut progress)?;
        books.push((record.name.clone(), chain.end(), view));
    }
    progress.finish();
    if let (Some(only), true) = (&args.book, books.is_empty()) {
        return Err(StoreError::NoSuchBook(only.to_string()).into());
    }
    // Only now that nothing of ours reads the books.
    drop(place);
    let pruner = args.prune.then(|| Pruner::new(&settings, &environment)).transpose()?;
    for (name, end, view) in &mut books {
        if let Some(pruner) = &pruner {
            let archived = Archived { seq: end.seq, hash: end.hash };
            view.removed_to = pruner.prune(name, archived)?;
        }
    }
    let books = books.into_iter().map(|(_, _, view)| view).collect();
    let view = View { folder: args.folder.display().to_string(), books };
    args.output.print(&view, || text(&view));
    Ok(Ending::Well)
}

/// Checks the archive of a book against its journal.
///
/// # Errors
///
/// A segment is damaged, missing, or of another history.
pub(crate) fn check(folder: &Path, book: &BookName, reader: &mut dyn Reader) -> Done<BookView> {
    let (chain, segments) = read_all(&folder.join(book.as_str()), book, reader)?;
    Ok(BookView::new(book, &chain, (segments, 0), reader.head()?.removed))
}

/// The blocks of an archive, a segment at a time.
pub(crate) struct Segments {
    book: BookName,
    paths: Vec<PathBuf>,
    chain: SegmentChain,
    next: usize,
}

impl Segments {
    /// Of the archive of a book.
    ///
    /// # Errors
    ///
    /// The folder cannot be read.
    pub(crate) fn open(folder: &Path, book: &BookName) -> Done<Segments> {
        let paths = segments_in(&folder.join(book.as_str()))?;
        Ok(Segments { book: book.clone(), paths, chain: SegmentChain::new(book), next: 0 })
    }

    /// Blocks after a record, from where the last call ended or from the beginning; none at the
    /// end.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] with the segment that is damaged.
    pub(crate) fn blocks_after(&mut self, seq: u64) -> Result<Vec<Block>, StoreError> {
        if seq < self.chain.end().seq {
            (self.chain, self.next) = (SegmentChain::new(&self.book), 0);
        }
        let mut blocks = Vec::new();
        while let Some(path) = self.paths.get(self.next) {
            let mut each = |block: Block| {
                if seq < block.last_seq() {
                    blocks.push(block);
                }
            };
            let pushed = push(&mut self.chain, path, &mut each);
            pushed.map_err(|failure| StoreError::Corrupt(failure.to_string()))?;
            self.next += 1;
            if !blocks.is_empty() {
                break;
            }
        }
        Ok(blocks)
    }
}

fn seal(
    folder: &Path,
    book: &BookName,
    reader: &mut dyn Reader,
    progress: &mut Progress,
) -> Done<(SegmentChain, BookView)> {
    let folder = folder.join(book.as_str());
    whole_file::make_folder(&folder)?;
    let (mut chain, segments) = read_all(&folder, book, reader)?;
    let head = reader.head()?;
    let (watermark, mut new) = (head.watermark, 0);
    loop {
        let mut blocks = reader.blocks_after(chain.end().seq, SEGMENT_BYTES)?;
        // What the tables lack is still needed where it is.
        blocks.retain(|block| block.last_seq() <= watermark);
        let Some(segment) = Segment::of(book, &blocks) else { break };
        seal_one(&folder, &segment, &blocks, &mut chain)?;
        new += 1;
        progress.step("journal", chain.end().seq, watermark);
    }
    let view = BookView::new(book, &chain, (segments + new, new), head.removed);
    Ok((chain, view))
}

/// Writes a segment, and reads it back as whoever needs it one day would.
fn seal_one(folder: &Path, segment: &Segment, blocks: &[Block], chain: &mut SegmentChain) -> Done {
    let path = folder.join(segment.file_name());
    whole_file::write(&path, |out| Ok((write_segment(segment, blocks, out)?, ())))?;
    push(chain, &path, &mut |_| {})
}

/// Reads every segment there is, as the beginning of the journal.
fn read_all(folder: &Path, book: &BookName, reader: &mut dyn Reader) -> Done<(SegmentChain, u64)> {
    let paths = segments_in(folder)?;
    let mut chain = SegmentChain::new(book);
    for path in &paths {
        push(&mut chain, path, &mut |_| {})?;
    }
    chain.expect_beginning_of(reader).map_err(|error| {
        Failure::new(format!("the archive {} is not of this book: {error}", folder.display()))
    })?;
    Ok((chain, paths.len() as u64))
}

/// The segments in a folder, in order.
fn segments_in(folder: &Path) -> Done<Vec<PathBuf>> {
    let refused = |error| Failure::file(folder, &error);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        let is_hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
        if path.extension().is_some_and(|it| it == "segment")
            && !path.file_name().is_some_and(is_hidden)
        {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn push(chain: &mut SegmentChain, path: &Path, each: &mut dyn FnMut(Block)) -> Done {
    let file = File::open(path).map_err(|error| Failure::file(path, &error))?;
    let pushed = chain.push_each(BufReader::with_capacity(BUFFER_BYTES, file), each);
    pushed.map_err(|error| Failure::new(format!("segment {}: {error}", path.display())))?;
    Ok(())
}

impl BookView {
    fn new(
        book: &BookName,
        chain: &SegmentChain,
        (segments, new_segments): (u64, u64),
        removed_to: u64,
    ) -> BookView {
        let (book, archived_through, blocks) = (book.to_string(), chain.end().seq, chain.blocks());
        BookView { book, archived_through, segments, new_segments, blocks, removed_to }
    }

    /// One line for people.
    pub(crate) fn line(&self) -> String {
        let BookView { book, archived_through, segments, new_segments, blocks, removed_to } = self;
        let begins = match removed_to {
            0 => String::new(),
            removed_to => format!("; the journal begins after record {removed_to}"),
        };
        format!(
            "archive of book {book}: {segments} segments ({new_segments} new), {blocks} blocks, \
             records 1 to {archived_through}{begins}\n"
        )
    }
}

fn text(view: &View) -> String {
    let lines: String = view.books.iter().map(BookView::line).collect();
    format!("{lines}sealed and read back in {}", view.folder)
}
