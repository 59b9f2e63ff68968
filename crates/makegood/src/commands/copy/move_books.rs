//! `makegood move`: every book from one place to another, compared. `docs/moving.md` tells when.

use copies::{Chunks, move_books};
use serde::Serialize;

use super::{BookView, show};
use crate::config::{Environment, PlaceArgs, Settings};
use crate::failure::{Done, Ending, Failure};
use crate::output::OutputArgs;
use crate::progress::Progress;
use crate::wiring::Location;

/// Copy every book to another place, and compare. The source is left as it is.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where to: a fresh data folder, or a database.
    #[arg(long, value_name = "DIR|URL")]
    to: String,
    /// Where from; the data folder of the settings when left out.
    #[arg(long, value_name = "DIR|URL")]
    from: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// What was moved, and compared.
#[derive(Serialize)]
struct View {
    from: String,
    to: String,
    books: Vec<BookView>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    let settings = Settings::load(&args.place, None, &Environment::of_process())?;
    let from = args.from.as_deref().map_or_else(|| Location::of(&settings), Location::parse);
    let to = Location::parse(&args.to);
    let in_use = "stop the server first: books are moved while nobody serves them";
    let mut source = from.resting().map_err(|failure| failure.next_if_in_use(in_use))?;
    if from.is_same(&to) {
        return Err(Failure::new("source and target are the same").next("name another --to"));
    }
    let mut target = to.target().map_err(|failure| failure.next_if_in_use(in_use))?;
    let mut progress = Progress::new("journal", 0);
    let moved = move_books(source.as_mut(), target.as_mut(), Chunks::default(), &mut |_, at| {
        show(&mut progress, at);
    });
    progress.finish();
    let books = moved?.iter().map(BookView::moved).collect();
    let view = View { from: from.shown(), to: to.shown(), books };
    args.output.print(&view, || text(&view));
    Ok(Ending::Well)
}

fn text(view: &View) -> String {
    let View { from, to, books } = view;
    let books: String = books.iter().map(BookView::text).collect();
    format!(
        "{books}everything above is equal in {from} and {to}\n\
         serve {to} from now on, with the same keys folder, and never both"
    )
}
