//! Somebody has lost their passkeys or other second factors: they are taken away, so that the
//! mailbox opens the account again. Whoever talks one administrator into that has an account of
//! somebody else, so a second one has to agree.

use axum::http::StatusCode;
use base::{ApprovalId, PersonId, Token};
use outside::people::{AccountRows, KnownApproval, KnownPerson, PeopleError};
use people::{AccountChange, Approval, ApprovalState, Permission, RecoveryCodes};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::administration::{end_everywhere, find};
use super::door::{Answer, ApprovePeople, ManagePeople, Signed, refused, transact};
use super::events::Doer;
use super::sessions::DoneView;
use super::site::Site;
use crate::app::App;
use crate::fields::refuse;
use crate::problem::{Problem, catalog};
use crate::views::{Id, Time};

/// What kind of act it is.
const KIND: &str = "second_factors.lost";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReportBody {
    person: String,
}

#[derive(Serialize)]
struct ReportView {
    /// What a second person agrees to.
    approval: Id<ApprovalId>,
    until: Time,
}

/// Asks for somebody's second factors to be taken away. The owner is told, and stops it by signing
/// in with one of them.
pub(crate) async fn report(call: Signed<ManagePeople>) -> Result<Answer, Problem> {
    call.require_fresh()?;
    let ReportBody { person } = call.visitor.read()?;
    let person = find(&person, &call.known)?;
    let Signed { visitor, known: by, .. } = call;
    let (by, doer) = (by.person.id, Doer::of(&visitor, by.person.id));
    let asked = transact(&visitor.app, move |app, site, rows| {
        let now = app.now();
        let Some(known) = rows.person(person)? else { return Ok(None) };
        let approval = Approval {
            id: app.new_id(),
            kind: Token::new(KIND).expect("small letters and a dot"),
            act: act(site, person),
            needs: Permission::ApprovePeople,
            asked_by: by,
            asked_at: now,
            state: ApprovalState::Open,
        };
        let view = ReportView {
            approval: Id(approval.id),
            until: Time(now.saturating_add(Approval::LIFETIME)),
        };
        let what = (AccountChange::LossReported, Some(approval.id.to_string()));
        rows.put_approval(&KnownApproval { approval, person }, now)?;
        Ok(Some((view, doer.note(rows, &known, what, now)?)))
    });
    let (view, happened) = asked.await?.ok_or_else(|| Problem::new(&catalog::NOT_FOUND))?;
    happened.tell(&visitor.app);
    Ok(Answer::view(StatusCode::CREATED, &view))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgreeBody {
    approval: String,
    /// Whose account it is about, as the second person was shown it.
    person: String,
}

/// A second person agrees, and it is done.
pub(crate) async fn agree(call: Signed<ApprovePeople>) -> Result<Answer, Problem> {
    call.require_fresh()?;
    let AgreeBody { approval, person } = call.visitor.read()?;
    let approval: ApprovalId =
        approval.parse().map_err(|_| refuse("/approval", "must be the id of a request"))?;
    let person = find(&person, &call.known)?;
    let Signed { visitor, known: by, session, .. } = call;
    let doer = Doer::of(&visitor, by.person.id);
    let done = transact(&visitor.app, move |app, site, rows| {
        let now = app.now();
        let found = rows.approval(approval)?.zip(rows.person(person)?);
        let Some((asked, known)) = found else { return Ok(None) };
        let (id, shown) = (by.person.id, act(site, person));
        let permissions = session.permissions(&by.person);
        let done = asked.approval.approve(id, permissions, &shown, now);
        let done = done.and_then(|agreed| agreed.spend(agreed.asked_by, &shown, now));
        let done = match done {
            Ok(done) => done,
            Err(refusal) => return Ok(Some(Err(refusal))),
        };
        rows.put_approval(&KnownApproval { approval: done, ..asked }, now)?;
        take_away(app, rows, &known)?;
        let what = (AccountChange::OpenedForPasskey, Some(approval.to_string()));
        Ok(Some(Ok(doer.note(rows, &known, what, now)?)))
    });
    let done = done.await?.ok_or_else(|| Problem::new(&catalog::NOT_FOUND))?;
    done.map_err(refused)?.tell(&visitor.app);
    Ok(Answer::view(StatusCode::OK, &DoneView { status: "opened" }))
}

/// What is agreed to.
fn act(site: &Site, person: PersonId) -> [u8; 32] {
    let book = site.book.as_str();
    let parts = [KIND.as_bytes(), b"\0", book.as_bytes(), b"\0", &person.to_bytes()];
    Sha256::digest(parts.concat()).into()
}

fn take_away(app: &App, rows: &AccountRows<'_>, known: &KnownPerson) -> Result<(), PeopleError> {
    let person = known.person.id;
    for passkey in rows.passkeys_of(person)? {
        rows.remove_passkey(person, passkey.id)?;
    }
    rows.remove_totp(person)?;
    rows.put_recovery_codes(person, &RecoveryCodes::default())?;
    let open = known.person.open_for_passkey(app.now());
    rows.put_person(&KnownPerson { person: open, ..known.clone() })?;
    end_everywhere(app, rows, person)
}
