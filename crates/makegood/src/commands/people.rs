//! `makegood people`: roles for the first administrators; they give those of all others. And the
//! way back for whoever was frozen by another administrator.

use ::people::{AccountChange, AccountEvent, Role, Roles, SessionEnd};
use base::{Instant, PasskeyId, PersonId, Text};
use outside::clock::{Clock, SystemClock};
use outside::people::{AccountRows, Accounts, KnownPerson, PeopleError};
use serde::Serialize;
use store::BookName;

use crate::config::{Environment, PlaceArgs, Settings};
use crate::failure::{Done, Ending, Failure};
use crate::output::OutputArgs;
use crate::wiring::open_ring;

/// Give somebody these roles and no others; their sessions end. Or, without roles, unfreeze them or
/// confirm a passkey. Works while the server runs.
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
    /// A passkey of theirs, from before the roles, that counts for staff all the same: its id.
    #[arg(long, value_name = "PASSKEY")]
    confirm_passkey: Option<PasskeyId>,
    /// End a freeze of the account.
    #[arg(long)]
    unfreeze: bool,
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
    let is_about_roles =
        !args.roles.is_empty() || (args.confirm_passkey.is_none() && !args.unfreeze);
    let roles = if is_about_roles { Some(roles(&args.roles)?) } else { None };
    let deed = Deed { roles, confirm_passkey: args.confirm_passkey, unfreeze: args.unfreeze };
    let keys = settings.keys_folder();
    let ring = open_ring(&keys, false, &environment)?;
    let accounts = Accounts::open_or_create(&keys, &ring)?;
    let now = SystemClock::new().now();
    let given = accounts.transact(book.as_str(), |rows| do_it(rows, person, &deed, now))?;
    let Some((known, sessions_ended)) = given else {
        let what = match args.confirm_passkey {
            Some(passkey) => format!("nobody of book {book} has the id {person} and {passkey}"),
            None => format!("nobody of book {book} has the id {person}"),
        };
        return Err(Failure::new(what).next("have them sign in once"));
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

/// What is done to an account.
struct Deed {
    roles: Option<Roles>,
    confirm_passkey: Option<PasskeyId>,
    unfreeze: bool,
}

/// Nothing when there is no such person, or no such passkey of theirs.
fn do_it(
    rows: &AccountRows<'_>,
    person: PersonId,
    deed: &Deed,
    now: Instant,
) -> Result<Option<(KnownPerson, usize)>, PeopleError> {
    let Some(mut known) = rows.person(person)? else { return Ok(None) };
    let note = |change, subject: Option<String>| {
        let subject = subject.and_then(|subject| Text::new(&subject).ok());
        rows.add_event(&AccountEvent { person, by: None, change, subject, at: now })
    };
    let mut ended = 0;
    if let Some(passkey) = deed.confirm_passkey {
        if !rows.confirm_passkey(person, passkey, now)? {
            return Ok(None);
        }
        note(AccountChange::PasskeyConfirmed, Some(passkey.to_string()))?;
    }
    if let Some(active) = known.person.with_frozen(false).ok().filter(|_| deed.unfreeze) {
        known.person = active;
        note(AccountChange::Unfrozen, None)?;
    }
    if let Some(roles) = deed.roles {
        known.person = known.person.with_roles(roles, now);
        ended = rows.end_sessions(person, None, SessionEnd::Changed, now)?;
        let names: Vec<_> = roles.iter().map(Role::as_str).collect();
        note(AccountChange::RolesGiven, Some(names.join(" ")))?;
    }
    rows.put_person(&known)?;
    Ok(Some((known, ended)))
}
