//! Second factors that are typed: authenticator programs and recovery codes.

use axum::http::StatusCode;
use outside::people::{KnownTotp, Opened};
use outside::random::{Randomness, SystemRandomness};
use people::totp::{SECRET_BYTES, Totp, TotpSecret};
use people::{RecoveryCode, RecoveryCodes, Refusal, SessionEnd, Tries};
use serde::{Deserialize, Serialize};

use super::begin::{ADDRESS, TOTP, hash_recovery_code, open_totp};
use super::door::{Answer, OwnAccount, Signed, in_background, refused, refused_at, transact};
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

/// Confirms an offer by its first code.
pub(crate) async fn confirm_totp(call: Signed<OwnAccount>) -> Result<Answer, Problem> {
    call.require_fresh()?;
    let CodeBody { code } = call.visitor.read()?;
    let person = call.known.person.id;
    let app = &call.visitor.app;
    let offered = transact(app, move |_, _, rows| rows.totp(person)).await?;
    let offered = offered.filter(|known| known.totp.confirmed_at.is_none());
    let offered = offered.ok_or_else(|| refused(Refusal::WrongCode))?;
    let secret = open_totp(app, person, &offered).await?;
    let confirmed = transact(app, move |app, _, rows| {
        let current = rows.totp(person)?.filter(|now| now.sealed == offered.sealed);
        let Some(current) = current else { return Ok(Err(Refusal::WrongCode)) };
        let tried = current.totp.enter(&secret, &code, app.now());
        rows.put_totp(person, &KnownTotp { totp: tried.after, ..current })?;
        Ok(tried.outcome)
    });
    confirmed.await?.map_err(|refusal| refused_at(refusal, app))?;
    Ok(Answer::view(StatusCode::OK, &DoneView { status: "confirmed" }))
}

/// Takes the authenticator program away, with the recovery codes; all other sessions end.
pub(crate) async fn remove_totp(call: Signed<OwnAccount>) -> Result<Answer, Problem> {
    call.require_fresh()?;
    let (person, current) = (call.known.person.id, call.session.id);
    let removed = transact(&call.visitor.app, move |app, _, rows| {
        rows.remove_totp(person)?;
        rows.put_recovery_codes(person, &RecoveryCodes::default())?;
        rows.end_sessions(person, Some(current), SessionEnd::Changed, app.now())
    });
    removed.await?;
    Ok(Answer::view(StatusCode::OK, &DoneView { status: "removed" }))
}

#[derive(Serialize)]
struct RecoveryCodesView {
    /// Shown once.
    codes: Vec<String>,
}

/// Makes ten recovery codes; former ones no longer work.
pub(crate) async fn make_recovery_codes(call: Signed<OwnAccount>) -> Result<Answer, Problem> {
    call.require_fresh()?;
    let person = call.known.person.id;
    let draw = || {
        let mut bytes = [0; 15];
        SystemRandomness.fill(&mut bytes);
        RecoveryCode::of_random(bytes)
    };
    let codes: Vec<_> = (0..RecoveryCodes::COUNT).map(|_| draw()).collect();
    let shown = codes.iter().map(RecoveryCode::reveal_grouped).collect();
    let kept = transact(&call.visitor.app, move |app, site, rows| {
        let hash = |code| hash_recovery_code(app, site, person, code);
        let left = codes.iter().map(hash).collect();
        rows.put_recovery_codes(person, &RecoveryCodes { left, tries: Tries::default() })
    });
    kept.await?;
    Ok(Answer::view(StatusCode::CREATED, &RecoveryCodesView { codes: shown }))
}
