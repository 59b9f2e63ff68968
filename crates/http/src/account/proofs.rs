//! What was shown leads on: to a second factor, or to a session.

use axum::http::StatusCode;
use outside::people::{AccountRows, KnownPerson, KnownSignIn, PeopleError};
use people::{Factors, NextStep, Refusal, SecretHash, Session, SessionEnd, SignIn, Way, Ways};
use serde::Serialize;

use super::cookies::{BrowserToken, Cookie};
use super::device;
use super::door::{Answer, Visitor, refused_at, write_hash};
use super::site::Site;
use crate::app::App;
use crate::problem::Problem;

/// What a browser brings to every step of a sign-in.
#[derive(Clone)]
pub(crate) struct Steps {
    /// The token of the sign-in under way.
    pub(crate) browser: SecretHash,
    device: Option<base::Text<{ people::DEVICE_BYTES_MAX }>>,
    /// The session that was open before.
    former: Option<SecretHash>,
}

impl Steps {
    /// # Errors
    ///
    /// `sign_in_gone` when the browser has begun none.
    pub(crate) fn of(visitor: &Visitor) -> Result<Steps, Problem> {
        let (app, site) = (&visitor.app, visitor.site());
        let token = visitor.token(Cookie::SignIn);
        let gone = || super::door::refused(Refusal::SignInGone);
        let browser = token.ok_or_else(gone)?.hash(app, site, Cookie::SignIn);
        let former = visitor.token(Cookie::Session);
        let former = former.map(|token| token.hash(app, site, Cookie::Session));
        Ok(Steps { browser, device: device::of(visitor.headers()), former })
    }

    /// The sign-in under way.
    pub(crate) fn sign_in(
        &self,
        app: &App,
        rows: &AccountRows<'_>,
    ) -> Result<Result<KnownSignIn, Refusal>, PeopleError> {
        let Some(known) = rows.sign_in(self.browser)? else {
            return Ok(Err(Refusal::SignInGone));
        };
        Ok(known.sign_in.check(self.browser, app.now()).map(|()| known))
    }

    /// Goes on after something was shown.
    pub(crate) fn go_on(
        &self,
        (app, site, rows): (&App, &Site, &AccountRows<'_>),
        known: &KnownPerson,
        sign_in: &KnownSignIn,
        way: Way,
    ) -> Result<Result<Progress, Refusal>, PeopleError> {
        let now = app.now();
        let person = &known.person;
        let shown = match person.check_active().and_then(|()| sign_in.sign_in.shown(way, person.id))
        {
            Ok(shown) => shown,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let factors = factors(rows, person.id)?;
        match shown.next_step(factors) {
            NextStep::Begin => return Ok(Err(Refusal::SignInGone)),
            NextStep::SecondFactor(factors) => {
                rows.put_sign_in(&KnownSignIn { sign_in: shown, ..sign_in.clone() }, now)?;
                return Ok(Ok(Progress::SecondFactor(factors)));
            }
            NextStep::Open => {}
        }
        let token = BrowserToken::draw();
        let hash = token.hash(app, site, Cookie::Session);
        let device = self.device.clone();
        let opened = Session::open(app.new_id(), person, hash, shown.ways, device, now);
        let session = match opened {
            Ok(session) => session,
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.end_former(rows, now)?;
        rows.make_room(person.id, now)?;
        rows.put_session(&session)?;
        rows.remove_sign_in(self.browser)?;
        clear_tries(rows, known, shown.ways)?;
        Ok(Ok(Progress::SignedIn { token, csrf: token.csrf(app, site) }))
    }

    /// Whoever signs in again leaves what was open in this browser (ASVS 5.0, 7.2.4).
    fn end_former(&self, rows: &AccountRows<'_>, now: base::Instant) -> Result<(), PeopleError> {
        let Some(former) = self.former else { return Ok(()) };
        match rows.session(former)? {
            Some(session) => rows.put_session(&session.end(SessionEnd::SignedOut, now)),
            None => Ok(()),
        }
    }
}

/// How far a sign-in got.
pub(crate) enum Progress {
    SignedIn { token: BrowserToken, csrf: SecretHash },
    SecondFactor(Factors),
}

/// The answer to one step of a sign-in.
pub(crate) fn answer(
    visitor: &Visitor,
    progress: Result<Progress, Refusal>,
) -> Result<Answer, Problem> {
    let site = visitor.site();
    match progress.map_err(|refusal| refused_at(refusal, &visitor.app))? {
        Progress::SignedIn { token, csrf } => {
            let view =
                ProgressView { status: "signed_in", csrf: Some(write_hash(csrf)), ways: None };
            let answer = Answer::view(StatusCode::OK, &view);
            Ok(answer.with(Cookie::Session.set(site, token)).with(Cookie::SignIn.clear(site)))
        }
        Progress::SecondFactor(factors) => {
            let ways = [
                (factors.passkey, Way::Passkey),
                (factors.totp, Way::Totp),
                (factors.recovery_codes, Way::RecoveryCode),
            ];
            let ways = ways.into_iter().filter(|(has, _)| *has).map(|(_, way)| way.as_str());
            let view =
                ProgressView { status: "second_factor", csrf: None, ways: Some(ways.collect()) };
            Ok(Answer::view(StatusCode::OK, &view))
        }
    }
}

#[derive(Serialize)]
struct ProgressView {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ways: Option<Vec<&'static str>>,
}

/// What a person could show.
pub(crate) fn factors(
    rows: &AccountRows<'_>,
    person: base::PersonId,
) -> Result<Factors, PeopleError> {
    Ok(Factors {
        totp: rows.totp(person)?.is_some_and(|known| known.totp.confirmed_at.is_some()),
        recovery_codes: !rows.recovery_codes(person)?.left.is_empty(),
        passkey: !rows.passkeys_of(person)?.is_empty(),
    })
}

/// Whoever came in by something stronger opens the weaker ways again that others have closed.
fn clear_tries(rows: &AccountRows<'_>, known: &KnownPerson, ways: Ways) -> Result<(), PeopleError> {
    if ways.strength() < people::Strength::TwoFactors {
        return Ok(());
    }
    if let Some(address) = known.address {
        let log = rows.address(address)?;
        rows.put_address(address, &people::AddressLog { tries: people::Tries::cleared(), ..log })?;
    }
    Ok(())
}

/// A sign-in that is begun now, for a browser that has none or goes on with its own.
pub(crate) fn begun(app: &App, browser: SecretHash) -> KnownSignIn {
    let sign_in = SignIn::begin(app.new_id(), browser, app.now());
    KnownSignIn { sign_in, address: None, sealed_address: None }
}
