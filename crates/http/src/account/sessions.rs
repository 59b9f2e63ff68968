//! The session at hand, and those on other devices.

use axum::http::StatusCode;
use base::SessionId;
use people::{AccountChange, Permission, Role, SessionEnd, Way};
use serde::{Deserialize, Serialize};

use super::administration::find;
use super::cookies::Cookie;
use super::door::{Answer, ManagePeople, OwnAccount, Signed, transact, write_hash};
use super::events::Doer;
use crate::fields::refuse;
use crate::problem::{Problem, catalog};
use crate::views::{Id, Time};

#[derive(Serialize)]
struct CurrentView {
    person: Id<base::PersonId>,
    roles: Vec<&'static str>,
    permissions: Vec<&'static str>,
    ways: Vec<&'static str>,
    strength: &'static str,
    /// What forms and scripts of the page send along.
    csrf: String,
    session: SessionView,
}

#[derive(Serialize)]
struct SessionView {
    id: Id<SessionId>,
    device: Option<String>,
    is_current: bool,
    created_at: Time,
    used_at: Time,
    expires_at: Time,
}

impl SessionView {
    fn of(session: &people::Session, current: SessionId) -> SessionView {
        SessionView {
            id: Id(session.id),
            device: session.device.as_ref().map(|device| device.as_str().to_owned()),
            is_current: session.id == current,
            created_at: Time(session.created_at),
            used_at: Time(session.used_at),
            expires_at: Time(session.expires_at()),
        }
    }
}

#[derive(Serialize)]
struct ListView {
    data: Vec<SessionView>,
}

#[derive(Serialize)]
pub(crate) struct DoneView {
    pub(crate) status: &'static str,
}

/// Who is signed in, and what they may do.
pub(crate) async fn current(call: Signed<OwnAccount>) -> Result<Answer, Problem> {
    let Signed { visitor, known, session, token, .. } = call;
    let person = &known.person;
    let view = CurrentView {
        person: Id(person.id),
        roles: person.roles.iter().map(Role::as_str).collect(),
        permissions: session.permissions(person).iter().map(Permission::as_str).collect(),
        ways: session.ways.iter().map(Way::as_str).collect(),
        strength: session.ways.strength().as_str(),
        csrf: write_hash(token.csrf(&visitor.app, visitor.site())),
        session: SessionView::of(&session, session.id),
    };
    Ok(Answer::view(StatusCode::OK, &view))
}

/// Ends the session at hand.
pub(crate) async fn sign_out(call: Signed<OwnAccount>) -> Result<Answer, Problem> {
    let Signed { visitor, session, .. } = call;
    let ended = transact(&visitor.app, move |app, _, rows| {
        rows.put_session(&session.end(SessionEnd::SignedOut, app.now()))
    });
    ended.await?;
    let answer = Answer::view(StatusCode::OK, &DoneView { status: "signed_out" });
    Ok(answer.with(Cookie::Session.clear(visitor.site())))
}

/// The devices on which somebody is signed in.
pub(crate) async fn list(call: Signed<OwnAccount>) -> Result<Answer, Problem> {
    let Signed { visitor, session, known, .. } = call;
    let (person, current) = (known.person, session.id);
    let open = transact(&visitor.app, move |app, _, rows| {
        let mut open = rows.sessions_of(person.id)?;
        open.retain(|session| session.check(&person, app.now()).is_ok());
        Ok(open)
    });
    let data = open.await?.iter().map(|session| SessionView::of(session, current)).collect();
    Ok(Answer::view(StatusCode::OK, &ListView { data }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RevokeBody {
    session: String,
}

/// Ends one of somebody's sessions, or with `others` all but the one at hand.
pub(crate) async fn revoke(call: Signed<OwnAccount>) -> Result<Answer, Problem> {
    let RevokeBody { session } = call.visitor.read()?;
    let wanted: Option<SessionId> = match session.as_str() {
        "others" => None,
        id => {
            let id = id.parse();
            Some(id.map_err(|_| refuse("/session", "must be the id of a session, or others"))?)
        }
    };
    let (person, current) = (call.known.person.id, call.session.id);
    let browser = call.visitor.token(Cookie::Browser);
    let found = transact(&call.visitor.app, move |app, site, rows| {
        let Some(wanted) = wanted else {
            rows.end_sessions(person, Some(current), SessionEnd::Revoked, app.now())?;
            // Whoever was in one of them is a stranger from now on.
            let browser = browser.map(|token| token.hash(app, site, Cookie::Browser));
            rows.forget_browsers(person, browser)?;
            return Ok(true);
        };
        // Somebody else's session does not exist.
        let open = rows.sessions_of(person)?;
        let Some(session) = open.iter().find(|one| one.id == wanted) else { return Ok(false) };
        rows.put_session(&session.end(SessionEnd::Revoked, app.now()))?;
        Ok(true)
    });
    match found.await? {
        true => Ok(Answer::view(StatusCode::OK, &DoneView { status: "revoked" })),
        false => Err(Problem::new(&catalog::NOT_FOUND)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RolesBody {
    person: String,
    /// Names with blanks between, so that a form can send them.
    roles: String,
}

/// Gives somebody else these roles and no others; their sessions end, and they are told. Whoever
/// gets a first role of staff may add a passkey for three days; one from before does not count for
/// the role.
pub(crate) async fn give_roles(call: Signed<ManagePeople>) -> Result<Answer, Problem> {
    call.require_fresh()?;
    let RolesBody { person, roles } = call.visitor.read()?;
    let mut given = people::Roles::of_everybody();
    for name in roles.split_ascii_whitespace() {
        let role = Role::from_name(name);
        given = given.with(role.ok_or_else(|| refuse("/roles", "must be names of roles"))?);
    }
    let person = find(&person, &call.known)?;
    let Signed { visitor, known: by, .. } = call;
    let doer = Doer::of(&visitor, by.person.id);
    let found = transact(&visitor.app, move |app, _, rows| {
        let now = app.now();
        let Some(known) = rows.person(person)? else { return Ok(None) };
        let changed = known.person.with_roles(given, now);
        rows.put_person(&outside::people::KnownPerson { person: changed, ..known.clone() })?;
        rows.end_sessions(person, None, SessionEnd::Changed, now)?;
        let names: Vec<_> = given.iter().map(Role::as_str).collect();
        let what = (AccountChange::RolesGiven, Some(names.join(" ")));
        doer.note(rows, &known, what, now).map(Some)
    });
    let happened = found.await?.ok_or_else(|| Problem::new(&catalog::NOT_FOUND))?;
    happened.tell(&visitor.app);
    Ok(Answer::view(StatusCode::OK, &DoneView { status: "changed" }))
}
