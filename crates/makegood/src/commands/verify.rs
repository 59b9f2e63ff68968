//! `makegood verify`: the proof that an installation is sound. It writes nothing, and runs beside
//! a server.

use std::path::{Path, PathBuf};

use outside::keyring::KeyRing;
use reports::{Step, VerifyReport};
use serde::Serialize;
use store::{BookName, BookRecord, ControlContents, StoreError};

use crate::commands::archive::{self, Segments};
use crate::config::{Environment, PlaceArgs, Settings};
use crate::failure::{Done, Ending};
use crate::output::OutputArgs;
use crate::progress::Progress;
use crate::wiring::{Location, RING_FILE, open_ring, ring_bytes};

/// Recompute every balance from the journal and compare it with the tables.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Check the segments in this folder too, as the beginning of each journal.
    #[arg(long, value_name = "DIR")]
    archive: Option<PathBuf>,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// What was verified, and what is wrong.
#[derive(Serialize)]
struct View {
    sound: bool,
    books: Vec<BookView>,
    /// About the installation as a whole.
    findings: Vec<String>,
    /// What could not be looked at, and why.
    notes: Vec<String>,
}

#[derive(Serialize)]
struct BookView {
    book: String,
    sound: bool,
    /// Sixteen hexadecimal digits; absent when control.db cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    incarnation: Option<String>,
    sequence: u64,
    /// The last record that was not replayed, for it has left the journal.
    replayed_after: u64,
    records: u64,
    transfers: u64,
    rows: u64,
    entries: u64,
    findings: Vec<String>,
    findings_left_off: u64,
    /// What of the journal is archived too; absent unless asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    archive: Option<archive::BookView>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    let environment = Environment::of_process();
    let settings = Settings::load(&args.place, None, &environment)?;
    let location = Location::of(&settings);
    let names = location.books()?;
    let mut view = View { sound: true, books: Vec::new(), findings: Vec::new(), notes: Vec::new() };
    let listed = check_control(&location, &names, &mut view);
    let ring_file = settings.keys_folder().join(RING_FILE);
    let ring = match open_ring(&settings.keys_folder(), false, &environment) {
        Ok(ring) => Some(ring),
        // Of data that was restored or moved, and has not got its keys back yet.
        Err(_) if environment.get("KEY_RING").is_none() && !ring_file.exists() => {
            let ring_file = ring_file.display();
            view.notes.push(format!(
                "there is no key ring {ring_file}: it was not compared with the books; put it back \
                 before `makegood serve`, or name its folder with --keys DIR"
            ));
            None
        }
        Err(failure) => {
            view.findings.push(format!("key ring: {failure}"));
            None
        }
    };
    for name in &names {
        let record = listed.iter().find(|record| record.name == *name);
        let incarnation = record.map(|record| format!("{:016x}", record.incarnation));
        match check_book(&location, name, ring.as_ref(), args.archive.as_deref(), &mut view.notes) {
            Ok(mut book) => {
                book.incarnation = incarnation;
                if let Some(folder) = &args.archive {
                    book.check_archive(folder, &location, name);
                }
                view.books.push(book);
            }
            Err(error) => view.findings.push(format!("book {name}: {error}")),
        }
    }
    view.sound = view.findings.is_empty() && view.books.iter().all(|book| book.sound);
    args.output.print(&view, || text(&view));
    Ok(if view.sound { Ending::Well } else { Ending::NotWell })
}

/// Every book that is there is listed and the other way round, and every key has its book. Returns
/// the books that are listed.
fn check_control(location: &Location, names: &[BookName], view: &mut View) -> Vec<BookRecord> {
    let ControlContents { books, keys, .. } = match location.control() {
        Ok(contents) => contents,
        Err(error) => {
            view.findings.push(format!("control store: {error}; restore it from a backup"));
            return Vec::new();
        }
    };
    let findings = &mut view.findings;
    for book in books.iter().filter(|book| !names.contains(&book.name)) {
        findings.push(format!("control store: the file of book {} is missing", book.name));
    }
    for name in names.iter().filter(|name| books.iter().all(|book| book.name != **name)) {
        findings.push(format!("control store: book {name} is not listed, so it is not served"));
    }
    for key in keys.iter().filter(|key| books.iter().all(|book| book.name != key.book)) {
        let missing = format!("{} opens book {}, which is missing", key.id, key.book);
        findings.push(format!("control store: {missing}"));
    }
    books
}

fn check_book(
    location: &Location,
    name: &BookName,
    ring: Option<&KeyRing>,
    archive: Option<&Path>,
    notes: &mut Vec<String>,
) -> Result<BookView, StoreError> {
    let mut reader = location.reader(name)?;
    if reader.head()?.is_filling() {
        return Err(StoreError::HalfFilled(name.to_string()));
    }
    // An archive that cannot be opened is named by its own check.
    let mut segments = archive.and_then(|folder| Segments::open(folder, name).ok());
    let mut archived = segments.as_mut().map(|segments| |seq| segments.blocks_after(seq));
    let archived = archived.as_mut().map(|archived| archived as reports::Archive<'_>);
    let mut progress = Progress::new("journal", 0);
    let report = reports::verify(reader.as_mut(), archived, &mut |at| {
        progress.step(step_name(at.step), at.done, at.total);
    });
    progress.finish();
    let mut view = BookView::new(name, report?);
    if view.replayed_after > 0 {
        notes.push(format!(
            "book {name}: records 1 to {} have left the journal: their entries were held against \
             one another; --archive DIR replays them",
            view.replayed_after
        ));
    }
    match (reader.book()?, ring) {
        (Some(book), Some(ring)) if book.ring != ring_bytes(ring) => {
            view.findings.push("ring: the book was made with another key ring".to_owned());
            view.sound = false;
        }
        (None, _) => notes.push(format!("book {name} was not swept yet: its ring is not compared")),
        _ => {}
    }
    Ok(view)
}

fn step_name(step: Step) -> &'static str {
    match step {
        Step::Journal => "journal",
        Step::Objects => "objects",
        Step::Rows => "rows",
        Step::Entries => "entries",
    }
}

impl BookView {
    /// Checks that the segments of the book are the beginning of its journal.
    fn check_archive(&mut self, folder: &Path, location: &Location, name: &BookName) {
        let checked = match location.reader(name) {
            Ok(mut reader) => archive::check(folder, name, reader.as_mut()),
            Err(error) => Err(error.into()),
        };
        match checked {
            Ok(archive) => self.archive = Some(archive),
            Err(failure) => {
                self.findings.push(failure.to_string());
                self.sound = false;
            }
        }
    }

    fn new(name: &BookName, report: VerifyReport) -> BookView {
        BookView {
            book: name.to_string(),
            sound: report.is_sound(),
            incarnation: None,
            sequence: report.head.seq,
            replayed_after: report.from,
            records: report.records,
            transfers: report.transfers,
            rows: report.rows,
            entries: report.entries,
            findings: report.findings.iter().map(ToString::to_string).collect(),
            findings_left_off: report.findings_left_off,
            archive: None,
        }
    }
}

fn text(view: &View) -> String {
    let mut text = String::new();
    for book in &view.books {
        let BookView { book: name, records, transfers, rows, entries, .. } = book;
        let verdict = if book.sound { "sound" } else { "NOT SOUND" };
        text += &format!(
            "book {name}: {verdict}; {records} records, {transfers} transfers, {rows} rows, \
             {entries} entries"
        );
        let incarnation = book.incarnation.as_deref();
        text += &incarnation.map_or("\n".to_owned(), |it| format!("; incarnation {it}\n"));
        if let Some(archive) = &book.archive {
            text += &format!("  {}", archive.line());
        }
        for finding in &book.findings {
            text += &format!("  {finding}\n");
        }
        if book.findings_left_off > 0 {
            text += &format!("  and {} more\n", book.findings_left_off);
        }
    }
    view.findings.iter().for_each(|finding| text += &format!("{finding}\n"));
    view.notes.iter().for_each(|note| text += &format!("note: {note}\n"));
    text + if view.sound { "everything agrees" } else { "something is off: see above" }
}
