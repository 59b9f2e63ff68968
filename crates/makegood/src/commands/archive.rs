//! `makegood archive`: the journal sealed into files that never change. `docs/backup.md` has more.

use std::fs::{DirBuilder, File};
use std::io::BufReader;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use copies::{Segment, SegmentChain, write_segment};
use journal::Block;
use serde::Serialize;
use store::{BookName, Reader};

use crate::config::{Environment, PlaceArgs, Settings};
use crate::failure::{Done, Ending, Failure};
use crate::output::OutputArgs;
use crate::progress::Progress;
use crate::whole_file::{self, BUFFER_BYTES};
use crate::wiring::Location;

/// Bytes of blocks in a segment, about.
const SEGMENT_BYTES: usize = 16 << 20;

/// Seal what is new in every journal into segment files, and check those there are.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the archive; it gets a folder for each book.
    folder: PathBuf,
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
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    let settings = Settings::load(&args.place, None, &Environment::of_process())?;
    let mut place = Location::of(&settings).reading()?;
    let mut progress = Progress::new("journal", 0);
    let mut books = Vec::new();
    for record in place.contents()?.books {
        let mut reader = place.reader(&record.name)?;
        books.push(seal(&args.folder, &record.name, reader.as_mut(), &mut progress)?);
    }
    progress.finish();
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
    Ok(BookView::new(book, &chain, segments, 0))
}

fn seal(
    folder: &Path,
    book: &BookName,
    reader: &mut dyn Reader,
    progress: &mut Progress,
) -> Done<BookView> {
    let folder = folder.join(book.as_str());
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
    made.map_err(|error| Failure::file(&folder, &error))?;
    let (mut chain, segments) = read_all(&folder, book, reader)?;
    let (watermark, mut new) = (reader.head()?.watermark, 0);
    loop {
        let mut blocks = reader.blocks_after(chain.end().seq, SEGMENT_BYTES)?;
        // What the tables lack is still needed where it is.
        blocks.retain(|block| block.last_seq() <= watermark);
        let Some(segment) = Segment::of(book, &blocks) else { break };
        seal_one(&folder, &segment, &blocks, &mut chain)?;
        new += 1;
        progress.step("journal", chain.end().seq, watermark);
    }
    Ok(BookView::new(book, &chain, segments + new, new))
}

/// Writes a segment, and reads it back as whoever needs it one day would.
fn seal_one(folder: &Path, segment: &Segment, blocks: &[Block], chain: &mut SegmentChain) -> Done {
    let path = folder.join(segment.file_name());
    whole_file::write(&path, |out| Ok((write_segment(segment, blocks, out)?, ())))?;
    push(chain, &path)
}

/// Reads every segment there is, as the beginning of the journal.
fn read_all(folder: &Path, book: &BookName, reader: &mut dyn Reader) -> Done<(SegmentChain, u64)> {
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
    let mut chain = SegmentChain::new(book);
    for path in &paths {
        push(&mut chain, path)?;
    }
    let (head, end) = (reader.head()?, chain.end().seq);
    let last = if end == 0 { None } else { reader.block_of(end)? };
    chain.expect_beginning_of(&head, last.as_ref()).map_err(|error| {
        Failure::new(format!("the archive {} is not of this book: {error}", folder.display()))
    })?;
    Ok((chain, paths.len() as u64))
}

fn push(chain: &mut SegmentChain, path: &Path) -> Done {
    let file = File::open(path).map_err(|error| Failure::file(path, &error))?;
    let pushed = chain.push(BufReader::with_capacity(BUFFER_BYTES, file));
    pushed.map_err(|error| Failure::new(format!("segment {}: {error}", path.display())))?;
    Ok(())
}

impl BookView {
    fn new(book: &BookName, chain: &SegmentChain, segments: u64, new_segments: u64) -> BookView {
        let (archived_through, blocks) = (chain.end().seq, chain.blocks());
        BookView { book: book.to_string(), archived_through, segments, new_segments, blocks }
    }

    /// One line for people.
    pub(crate) fn line(&self) -> String {
        let BookView { book, archived_through, segments, new_segments, blocks } = self;
        format!(
            "archive of book {book}: {segments} segments ({new_segments} new), {blocks} blocks, \
             records 1 to {archived_through}\n"
        )
    }
}

fn text(view: &View) -> String {
    let lines: String = view.books.iter().map(BookView::line).collect();
    format!("{lines}sealed and read back in {}; the journal is left as it is", view.folder)
}
