//! `makegood doctor`: the commonest mistakes of an installation, each with its cure.

mod data;
mod machine;
mod secrets;

use serde::Serialize;

use crate::config::{Environment, PlaceArgs, Settings};
use crate::failure::{Done, Ending};
use crate::output::OutputArgs;

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

/// What one look found.
#[derive(Debug, Serialize)]
struct Line {
    check: &'static str,
    grade: Grade,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

impl Line {
    fn ok(check: &'static str, found: impl Into<String>) -> Line {
        Line { check, grade: Grade::Ok, found: found.into(), fix: None }
    }

    fn warn(check: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Line {
        Line { check, grade: Grade::Warn, found: found.into(), fix: Some(fix.into()) }
    }

    fn fail(check: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Line {
        Line { check, grade: Grade::Fail, found: found.into(), fix: Some(fix.into()) }
    }
}

/// What every look is given.
struct Patient<'a> {
    settings: &'a Settings,
    environment: &'a Environment,
    /// True when another process has the data folder.
    is_served: bool,
}

/// Every look, in the order of the report.
const CHECKS: &[fn(&Patient<'_>) -> Line] = &[
    data::folder_is_writable,
    machine::disk_has_room,
    machine::sync_is_real_and_quick,
    machine::clock_is_sane,
    secrets::ring_is_closed_and_apart,
    secrets::ring_belongs_to_books,
    data::lock_is_free,
    machine::open_files_suffice,
    secrets::bootstrap_key_is_gone,
    data::tables_are_current,
    machine::port_is_free,
    data::variables_are_known,
];

/// Runs the command.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    let environment = Environment::of_process();
    let settings = Settings::load(&args.place, args.listen.as_deref(), &environment)?;
    let is_served = data::is_served(settings.data_folder());
    let patient = Patient { settings: &settings, environment: &environment, is_served };
    let lines: Vec<Line> = CHECKS.iter().map(|check| check(&patient)).collect();
    args.output.print(&lines, || text(&lines));
    let is_well = lines.iter().all(|line| line.grade != Grade::Fail);
    Ok(if is_well { Ending::Well } else { Ending::NotWell })
}

fn text(lines: &[Line]) -> String {
    let mut text = String::new();
    for Line { check, grade, found, fix } in lines {
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
