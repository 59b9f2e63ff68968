//! `makegood books`: which process owns which book, where several share a database.

use serde::Serialize;
use store::{BookName, Leases, Owner};

use crate::config::{Environment, PlaceArgs, Settings};
use crate::failure::{Done, Ending, Failure};
use crate::output::OutputArgs;
use crate::wiring::{book_name, leases};

/// Show which process owns which book, and move one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List the books that a process owns now.
    List(Common),
    /// Ask the owner of a book to hand it over to another process; without one it keeps it.
    Move(MoveArgs),
}

/// What every action takes.
#[derive(Debug, clap::Args)]
struct Common {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, clap::Args)]
struct MoveArgs {
    /// The book.
    #[arg(value_parser = book_name)]
    book: BookName,
    #[command(flatten)]
    common: Common,
}

/// A book with its owner, as it is shown.
#[derive(Serialize)]
struct OwnedView {
    book: String,
    address: String,
    process: String,
    term: u64,
    lease_ms: u128,
    hand_over: bool,
}

/// What was asked.
#[derive(Serialize)]
struct MoveView {
    book: String,
    asked: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    match &args.action {
        Action::List(common) => list(common),
        Action::Move(args) => ask_to_move(args),
    }
}

fn list(common: &Common) -> Done<Ending> {
    let owners = open(common)?.owners()?;
    let views: Vec<OwnedView> = owners.iter().map(|(book, owner)| view(book, owner)).collect();
    common.output.print(&views, || match views.is_empty() {
        true => "no process owns a book".to_owned(),
        false => views.iter().map(line).collect(),
    });
    Ok(Ending::Well)
}

fn ask_to_move(args: &MoveArgs) -> Done<Ending> {
    let asked = open(&args.common)?.ask_hand_over(&args.book)?;
    let book = args.book.to_string();
    let text = match asked {
        true => format!("the owner of {book} was asked to hand it over: see `makegood books list`"),
        false => format!("no process owns {book}: the next one that looks takes it"),
    };
    args.common.output.print(&MoveView { book, asked }, || text);
    Ok(if asked { Ending::Well } else { Ending::NotWell })
}

fn open(common: &Common) -> Done<Box<dyn Leases>> {
    let settings = Settings::load(&common.place, None, &Environment::of_process())?;
    leases(&settings)?.ok_or_else(|| {
        let what = "the data is kept in files, and one process has all of its books";
        Failure::new(what).next("to let several processes share them, use a database: --database")
    })
}

fn view(book: &BookName, owner: &Owner) -> OwnedView {
    OwnedView {
        book: book.to_string(),
        address: owner.member.address.clone(),
        process: owner.member.process.clone(),
        term: owner.term.0,
        lease_ms: owner.remaining.as_millis(),
        hand_over: owner.hand_over,
    }
}

fn line(view: &OwnedView) -> String {
    let OwnedView { book, address, term, lease_ms, hand_over, .. } = view;
    let asked = if *hand_over { "  asked to hand over" } else { "" };
    format!("{book}  {address}  term {term}  lease {lease_ms} ms{asked}\n")
}
