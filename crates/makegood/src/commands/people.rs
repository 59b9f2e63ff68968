//! `makegood people`: roles for the first administrators; they give those of all others.

use ::people::{Role, Roles, SessionEnd};
use base::{Instant, PersonId};
use outside::clock::{Clock, SystemClock};
use outside::people::{AccountRows, Accounts, KnownPerson, PeopleError};
use serde::Serialize;
use store::BookName;

use crate::config::{Environment, PlaceArgs, Settings};
use crate::failure::{Done, Ending, Failure};
use crate::output::OutputArgs;
use crate::wiring::open_ring;

/// Give somebody these roles and no others; their sessions end. Works while the server runs.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Who: the id that /account/session shows after they have signed in.
    person: String,
    /// The book of the account.
    #[arg(long)]
    book: String,
    /// Roles with commas between them: advertiser, support, claims, finance, admin; or none.
    #[arg(long, value_delimiter = ',')]
    roles: Vec<String>,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Serialize)]
struct View {
    person: String,
    roles: Vec<&'static str>,
    /// Until when a first passkey may be added, if one may.
    enrol_until: Option<String>,
    sessions_ended: usize,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Done<Ending> {
    let environment = Environment::of_process();
    let settings = Settings::load(&args.place, None, &environment)?;
    let person: PersonId = args.person.parse().map_err(|error| {
        Failure::new(error).next("take the id from /account/session after they have signed in")
    })?;
    let book = BookName::new(&args.book).map_err(Failure::new)?;
    let roles = roles(&args.roles)?;
    let keys = settings.keys_folder();
    let ring = open_ring(&keys, false, &environment)?;
    let accounts = Accounts::open_or_create(&keys, &ring)?;
    let now = SystemClock::new().now();
    let given = accounts.transact(book.as_str(), |rows| give(rows, person, roles, now))?;
    let Some((known, sessions_ended)) = given else {
        return Err(Failure::new(format!("nobody of book {book} has the id {person}"))
            .next("have them sign in once"));
    };
    let roles = known.person.roles.iter().map(Role::as_str).collect();
    let enrol_until = known.person.enrol_until.map(|until| until.to_string());
    let view = View { person: person.to_string(), roles, enrol_until, sessions_ended };
    args.output.print(&view, || {
        let open = view.enrol_until.as_ref().map(|until| {
            format!("\nuntil {until} they may sign in by mail and add a passkey, which they need")
        });
        let (roles, open) = (view.roles.join(", "), open.unwrap_or_default());
        format!("{person} is {roles}; {sessions_ended} sessions were ended{open}")
    });
    Ok(Ending::Well)
}

fn roles(names: &[String]) -> Done<Roles> {
    names.iter().filter(|name| !name.is_empty()).try_fold(Roles::of_everybody(), |all, name| {
        let role = Role::from_name(name).ok_or_else(|| {
            let names = Role::ALL.map(Role::as_str).join(", ");
            Failure::new(format!("there is no role {name}")).next(format!("take of {names}"))
        });
        Ok(all.with(role?))
    })
}

fn give(
    rows: &AccountRows<'_>,
    person: PersonId,
    roles: Roles,
    now: Instant,
) -> Result<Option<(KnownPerson, usize)>, PeopleError> {
    let Some(known) = rows.person(person)? else { return Ok(None) };
    let changed = KnownPerson { person: known.person.with_roles(roles, now), ..known };
    rows.put_person(&changed)?;
    let ended = rows.end_sessions(person, None, SessionEnd::Changed, now)?;
    Ok(Some((changed, ended)))
}
