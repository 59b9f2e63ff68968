//! `makegood doctor`: the commonest mistakes of an installation, each with its cure.

pub(crate) mod data;
mod database;
mod disk;
mod machine;
mod network;
mod secrets;

use std::cell::OnceCell;

use serde::Serialize;
use store::BookName;

use crate::config::{Environment, PlaceArgs, Settings};
use crate::failure::{Done, Ending, Failure};
use crate::output::OutputArgs;
use crate::wiring::Location;

/// Look for the commonest mistakes of an installation.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address the server is going to listen on.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Grade {
    Ok,
    Warn,
    Fail,
}

/// What one look found, and what to do about it.
#[derive(Debug, Serialize)]
struct Finding {
    grade: Grade,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

impl Finding {
    fn ok(found: impl Into<String>) -> Finding {
        Finding { grade: Grade::Ok, found: found.into(), fix: None }
    }

    fn warn(found: impl Into<String>, fix: impl Into<String>) -> Finding {
        Finding { grade: Grade::Warn, found: found.into(), fix: Some(fix.into()) }
    }

    fn fail(found: impl Into<String>, fix: impl Into<String>) -> Finding {
        Finding { grade: Grade::Fail, found: found.into(), fix: Some(fix.into()) }
    }

    /// `serve` would end with this.
    fn refused(failure: Failure, usual_fix: &str) -> Finding {
        let (what, next) = failure.into_words();
        Finding::fail(what, next.unwrap_or_else(|| usual_fix.to_owned()))
    }
}

/// A line of the report.
#[derive(Debug, Serialize)]
struct Line {
    check: &'static str,
    #[serde(flatten)]
    finding: Finding,
}

/// One look at an installation: for a mistake that somebody made before.
struct Check {
    /// Stable name, as `--json` shows it.
    name: &'static str,
    look: fn(&Patient<'_>) -> Finding,
}

/// What every look is given.
struct Patient<'a> {
    settings: &'a Settings,
    environment: &'a Environment,
    /// Where the books are.
    location: Location,
    /// True when another process has the data folder.
    is_served: bool,
    /// What the server of a database tells about itself, asked once for all looks.
    server: OnceCell<database::Told>,
}

impl Patient<'_> {
    /// The books that are listed, for those are served; none when they cannot be listed, which a
    /// look of its own tells.
    fn books(&self) -> Vec<BookName> {
        let contents = self.location.control();
        contents.map_or_else(|_| Vec::new(), |it| it.books.into_iter().map(|it| it.name).collect())
    }
}

/// Looks at books and what belongs to them, which ask the data.
const OF_BOOKS: &[Check] = &[
    Check { name: "clock", look: machine::clock_is_sane },
    Check { name: "key ring", look: secrets::ring_is_closed_and_apart },
    Check { name: "ring and books", look: secrets::ring_belongs_to_books },
    Check { name: "keys of persons", look: secrets::people_are_there },
    Check { name: "API keys", look: secrets::books_have_keys },
    Check { name: "bootstrap key", look: secrets::bootstrap_key_is_gone },
];

/// Looks at settings and the machine, wherever the data is.
const OF_ALL: &[Check] = &[
    Check { name: "mail", look: data::mail_is_whole },
    Check { name: "rails", look: data::rails_are_whole },
    Check { name: "time service", look: machine::clock_is_kept },
    Check { name: "open files", look: machine::open_files_suffice },
    Check { name: "address", look: network::address_is_private },
    Check { name: "port", look: network::port_is_free },
    Check { name: "environment", look: data::variables_are_known },
];

/// Looks at a database, before the others.
const OF_DATABASES: &[Check] = &[
    Check { name: "database", look: database::it_answers },
    Check { name: "durability", look: database::commits_are_durable },
    Check { name: "standby", look: database::standby_is_waited_for },
    Check { name: "connections", look: database::connections_suffice },
    Check { name: "database clock", look: database::clocks_agree },
    Check { name: "owners", look: database::books_are_owned },
    Check { name: "backup", look: data::backup_is_recent },
];

/// Looks at a data folder, before the others.
const OF_FILES: &[Check] = &[
    Check { name: "data folder", look: data::folder_is_writable },
    Check { name: "data is closed", look: data::folder_is_closed },
    Check { name: "local disk", look: disk::data_is_local },
    Check { name: "disk space", look: disk::disk_has_room },
    Check { name: "growth", look: disk::disk_lasts },
    Check { name: "disk sync", look: disk::sync_is_real_and_quick },
    Check { name: "lock", look: data::lock_is_free },
    Check { name: "tables", look: data::tables_are_current },
    Check { name: "backup", look: data::backup_is_recent },
];

/// Runs the command.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    let environment = Environment::of_process();
    let settings = Settings::load(&args.place, args.listen.as_deref(), &environment)?;
    let is_served = settings.database().is_none() && data::is_served(settings.data_folder());
    let location = Location::of(&settings);
    let server = OnceCell::new();
    let patient =
        Patient { settings: &settings, environment: &environment, location, is_served, server };
    let (of_place, of_books) = match &patient.location {
        Location::Folder(_) => (OF_FILES, OF_BOOKS),
        Location::Database(_) if database::answers(&patient) => (OF_DATABASES, OF_BOOKS),
        // What is behind a database that does not answer would only fail in the same words.
        Location::Database(_) => (&OF_DATABASES[..1], &[][..]),
    };
    let look = |check: &Check| Line { check: check.name, finding: (check.look)(&patient) };
    let lines: Vec<Line> = of_place.iter().chain(of_books).chain(OF_ALL).map(look).collect();
    args.output.print(&lines, || text(&lines));
    let is_well = lines.iter().all(|line| line.finding.grade != Grade::Fail);
    Ok(if is_well { Ending::Well } else { Ending::NotWell })
}

fn text(lines: &[Line]) -> String {
    let mut text = String::new();
    for Line { check, finding: Finding { grade, found, fix } } in lines {
        let grade = match grade {
            Grade::Ok => "ok  ",
            Grade::Warn => "warn",
            Grade::Fail => "FAIL",
        };
        text += &format!("{grade}  {check}: {found}\n");
        if let Some(fix) = fix {
            text += &format!("      fix: {fix}\n");
        }
    }
    text
}
