//! What administrators do to the accounts of others. Each of it is written down, and the owner is
//! told of what changes something for them.

use std::sync::Arc;

use axum::http::StatusCode;
use base::{PasskeyId, PersonId};
use outside::people::{AccountRows, KnownPerson, KnownTotp, PeopleError};
use people::totp::Totp;
use people::{
    AccountChange, AccountEvent, AddressLog, RecoveryCodes, Refusal, Role, SessionEnd, Tries, Way,
};
use serde::{Deserialize, Serialize};

use super::door::{Answer, ManagePeople, OwnAccount, Signed, refused, transact};
use super::events::Doer;
use super::passkeys::counts_for_staff;
use super::sessions::DoneView;
use crate::app::App;
use crate::fields::refuse;
use crate::problem::{Problem, catalog};
use crate::views::{Id, Time};

/// Events that are shown at once.
const SHOWN_MAX: u32 = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonBody {
    person: String,
}

/// The person that an administrator means; nobody does such things to themselves.
///
/// # Errors
///
/// `invalid_request` at `/person`; `same_person`.
pub(crate) fn find(text: &str, by: &KnownPerson) -> Result<PersonId, Problem> {
    let person = text.parse().map_err(|_| refuse("/person", "must be the id of a person"))?;
    match person == by.person.id {
        true => Err(refused(Refusal::SamePerson)),
        false => Ok(person),
    }
}

/// What is done to an account: a step on its rows, and how it is written down; `None` when there
/// is nothing to be done.
type Deed = (AccountChange, Option<String>);

async fn administer(
    call: Signed<ManagePeople>,
    person: &str,
    status: &'static str,
    deed: impl FnOnce(
        &App,
        &AccountRows<'_>,
        &KnownPerson,
    ) -> Result<Result<Deed, Refusal>, PeopleError>
    + Send
    + 'static,
) -> Result<Answer, Problem> {
    call.require_fresh()?;
    let person = find(person, &call.known)?;
    let Signed { visitor, known: by, .. } = call;
    let doer = Doer::of(&visitor, by.person.id);
    let done = transact(&visitor.app, move |app, _, rows| {
        let Some(known) = rows.person(person)? else { return Ok(None) };
        match deed(app, rows, &known)? {
            Ok(what) => doer.note(rows, &known, what, app.now()).map(|it| Some(Ok(it))),
            Err(refusal) => Ok(Some(Err(refusal))),
        }
    });
    let done = done.await?.ok_or_else(|| Problem::new(&catalog::NOT_FOUND))?;
    done.map_err(refused)?.tell(&visitor.app);
    Ok(Answer::view(StatusCode::OK, &DoneView { status }))
}

/// Freezes an account: all sessions end, and nobody signs in.
pub(crate) async fn freeze(call: Signed<ManagePeople>) -> Result<Answer, Problem> {
    let PersonBody { person } = call.visitor.read()?;
    administer(call, &person, "frozen", |app, rows, known| {
        let frozen = match known.person.with_frozen(true) {
            Ok(person) => KnownPerson { person, ..known.clone() },
            Err(refusal) => return Ok(Err(refusal)),
        };
        rows.put_person(&frozen)?;
        end_everywhere(app, rows, known.person.id)?;
        Ok(Ok((AccountChange::Frozen, None)))
    })
    .await
}

/// Ends the freeze of an account.
pub(crate) async fn unfreeze(call: Signed<ManagePeople>) -> Result<Answer, Problem> {
    let PersonBody { person } = call.visitor.read()?;
    administer(call, &person, "unfrozen", |_, rows, known| {
        let active = match known.person.with_frozen(false) {
            Ok(person) => KnownPerson { person, ..known.clone() },
            Err(refusal) => return Ok(Err(refusal)),
        };
        rows.put_person(&active)?;
        Ok(Ok((AccountChange::Unfrozen, None)))
    })
    .await
}

/// Signs somebody out everywhere; no browser of theirs is known any longer.
pub(crate) async fn sign_out(call: Signed<ManagePeople>) -> Result<Answer, Problem> {
    let PersonBody { person } = call.visitor.read()?;
    administer(call, &person, "signed_out", |app, rows, known| {
        end_everywhere(app, rows, known.person.id)?;
        Ok(Ok((AccountChange::SignedOut, None)))
    })
    .await
}

/// Ends all sessions of somebody, and forgets their browsers.
///
/// # Errors
///
/// Those of the rows.
pub(crate) fn end_everywhere(
    app: &App,
    rows: &AccountRows<'_>,
    person: PersonId,
) -> Result<(), PeopleError> {
    rows.end_sessions(person, None, SessionEnd::Revoked, app.now())?;
    rows.forget_browsers(person, None)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReopenBody {
    person: String,
    way: String,
}

/// Opens a way in again that wrong tries have closed or made slow: what was counted is forgotten.
pub(crate) async fn reopen(call: Signed<ManagePeople>) -> Result<Answer, Problem> {
    let ReopenBody { person, way } = call.visitor.read()?;
    let closable = [Way::MailCode, Way::Totp, Way::RecoveryCode];
    let way = closable.into_iter().find(|one| one.as_str() == way);
    let way =
        way.ok_or_else(|| refuse("/way", "must be one of mail_code, totp and recovery_code"))?;
    administer(call, &person, "reopened", move |app, rows, known| {
        clear(app, rows, known, way)?;
        Ok(Ok((AccountChange::WayReopened, Some(way.as_str().to_owned()))))
    })
    .await
}

fn clear(
    app: &App,
    rows: &AccountRows<'_>,
    known: &KnownPerson,
    way: Way,
) -> Result<(), PeopleError> {
    let (person, tries) = (known.person.id, Tries::cleared());
    match way {
        Way::MailCode => match known.address {
            Some(address) => rows.put_address(address, &AddressLog::default(), app.now()),
            None => Ok(()),
        },
        Way::Totp => match rows.totp(person)? {
            Some(found) => {
                let totp = Totp { tries, ..found.totp };
                rows.put_totp(person, &KnownTotp { totp, ..found })
            }
            None => Ok(()),
        },
        Way::RecoveryCode => {
            let codes = rows.recovery_codes(person)?;
            rows.put_recovery_codes(person, &RecoveryCodes { tries, ..codes })
        }
        Way::Passkey | Way::HandOver => Ok(()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfirmBody {
    person: String,
    passkey: String,
}

/// Confirms a passkey of somebody of staff that is older than their role, by its name: whoever does
/// it has asked them, and not by mail, which passkeys are theirs.
pub(crate) async fn confirm_passkey(call: Signed<ManagePeople>) -> Result<Answer, Problem> {
    let ConfirmBody { person, passkey } = call.visitor.read()?;
    let passkey: PasskeyId =
        passkey.parse().map_err(|_| refuse("/passkey", "must be the id of a passkey"))?;
    administer(call, &person, "confirmed", move |app, rows, known| {
        let is_theirs = rows.confirm_passkey(known.person.id, passkey, app.now())?;
        let what = (AccountChange::PasskeyConfirmed, Some(passkey.to_string()));
        Ok(is_theirs.then_some(what).ok_or(Refusal::PasskeyRefused))
    })
    .await
}

#[derive(Serialize)]
struct EventView {
    change: &'static str,
    /// Who did it; absent for somebody on the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Id<PersonId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    at: Time,
}

impl EventView {
    fn of(event: &AccountEvent) -> EventView {
        EventView {
            change: event.change.as_str(),
            by: event.by.map(Id),
            subject: event.subject.as_ref().map(|subject| subject.as_str().to_owned()),
            at: Time(event.at),
        }
    }
}

#[derive(Serialize)]
struct HistoryView {
    data: Vec<EventView>,
}

/// What happened to one's own account, the newest first.
pub(crate) async fn own_history(call: Signed<OwnAccount>) -> Result<Answer, Problem> {
    let events = history(&call.visitor.app, call.known.person.id).await?;
    let data = events.iter().map(EventView::of).collect();
    Ok(Answer::view(StatusCode::OK, &HistoryView { data }))
}

/// What happened to an account, the newest first.
///
/// # Errors
///
/// `unavailable`.
pub(crate) async fn history(
    app: &Arc<App>,
    person: PersonId,
) -> Result<Vec<AccountEvent>, Problem> {
    transact(app, move |_, _, rows| rows.events_of(person, SHOWN_MAX)).await
}

/// What administrators see of an account: neither an address nor a name.
pub(crate) struct Seen {
    pub(crate) known: KnownPerson,
    pub(crate) passkeys: Vec<outside::people::KnownPasskey>,
    pub(crate) has_totp: bool,
    pub(crate) recovery_codes: usize,
    pub(crate) sessions: usize,
    /// Ways that wrong tries have closed.
    pub(crate) closed: Vec<Way>,
    pub(crate) events: Vec<AccountEvent>,
}

/// What administrators see of an account; `None` when there is none.
///
/// # Errors
///
/// `unavailable`.
pub(crate) async fn look(app: &Arc<App>, person: PersonId) -> Result<Option<Seen>, Problem> {
    let seen = transact(app, move |app, _, rows| {
        let Some(known) = rows.person(person)? else { return Ok(None) };
        let totp = rows.totp(person)?.filter(|totp| totp.totp.confirmed_at.is_some());
        let codes = rows.recovery_codes(person)?;
        let mut open = rows.sessions_of(person)?;
        open.retain(|session| session.check(&known.person, app.now()).is_ok());
        let tries = [
            (Way::Totp, totp.as_ref().map(|totp| totp.totp.tries)),
            (Way::RecoveryCode, Some(codes.tries)),
        ];
        let is_closed = |tries: Option<Tries>| {
            tries.is_some_and(|tries| tries.check(app.now()) == Err(Refusal::WayClosed))
        };
        let closed = tries.into_iter().filter(|(_, tries)| is_closed(*tries));
        Ok(Some(Seen {
            passkeys: rows.passkeys_of(person)?,
            has_totp: totp.is_some(),
            recovery_codes: codes.left.len(),
            sessions: open.len(),
            closed: closed.map(|(way, _)| way).collect(),
            events: rows.events_of(person, SHOWN_MAX)?,
            known,
        }))
    });
    seen.await
}

#[derive(Serialize)]
struct SeenView {
    person: Id<PersonId>,
    state: &'static str,
    roles: Vec<&'static str>,
    created_at: Time,
    staff_since: Option<Time>,
    enrol_until: Option<Time>,
    passkeys: Vec<SeenPasskeyView>,
    has_totp: bool,
    recovery_codes: usize,
    sessions: usize,
    closed_ways: Vec<&'static str>,
    events: Vec<EventView>,
}

#[derive(Serialize)]
struct SeenPasskeyView {
    id: Id<PasskeyId>,
    created_at: Time,
    used_at: Option<Time>,
    confirmed_at: Option<Time>,
    counts_for_staff: bool,
}

/// Shows an account to an administrator: to be looked at before roles are given.
pub(crate) async fn show(call: Signed<ManagePeople>) -> Result<Answer, Problem> {
    let PersonBody { person } = call.visitor.read()?;
    let person = person.parse().map_err(|_| refuse("/person", "must be the id of a person"))?;
    let seen = look(&call.visitor.app, person).await?;
    let seen = seen.ok_or_else(|| Problem::new(&catalog::NOT_FOUND))?;
    let of = &seen.known.person;
    let passkeys = seen.passkeys.iter().map(|passkey| SeenPasskeyView {
        id: Id(passkey.id),
        created_at: Time(passkey.created_at),
        used_at: passkey.used_at.map(Time),
        confirmed_at: passkey.confirmed_at.map(Time),
        counts_for_staff: counts_for_staff(of, passkey),
    });
    let view = SeenView {
        person: Id(of.id),
        state: of.state.as_str(),
        roles: of.roles.iter().map(Role::as_str).collect(),
        created_at: Time(of.created_at),
        staff_since: of.staff_since.map(Time),
        enrol_until: of.enrol_until.map(Time),
        passkeys: passkeys.collect(),
        has_totp: seen.has_totp,
        recovery_codes: seen.recovery_codes,
        sessions: seen.sessions,
        closed_ways: seen.closed.iter().map(|way| way.as_str()).collect(),
        events: seen.events.iter().map(EventView::of).collect(),
    };
    Ok(Answer::view(StatusCode::OK, &view))
}
