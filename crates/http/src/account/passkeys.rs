//! Passkeys: signing in with one, adding and removing them.

use axum::http::StatusCode;
use base::PasskeyId;
use outside::people::{KnownPasskey, KnownSignIn, Opened, PasskeyFound};
use outside::random::{Randomness, SystemRandomness};
use people::passkey::{CHALLENGE_BYTES, verify_assertion, verify_registration};
use people::{AccountChange, Enrolling, Person, Refusal, SessionEnd};
use serde::{Deserialize, Serialize};

use super::begin::ADDRESS;
use super::cookies::{BrowserToken, Cookie};
use super::door::{
    Answer, OwnAccount, Signed, Visitor, in_background, refused, refused_at, transact,
};
use super::events::Doer;
use super::proofs::{Progress, Steps, answer, begun, factors};
use super::sessions::DoneView;
use super::web_authn::{AssertionBody, AttestationBody, CreationView, CredentialBody, RequestView};
use crate::fields::refuse;
use crate::problem::{Problem, catalog};
use crate::views::{Id, Time};

fn draw_challenge() -> [u8; CHALLENGE_BYTES] {
    let mut challenge = [0; CHALLENGE_BYTES];
    SystemRandomness.fill(&mut challenge);
    challenge
}

/// Gives a challenge for a passkey: to begin with, or as the second factor of a sign-in.
pub(crate) async fn sign_in_options(visitor: Visitor) -> Result<Answer, Problem> {
    let (app, site) = (&visitor.app, visitor.site());
    let former = visitor.token(Cookie::SignIn);
    let fresh = BrowserToken::draw();
    let hash = |token: BrowserToken| token.hash(app, site, Cookie::SignIn);
    let (former_hash, fresh_hash) = (former.map(hash), hash(fresh));
    let challenge = draw_challenge();
    let kept = transact(app, move |app, _, rows| {
        let now = app.now();
        let under_way = match former_hash {
            Some(browser) => {
                let known = rows.sign_in(browser)?;
                known.filter(|known| known.sign_in.check(browser, now).is_ok())
            }
            None => None,
        };
        let goes_on = under_way.is_some();
        let mut known: KnownSignIn = under_way.unwrap_or_else(|| begun(app, fresh_hash));
        known.sign_in.challenge = Some(challenge);
        rows.put_sign_in(&known, now)?;
        // Before it was shown who it is, nothing is told of anybody's passkeys.
        let passkeys = match known.sign_in.person {
            Some(person) => rows.passkeys_of(person)?,
            None => Vec::new(),
        };
        Ok((goes_on, passkeys))
    });
    let (goes_on, passkeys) = kept.await?;
    let allowed = passkeys.iter().map(|passkey| &*passkey.credential_id);
    let answer = Answer::view(StatusCode::OK, &RequestView::new(site, &challenge, allowed));
    Ok(match goes_on {
        true => answer,
        false => answer.with(Cookie::SignIn.set(site, fresh)),
    })
}

/// Signs in with a passkey.
pub(crate) async fn sign_in(visitor: Visitor) -> Result<Answer, Problem> {
    let body: CredentialBody<AssertionBody> = visitor.read()?;
    answer(&visitor, Ok(enter_passkey(&visitor, &body).await?)).await
}

/// Shows a passkey, to begin with or as the second factor.
///
/// # Errors
///
/// `invalid_request`; `sign_in_gone`; `passkey_refused`; `passkey_cloned`; `account_closed`;
/// `unavailable`.
pub(crate) async fn enter_passkey(
    visitor: &Visitor,
    body: &CredentialBody<AssertionBody>,
) -> Result<Progress, Problem> {
    let (credential, assertion) = body.assertion()?;
    let steps = Steps::of(visitor)?;
    let progress = transact(&visitor.app, move |app, site, rows| {
        let mut known = match steps.sign_in(app, rows)? {
            Ok(known) => known,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let now = app.now();
        // Whatever comes of it, the challenge is used up.
        let Some(challenge) = known.sign_in.challenge.take() else {
            return Ok(Err(Refusal::SignInGone));
        };
        rows.put_sign_in(&known, now)?;
        let Some(passkey) = rows.passkey(&credential)? else {
            return Ok(Err(Refusal::PasskeyRefused));
        };
        let seen = verify_assertion(&assertion, &passkey.key, &site.expected(&challenge));
        let checked = seen.and_then(|seen| {
            seen.check_against(passkey.counter, passkey.backup_eligible).map(|()| seen)
        });
        let seen = match checked {
            Ok(seen) => seen,
            Err(refusal) => return Ok(Err(refusal)),
        };
        rows.passkey_used(passkey.id, (seen.counter, seen.backed_up), now)?;
        let Some(person) = rows.person(passkey.person)? else {
            return Ok(Err(Refusal::PasskeyRefused));
        };
        steps.go_on_by_passkey((app, site, rows), &person, &known, &passkey)
    });
    progress.await?.map_err(|refusal| refused_at(refusal, &visitor.app))
}

/// Gives a challenge for a new passkey.
pub(crate) async fn options(call: Signed<OwnAccount>) -> Result<Answer, Problem> {
    call.require_fresh()?;
    let Signed { visitor, known, session, .. } = call;
    let (app, challenge) = (&visitor.app, draw_challenge());
    let (person, sealed) = (known.person.clone(), known.sealed_address.clone());
    let id = person.id;
    let passkeys = transact(app, move |app, _, rows| {
        let mut passkeys = rows.passkeys_of(person.id)?;
        match person.check_enrolment(enrolling(&session, passkeys.len()), app.now()) {
            Ok(()) => rows.put_challenge(session.id, Some(challenge))?,
            Err(refusal) => return Ok(Err(refusal)),
        }
        // A device with one that does not count for staff may make one that does.
        passkeys.retain(|passkey| !person.roles.has_staff() || counts_for_staff(&person, passkey));
        Ok(Ok(passkeys))
    });
    let passkeys = passkeys.await?.map_err(refused)?;
    let name = in_background(app, move |app| match sealed {
        Some(sealed) => match app.people.open(id, ADDRESS, &sealed)? {
            Opened::Text(address) => Ok(address),
            Opened::Erased => Ok(String::new()),
        },
        None => Ok(String::new()),
    });
    let name = name.await?;
    let user = id.to_bytes();
    let known = passkeys.iter().map(|passkey| &*passkey.credential_id);
    let view = CreationView::new(visitor.site(), &challenge, (&user, &name), known);
    Ok(Answer::view(StatusCode::OK, &view))
}

fn enrolling(session: &people::Session, passkeys: usize) -> Enrolling {
    Enrolling { passkeys, ways: session.ways, by_staff_key: session.by_staff_key }
}

/// Whether a passkey opens what its person may do as staff.
pub(crate) fn counts_for_staff(person: &Person, passkey: &KnownPasskey) -> bool {
    person.counts_for_staff(passkey.created_at, passkey.confirmed_at)
}

/// Adds a passkey; all other sessions end, and the owner is told.
pub(crate) async fn add(call: Signed<OwnAccount>) -> Result<Answer, Problem> {
    call.require_fresh()?;
    let Signed { visitor, known, session, .. } = call;
    let body: CredentialBody<AttestationBody> = visitor.read()?;
    let registration = body.registration()?;
    let doer = Doer::of(&visitor, known.person.id);
    let added = transact(&visitor.app, move |app, site, rows| {
        let now = app.now();
        let Some(challenge) = rows.take_challenge(session.id)? else {
            return Ok(Err(Refusal::PasskeyRefused));
        };
        // As the account is now: another session may have added one meanwhile.
        let Some(known) = rows.person(known.person.id)? else {
            return Ok(Err(Refusal::SessionEnded));
        };
        let person = &known.person;
        let count = rows.passkeys_of(person.id)?.len();
        let registered = person
            .check_enrolment(enrolling(&session, count), now)
            .and_then(|()| verify_registration(&registration, &site.expected(&challenge)));
        let registered = match registered {
            Ok(registered) => registered,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let passkey = KnownPasskey {
            id: app.new_id(),
            person: person.id,
            credential_id: registered.credential_id,
            key: registered.key,
            counter: registered.counter,
            backup_eligible: registered.backup_eligible,
            backed_up: registered.backed_up,
            created_at: now,
            confirmed_at: None,
            used_at: None,
        };
        if rows.add_passkey(&passkey)? == PasskeyFound::Known {
            return Ok(Err(Refusal::PasskeyKnown));
        }
        rows.end_sessions(person.id, Some(session.id), SessionEnd::Changed, now)?;
        let what = (AccountChange::PasskeyAdded, Some(passkey.id.to_string()));
        let happened = doer.note(rows, &known, what, now)?;
        Ok(Ok((passkey, happened)))
    });
    let (passkey, happened) = added.await?.map_err(refused)?;
    happened.tell(&visitor.app);
    Ok(Answer::view(StatusCode::CREATED, &PasskeyView::of(&passkey)))
}

#[derive(Serialize)]
struct PasskeyView {
    id: Id<PasskeyId>,
    is_synchronized: bool,
    created_at: Time,
    used_at: Option<Time>,
}

impl PasskeyView {
    fn of(passkey: &KnownPasskey) -> PasskeyView {
        PasskeyView {
            id: Id(passkey.id),
            is_synchronized: passkey.backed_up,
            created_at: Time(passkey.created_at),
            used_at: passkey.used_at.map(Time),
        }
    }
}

#[derive(Serialize)]
struct ListView {
    data: Vec<PasskeyView>,
}

/// Somebody's passkeys.
pub(crate) async fn list(call: Signed<OwnAccount>) -> Result<Answer, Problem> {
    let person = call.known.person.id;
    let passkeys = transact(&call.visitor.app, move |_, _, rows| rows.passkeys_of(person)).await?;
    let data = passkeys.iter().map(PasskeyView::of).collect();
    Ok(Answer::view(StatusCode::OK, &ListView { data }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoveBody {
    passkey: String,
}

/// Removes a passkey; all other sessions end, for whoever has the passkey may be in one of them,
/// and the owner is told.
pub(crate) async fn remove(call: Signed<OwnAccount>) -> Result<Answer, Problem> {
    call.require_fresh()?;
    let RemoveBody { passkey } = call.visitor.read()?;
    let passkey: PasskeyId =
        passkey.parse().map_err(|_| refuse("/passkey", "must be the id of a passkey"))?;
    let Signed { visitor, known, session, .. } = call;
    let doer = Doer::of(&visitor, known.person.id);
    let removed = transact(&visitor.app, move |app, _, rows| {
        let (person, now) = (&known.person, app.now());
        if let Err(refusal) = session.require_removal(factors(rows, person.id)?, now) {
            return Ok(Err(refusal));
        }
        let all = rows.passkeys_of(person.id)?;
        let stays = |one: &&KnownPasskey| one.id != passkey && counts_for_staff(person, one);
        let is_last = all.iter().filter(stays).count() == 0;
        let counts = all.iter().any(|one| one.id == passkey && counts_for_staff(person, one));
        // Nobody of staff could come back in without an administrator.
        if is_last && counts && person.roles.has_staff() {
            return Ok(Err(Refusal::LastWayIn));
        }
        if !rows.remove_passkey(person.id, passkey)? {
            return Ok(Ok(None));
        }
        rows.end_sessions(person.id, Some(session.id), SessionEnd::Changed, now)?;
        let what = (AccountChange::PasskeyRemoved, Some(passkey.to_string()));
        doer.note(rows, &known, what, now).map(|happened| Ok(Some(happened)))
    });
    match removed.await?.map_err(refused)? {
        Some(happened) => {
            happened.tell(&visitor.app);
            Ok(Answer::view(StatusCode::OK, &DoneView { status: "removed" }))
        }
        None => Err(Problem::new(&catalog::NOT_FOUND)),
    }
}
