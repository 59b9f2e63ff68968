//! Second factors that are typed: authenticator programs and recovery codes.

use axum::http::StatusCode;
use outside::people::{KnownTotp, Opened};
use outside::random::{Randomness, SystemRandomness};
use people::totp::{SECRET_BYTES, Totp, TotpSecret};
use people::{AccountChange, RecoveryCode, RecoveryCodes, Refusal, SessionEnd, Tries, Way, Ways};
use serde::{Deserialize, Serialize};

use super::begin::{ADDRESS, TOTP, hash_recovery_code, open_totp};
use super::cookies::{BrowserToken, Cookie};
use super::door::{
    Answer, OwnAccount, Signed, in_background, refused, refused_at, transact, write_hash,
};
use super::events::Doer;
use super::proofs::factors;
use super::sessions::DoneView;
use crate::problem::Problem;

#[derive(Serialize)]
struct OfferView {
    /// For people who cannot scan.
    secret: String,
    /// What the QR code says.
    uri: String,
}

/// Offers a secret to an authenticator program. Nothing changes until a code confirms it.
pub(crate) async fn offer_totp(call: Signed<OwnAccount>) -> Result<Answer, Problem> {
    call.require_fresh()?;
    let Signed { visitor, known, .. } = call;
    let app = &visitor.app;
    let mut bytes = [0; SECRET_BYTES];
    SystemRandomness.fill(&mut bytes);
    let secret = TotpSecret(bytes);
    let letters = secret.reveal_letters();
    let (person, address) = (known.person.id, known.sealed_address);
    let sealed = in_background(app, move |app| {
        let name = match address {
            Some(sealed) => app.people.open(person, ADDRESS, &sealed)?,
            None => Opened::Erased,
        };
        Ok((app.people.seal(person, TOTP, &letters)?, name))
    });
    let (sealed, name) = sealed.await?;
    let offered = transact(app, move |app, _, rows| {
        // One that is in use is taken away first, which ends sessions.
        if rows.totp(person)?.is_some_and(|known| known.totp.confirmed_at.is_some()) {
            return Ok(Err(Refusal::NotPermitted));
        }
        rows.put_totp(person, &KnownTotp { totp: Totp::offered(app.now()), sealed })?;
        Ok(Ok(()))
    });
    offered.await?.map_err(refused)?;
    let name = match name {
        Opened::Text(address) => address,
        Opened::Erased => person.to_string(),
    };
    let uri = secret.reveal_uri(visitor.site().shop.as_str(), &name);
    let view = OfferView { secret: secret.reveal_letters(), uri };
    Ok(Answer::view(StatusCode::CREATED, &view))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeBody {
    code: String,
}

#[derive(Serialize)]
struct ConfirmedView {
    status: &'static str,
    /// What forms and scripts of the page send along from now on.
    csrf: String,
}

/// Confirms an offer by its first code; all other sessions end, and the owner is told.
pub(crate) async fn confirm_totp(call: Signed<OwnAccount>) -> Result<Answer, Problem> {
    call.require_fresh()?;
    let CodeBody { code } = call.visitor.read()?;
    let Signed { visitor, known, session, .. } = call;
    let (app, person) = (&visitor.app, known.person.id);
    let doer = Doer::of(&visitor, person);
    let offered = transact(app, move |_, _, rows| rows.totp(person)).await?;
    let offered = offered.filter(|known| known.totp.confirmed_at.is_none());
    let offered = offered.ok_or_else(|| refused(Refusal::WrongCode))?;
    let secret = open_totp(app, person, &offered).await?;
    let token = BrowserToken::draw();
    let hash = token.hash(app, visitor.site(), Cookie::Session);
    let confirmed = transact(app, move |app, _, rows| {
        let now = app.now();
        let current = rows.totp(person)?.filter(|now| now.sealed == offered.sealed);
        let Some(current) = current else { return Ok(Err(Refusal::WrongCode)) };
        let tried = current.totp.enter(&secret, &code, now);
        rows.put_totp(person, &KnownTotp { totp: tried.after, ..current })?;
        if let Err(refusal) = tried.outcome {
            return Ok(Err(refusal));
        }
        rows.end_sessions(person, Some(session.id), SessionEnd::Changed, now)?;
        // The code has shown more of who is here, so what is here gets a new token.
        rows.put_session(&session.strengthened(Ways::of(Way::Totp), hash, now))?;
        doer.note(rows, &known, (AccountChange::TotpAdded, None), now).map(Ok)
    });
    let happened = confirmed.await?.map_err(|refusal| refused_at(refusal, app))?;
    happened.tell(app);
    let csrf = write_hash(token.csrf(app, visitor.site()));
    let answer = Answer::view(StatusCode::OK, &ConfirmedView { status: "confirmed", csrf });
    Ok(answer.with(Cookie::Session.set(visitor.site(), token)))
}

/// Takes the authenticator program away, with the recovery codes; all other sessions end, and the
/// owner is told.
pub(crate) async fn remove_totp(call: Signed<OwnAccount>) -> Result<Answer, Problem> {
    call.require_fresh()?;
    let Signed { visitor, known, session, .. } = call;
    let person = known.person.id;
    let doer = Doer::of(&visitor, person);
    let removed = transact(&visitor.app, move |app, _, rows| {
        let now = app.now();
        if let Err(refusal) = session.require_removal(factors(rows, person)?, now) {
            return Ok(Err(refusal));
        }
        let had_one = rows.totp(person)?.is_some();
        rows.remove_totp(person)?;
        rows.put_recovery_codes(person, &RecoveryCodes::default())?;
        rows.end_sessions(person, Some(session.id), SessionEnd::Changed, now)?;
        if !had_one {
            return Ok(Ok(None));
        }
        doer.note(rows, &known, (AccountChange::TotpRemoved, None), now).map(|it| Ok(Some(it)))
    });
    if let Some(happened) = removed.await?.map_err(refused)? {
        happened.tell(&visitor.app);
    }
    Ok(Answer::view(StatusCode::OK, &DoneView { status: "removed" }))
}

#[derive(Serialize)]
struct RecoveryCodesView {
    /// Shown once.
    codes: Vec<String>,
}

/// Makes ten recovery codes; former ones no longer work, all other sessions end, and the owner is
/// told.
pub(crate) async fn make_recovery_codes(call: Signed<OwnAccount>) -> Result<Answer, Problem> {
    call.require_fresh()?;
    let Signed { visitor, known, session, .. } = call;
    let person = known.person.id;
    let doer = Doer::of(&visitor, person);
    let draw = || {
        let mut bytes = [0; 15];
        SystemRandomness.fill(&mut bytes);
        RecoveryCode::of_random(bytes)
    };
    let codes: Vec<_> = (0..RecoveryCodes::COUNT).map(|_| draw()).collect();
    let shown = codes.iter().map(RecoveryCode::reveal_grouped).collect();
    let made = transact(&visitor.app, move |app, site, rows| {
        let now = app.now();
        if let Err(refusal) = session.require_removal(factors(rows, person)?, now) {
            return Ok(Err(refusal));
        }
        let hash = |code| hash_recovery_code(app, site, person, code);
        let left = codes.iter().map(hash).collect();
        rows.put_recovery_codes(person, &RecoveryCodes { left, tries: Tries::default() })?;
        rows.end_sessions(person, Some(session.id), SessionEnd::Changed, now)?;
        doer.note(rows, &known, (AccountChange::RecoveryCodesMade, None), now).map(Ok)
    });
    made.await?.map_err(refused)?.tell(&visitor.app);
    Ok(Answer::view(StatusCode::CREATED, &RecoveryCodesView { codes: shown }))
}
