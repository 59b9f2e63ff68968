//! `makegood import`: taking over what another system kept. `docs/import.md` is its manual.

mod cards;
mod codes;
mod dates;
mod file;
mod post;
mod report;
mod row;
mod totals;

use std::path::PathBuf;

use base::ProgramId;
use store::BookName;

use crate::config::{Environment, PlaceArgs, Settings};
use crate::failure::{Done, Ending};
use crate::output::OutputArgs;
use crate::wiring::{Installation, OpenBook, book_name};

use cards::CardMaker;
use codes::Codes;
use post::Entry;
use report::{ReportFile, View};
use totals::Owed;

/// Take over gift cards from another system.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Gift cards, from the export of the shop (CSV).
    GiftCards(GiftCardsArgs),
}

/// Gift cards, from the export of the shop.
#[derive(Debug, clap::Args)]
struct GiftCardsArgs {
    /// The export: a header and one line a card.
    file: PathBuf,
    /// Codes of the cards, by id or last characters. Cards without one get a new code.
    #[arg(long, value_name = "FILE")]
    codes: Option<PathBuf>,
    /// The book that takes them over.
    #[arg(long, value_parser = book_name, default_value = "live")]
    book: BookName,
    /// The program they belong to from now on.
    #[arg(long, value_name = "ID")]
    program: Option<ProgramId>,
    /// Say what would happen, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write every row's result there, new codes included. Only you can read it.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    let What::GiftCards(args) = &args.what;
    let environment = Environment::of_process();
    let settings = Settings::load(&args.place, None, &environment)?;
    let lines = file::read(&args.file)?;
    let codes = args.codes.as_deref().map(Codes::read).transpose()?.unwrap_or_default();
    let installation = Installation::open(&settings, &environment).map_err(|failure| {
        failure.next_if_in_use("stop the server for the time of the import, then start it again")
    })?;
    let record = installation.book(&args.book)?;
    let report = args.report.as_deref().map(ReportFile::create).transpose()?;
    let book = installation.open_book(&record)?;
    let ended = import(args, &installation, &book, lines, &codes, report);
    // Swept whatever happened, so that the next reader sees it.
    book.stop();
    ended
}

fn import(
    args: &GiftCardsArgs,
    installation: &Installation,
    book: &OpenBook,
    lines: Vec<file::Line>,
    codes: &Codes,
    report: Option<ReportFile>,
) -> Done<Ending> {
    let before = Owed::now(installation, book)?;
    let rows = row::check_all(lines, codes);
    let maker = CardMaker::new(installation, book, args.program)?;
    let entries: Vec<Entry> =
        if args.dry_run { post::pretend(&maker, rows)? } else { post::post_all(&maker, rows)? };
    let after = Owed::now(installation, book)?;
    let view = View::new(&entries, args.dry_run, &before, &after);
    if let Some(report) = report {
        report.write(&maker, &entries)?;
    }
    args.output.print(&view, || view.text(args.report.is_some()));
    Ok(if view.agrees() { Ending::Well } else { Ending::NotWell })
}
