//! `makegood backup`: every book in one file, while the server runs. `docs/backup.md` has more.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use copies::{BookStart, Chunks, Place, Summary, check_backup, write_backup};
use outside::clock::{Clock, SystemClock};
use serde::Serialize;

use super::{BookView, show};
use crate::config::{Environment, PlaceArgs, Settings};
use crate::failure::{Done, Ending, Failure};
use crate::output::{self, OutputArgs};
use crate::progress::Progress;
use crate::wiring::Location;

/// Bytes written to a file at once.
const BUFFER_BYTES: usize = 1 << 20;

/// Write every book and API key into one file, while the server runs. Keys are not in it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file, made for you alone; `-` is standard output.
    file: PathBuf,
    /// Read a backup to its end and check everything in it, and write nothing.
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// What is in the backup.
#[derive(Serialize)]
struct View {
    file: String,
    release: String,
    made_at: String,
    api_keys: Option<u64>,
    books: Vec<BookView>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    if args.check {
        return check(args);
    }
    let settings = Settings::load(&args.place, None, &Environment::of_process())?;
    let mut place = Location::of(&settings).reading()?;
    let clock = SystemClock::new();
    let said = (env!("CARGO_PKG_VERSION"), clock.now());
    let is_piped = args.file.as_os_str() == "-";
    let books = if is_piped {
        write(place.as_mut(), io::stdout().lock(), said)?.1
    } else {
        write_file(place.as_mut(), &args.file, said)?
    };
    let view = View {
        file: args.file.display().to_string(),
        release: said.0.to_owned(),
        made_at: said.1.to_string(),
        api_keys: None,
        books: views(&books),
    };
    if is_piped {
        // Standard output has the backup.
        output::doing(&text(&view, "written"));
    } else {
        args.output.print(&view, || text(&view, "written"));
    }
    Ok(Ending::Well)
}

fn check(args: &Args) -> Done<Ending> {
    let file = File::open(&args.file).map_err(|error| Failure::file(&args.file, &error))?;
    let mut progress = Progress::new("journal", 0);
    let input = BufReader::with_capacity(BUFFER_BYTES, file);
    let checked = check_backup(input, &mut |_, at| show(&mut progress, at));
    progress.finish();
    let (manifest, books) = checked?;
    let view = View {
        file: args.file.display().to_string(),
        release: manifest.release,
        made_at: manifest.made_at.to_string(),
        api_keys: Some(manifest.keys),
        books: views(&books),
    };
    args.output.print(&view, || text(&view, "whole"));
    Ok(Ending::Well)
}

/// Writes under another name first, so that a file of this name is always a whole backup.
fn write_file(
    place: &mut dyn Place,
    path: &Path,
    said: (&str, base::Instant),
) -> Done<Vec<(BookStart, Summary)>> {
    let name = path.file_name().ok_or_else(|| {
        Failure::new(format!("{} names no file", path.display())).next("name a file to write")
    })?;
    let part = path.with_file_name(format!(".{}.part", name.to_string_lossy()));
    let refused = |error: io::Error| Failure::file(&part, &error);
    if part.exists() {
        // Of a backup that was interrupted.
        std::fs::remove_file(&part).map_err(refused)?;
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
    let file = file.map_err(refused)?;
    let written = write(place, BufWriter::with_capacity(BUFFER_BYTES, file), said);
    let kept = written.and_then(|(out, books)| {
        let file = out.into_inner().map_err(|error| refused(error.into_error()))?;
        file.sync_all().map_err(refused)?;
        std::fs::rename(&part, path).map_err(|error| Failure::file(path, &error))?;
        sync_folder(path)?;
        Ok(books)
    });
    if kept.is_err() {
        // What there is of it is no backup; if it cannot be removed either, its name says so.
        let _ = std::fs::remove_file(&part);
    }
    kept
}

fn write<W: Write>(
    place: &mut dyn Place,
    out: W,
    said: (&str, base::Instant),
) -> Done<(W, Vec<(BookStart, Summary)>)> {
    let mut progress = Progress::new("journal", 0);
    let chunks = Chunks::default();
    let written = write_backup(place, out, said, chunks, &mut |at| show(&mut progress, at));
    progress.finish();
    Ok(written?)
}

/// Without this the new name may be lost with the power.
fn sync_folder(path: &Path) -> Done {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| Failure::file(folder, &error))
}

fn views(books: &[(BookStart, Summary)]) -> Vec<BookView> {
    books.iter().map(|(start, summary)| BookView::new(&start.record, summary)).collect()
}

fn text(view: &View, what: &str) -> String {
    let View { file, release, made_at, books, .. } = view;
    let books: String = books.iter().map(BookView::text).collect();
    format!(
        "{books}backup {file}: {what}; made {made_at} by release {release}\n\
         it holds no keys: back the keys folder up apart from it"
    )
}
