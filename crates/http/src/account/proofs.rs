//! What was shown leads on: to a second factor, or to a session.

use axum::http::{HeaderValue, StatusCode};
use outside::people::{
    AccountRows, KnownPasskey, KnownPerson, KnownSignIn, KnownTotp, PeopleError,
};
use people::totp::Totp;
use people::{
    Factors, NextStep, RecoveryCodes, Refusal, SecretHash, Session, SessionEnd, SignIn, Strength,
    Tries, Way,
};
use serde::Serialize;

use super::asking::{remember, renew_address};
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
    /// By what the browser is known once somebody has signed in with it.
    known_by: BrowserToken,
}

impl Steps {
    /// # Errors
    ///
    /// `sign_in_gone` when the browser has begun none.
    pub(crate) fn of(visitor: &Visitor) -> Result<Steps, Problem> {
        let (app, site) = (&visitor.app, visitor.site());
        let token = visitor.token(Cookie::SignIn);
        let gone = || super::door::refused(Refusal::SignInGone);
        Ok(Steps::begin(visitor, token.ok_or_else(gone)?.hash(app, site, Cookie::SignIn)))
    }

    /// The same for a sign-in that begins now, under this token.
    pub(crate) fn begin(visitor: &Visitor, browser: SecretHash) -> Steps {
        let (app, site) = (&visitor.app, visitor.site());
        let former = visitor.token(Cookie::Session);
        let former = former.map(|token| token.hash(app, site, Cookie::Session));
        let known_by = visitor.token(Cookie::Browser).unwrap_or_else(BrowserToken::draw);
        Steps { browser, device: device::of(visitor.headers()), former, known_by }
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
        at: (&App, &Site, &AccountRows<'_>),
        known: &KnownPerson,
        sign_in: &KnownSignIn,
        way: Way,
    ) -> Result<Result<Progress, Refusal>, PeopleError> {
        self.go_on_with(at, (known, sign_in), way, false)
    }

    /// Goes on after a passkey was shown.
    pub(crate) fn go_on_by_passkey(
        &self,
        at: (&App, &Site, &AccountRows<'_>),
        known: &KnownPerson,
        sign_in: &KnownSignIn,
        passkey: &KnownPasskey,
    ) -> Result<Result<Progress, Refusal>, PeopleError> {
        let counts = known.person.counts_for_staff(passkey.created_at, passkey.confirmed_at);
        self.go_on_with(at, (known, sign_in), Way::Passkey, counts)
    }

    fn go_on_with(
        &self,
        (app, site, rows): (&App, &Site, &AccountRows<'_>),
        (known, sign_in): (&KnownPerson, &KnownSignIn),
        way: Way,
        by_staff_key: bool,
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
            Ok(session) => session.by_staff_key(by_staff_key),
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.end_former(rows, now)?;
        rows.make_room(person.id, now)?;
        rows.put_session(&session)?;
        rows.remove_sign_in(self.browser)?;
        if shown.ways.strength() >= Strength::TwoFactors {
            clear_tries(rows, known)?;
            // Whoever has a second factor has not lost it.
            rows.withdraw_approvals(person.id, now)?;
        }
        remember(rows, self.known_by.hash(app, site, Cookie::Browser), known, now)?;
        Ok(Ok(Progress::SignedIn(Box::new(SignedIn {
            token,
            csrf: token.csrf(app, site),
            browser: self.known_by,
            known: known.clone(),
        }))))
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
    SignedIn(Box<SignedIn>),
    SecondFactor(Factors),
}

/// What a browser is given that somebody has signed in with.
pub(crate) struct SignedIn {
    token: BrowserToken,
    /// What forms send along.
    pub(crate) csrf: SecretHash,
    browser: BrowserToken,
    /// Who it is.
    pub(crate) known: KnownPerson,
}

impl SignedIn {
    /// The cookies to set.
    pub(crate) fn cookies(&self, site: &Site) -> [HeaderValue; 3] {
        [
            Cookie::Session.set(site, self.token),
            Cookie::SignIn.clear(site),
            Cookie::Browser.set(site, self.browser),
        ]
    }
}

/// The answer to one step of a sign-in.
pub(crate) async fn answer(
    visitor: &Visitor,
    progress: Result<Progress, Refusal>,
) -> Result<Answer, Problem> {
    let site = visitor.site();
    match progress.map_err(|refusal| refused_at(refusal, &visitor.app))? {
        Progress::SignedIn(signed_in) => {
            let csrf = Some(write_hash(signed_in.csrf));
            let view = ProgressView { status: "signed_in", csrf, ways: None };
            let answer = Answer::view(StatusCode::OK, &view);
            let answer = signed_in.cookies(site).into_iter().fold(answer, Answer::with);
            renew_address(&visitor.app, signed_in.known).await?;
            Ok(answer)
        }
        Progress::SecondFactor(factors) => {
            let ways = ways_of(factors).map(Way::as_str);
            let view =
                ProgressView { status: "second_factor", csrf: None, ways: Some(ways.collect()) };
            Ok(Answer::view(StatusCode::OK, &view))
        }
    }
}

/// The second factors that somebody could show, the best first.
pub(crate) fn ways_of(factors: Factors) -> impl Iterator<Item = Way> {
    let ways = [
        (factors.passkey, Way::Passkey),
        (factors.totp, Way::Totp),
        (factors.recovery_codes, Way::RecoveryCode),
    ];
    ways.into_iter().filter(|(has, _)| *has).map(|(_, way)| way)
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

/// Whoever came in with two factors opens the ways again that wrong tries have closed.
fn clear_tries(rows: &AccountRows<'_>, known: &KnownPerson) -> Result<(), PeopleError> {
    let person = known.person.id;
    if let Some(known) = rows.totp(person)?.filter(|known| known.totp.tries != Tries::cleared()) {
        let totp = Totp { tries: Tries::cleared(), ..known.totp };
        rows.put_totp(person, &KnownTotp { totp, ..known })?;
    }
    let codes = rows.recovery_codes(person)?;
    if codes.tries != Tries::cleared() {
        rows.put_recovery_codes(person, &RecoveryCodes { tries: Tries::cleared(), ..codes })?;
    }
    Ok(())
}

/// A sign-in that is begun now, for a browser that has none or goes on with its own.
pub(crate) fn begun(app: &App, browser: SecretHash) -> KnownSignIn {
    let sign_in = SignIn::begin(app.new_id(), browser, app.now());
    KnownSignIn { sign_in, address: None, sealed_address: None }
}
