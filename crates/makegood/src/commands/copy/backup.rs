//! `makegood backup`: every book in one file, while the server runs. `docs/backup.md` has more.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

use copies::{BookStart, Chunks, Place, Summary, check_backup, write_backup};
use outside::clock::{Clock, SystemClock};
use serde::Serialize;

use super::{BookView, show};
use crate::commands::doctor::data::last_backup;
use crate::config::{Environment, PlaceArgs, Settings};
use crate::failure::{Done, Ending, Failure};
use crate::output::{self, OutputArgs};
use crate::progress::Progress;
use crate::whole_file::{self, BUFFER_BYTES};
use crate::wiring::Location;

/// Write every book, API key and webhook endpoint into one file, while the server runs. Keys are
/// not in it.
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
        let books = whole_file::write(&args.file, |out| write(place.as_mut(), out, said))?;
        note_backup(&settings)?;
        books
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

/// For `doctor`, which looks how old the last backup is. What went through a pipe may have gone
/// nowhere, so that is not noted.
fn note_backup(settings: &Settings) -> Done {
    let path = last_backup(settings);
    // A database may be backed up from where no keys are.
    if !path.parent().is_some_and(Path::is_dir) {
        return Ok(());
    }
    std::fs::write(&path, "").map_err(|error| Failure::file(&path, &error))
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
