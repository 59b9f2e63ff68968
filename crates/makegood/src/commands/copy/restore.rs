//! `makegood restore`: books out of a backup into a fresh place. `docs/backup.md` has more.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use copies::TargetPlace;
use outside::random::{Randomness, SystemRandomness};
use serde::Serialize;

use super::{BookView, hex, show};
use crate::config::{Environment, PlaceArgs, Settings};
use crate::failure::{Done, Ending, Failure};
use crate::output::OutputArgs;
use crate::progress::Progress;
use crate::whole_file::BUFFER_BYTES;
use crate::wiring::Location;

/// Fill a fresh place with the books of a backup. Each starts a new incarnation.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The backup.
    file: PathBuf,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// What was restored.
#[derive(Serialize)]
struct View {
    to: String,
    release: String,
    made_at: String,
    /// Fingerprints of the key rings that the books were made with.
    rings: Vec<String>,
    books: Vec<BookView>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    let settings = Settings::load(&args.place, None, &Environment::of_process())?;
    let file = File::open(&args.file).map_err(|error| Failure::file(&args.file, &error))?;
    let to = Location::of(&settings);
    let in_use = "restore into a fresh place: --data DIR";
    let mut target = to.target().map_err(|failure| failure.next_if_in_use(in_use))?;
    let mut progress = Progress::new("journal", 0);
    let mut draw = || SystemRandomness.next_u64();
    let input = BufReader::with_capacity(BUFFER_BYTES, file);
    let restored = copies::restore(input, target.as_mut(), &mut draw, &mut |_, at| {
        show(&mut progress, at);
    });
    progress.finish();
    let (manifest, moved) = restored?;
    let view = View {
        to: to.shown(),
        release: manifest.release,
        made_at: manifest.made_at.to_string(),
        rings: rings(target.as_mut(), &moved)?,
        books: moved.iter().map(BookView::moved).collect(),
    };
    args.output.print(&view, || text(&view, &settings.keys_folder().display().to_string()));
    Ok(Ending::Well)
}

fn rings(target: &mut dyn TargetPlace, moved: &[copies::Moved]) -> Done<Vec<String>> {
    let mut rings = Vec::new();
    for book in moved {
        let row = target.reader(&book.record.name)?.book()?;
        rings.extend(row.map(|row| hex(&row.ring)));
    }
    rings.sort();
    rings.dedup();
    Ok(rings)
}

fn text(view: &View, keys: &str) -> String {
    let View { to, release, made_at, rings, books } = view;
    let books: String = books.iter().map(BookView::text).collect();
    let rings = rings.join(", ");
    format!(
        "{books}restored into {to}, as of {made_at}, from a backup of release {release}\n\
         next: put the keys folder back as {keys} (ring {rings}), run `makegood verify`, \
         then `makegood serve`\n\
         whoever kept a cursor from before is refused with cursor_from_another_incarnation\n\
         webhook endpoints that were on are told nothing until each is enabled: \
         PATCH /v1/webhook-endpoints/{{id}} {{\"enabled\": true}}"
    )
}
