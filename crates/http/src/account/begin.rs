//! Signing in by what is typed: an address and the code that goes there, then perhaps a second
//! factor.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode};
use base::Span;
use mail::templates::{SignInCode, sign_in_code};
use mail::{Address, Message, MessageKey};
use outside::people::{KnownPerson, KnownSignIn, KnownTotp, Opened, PeopleError};
use outside::random::{Randomness, SystemRandomness};
use people::totp::TotpSecret;
use people::{CodeLength, CodeSent, MailCode, Person, RecoveryCode, Refusal, SecretHash, Way};
use serde::{Deserialize, Serialize};

use super::asking::{AddressHashes, Asking};
use super::cookies::{BrowserToken, Cookie};
use super::door::{Answer, Visitor, in_background, refused_at, transact, write_hash};
use super::outbox::Place;
use super::proofs::{Progress, Steps, answer, begun};
use super::site::Site;
use crate::app::App;
use crate::fields::refuse;
use crate::personal;
use crate::problem::{Problem, catalog};

/// What the address of an account is sealed for.
pub(crate) const ADDRESS: &str = "account.address";

/// What the secret of an authenticator program is sealed for.
pub(crate) const TOTP: &str = "account.totp";

/// When a mail with a code is tried again that the mail server puts off: while the code works.
const AGAIN_AFTER: [Span; 2] = [Span::minutes(1), Span::minutes(3)];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BeginBody {
    email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeBody {
    code: String,
}

#[derive(Serialize)]
struct BegunView {
    status: &'static str,
}

/// Sends a code. Whether the address has an account is neither looked up nor told: the first
/// sign-in makes one.
pub(crate) async fn mail(visitor: Visitor) -> Result<Answer, Problem> {
    let BeginBody { email } = visitor.read()?;
    let cookie = send_code(&visitor, &email).await?;
    let begun = Answer::view(StatusCode::ACCEPTED, &BegunView { status: "code_sent" });
    Ok(begun.with(cookie))
}

/// Sends a code to an address, for the browser that asks; the cookie that it needs to enter it.
///
/// # Errors
///
/// `invalid_request` at `/email`; `too_many_tries`; `busy`; `unavailable`.
pub(crate) async fn send_code(visitor: &Visitor, email: &str) -> Result<HeaderValue, Problem> {
    let normalized = email.trim().to_lowercase();
    let address = Address::new(&normalized);
    let address = address.map_err(|_| refuse("/email", "must be a mail address"))?;
    let (app, site) = (&visitor.app, visitor.site());
    if site.post.is_none() {
        return Err(Problem::new(&catalog::UNAVAILABLE).detail("No mail can be sent here."));
    }
    let place = Place::take(app)?;
    let token = BrowserToken::draw();
    let browser = token.hash(app, site, Cookie::SignIn);
    let hashes = AddressHashes::of(app, site, &normalized);
    let known = KnownSignIn {
        address: Some(hashes.current().1),
        sealed_address: Some(app.ring.seal_secret(&sealed_for(browser), &normalized)),
        ..begun(app, browser)
    };
    let id = known.sign_in.id;
    let asking = Asking::of(visitor);
    let asked = transact(app, move |app, site, rows| {
        let now = app.now();
        let standing = asking.asker(rows, &hashes, now)?;
        let (asker, length) = match standing.asker.ask(now) {
            Ok(asked) => asked,
            Err(refusal) => return Ok(Err(refusal)),
        };
        standing.keep(rows, &asker, now)?;
        let code = draw_code(length);
        let mut known = known;
        known.sign_in.code = Some(CodeSent::new(hash_code(app, site, browser, &code), now));
        rows.put_sign_in(&known, now)?;
        Ok(Ok(code))
    });
    let code = asked.await?.map_err(|refusal| refused_at(refusal, app))?;
    let key = MessageKey::new(&format!("{id}-code")).expect("an id and five characters");
    if let Some(message) = message(app, key, address, code) {
        place.send(message, &AGAIN_AFTER);
    }
    Ok(Cookie::SignIn.set(site, token))
}

fn draw_code(length: CodeLength) -> MailCode {
    let mut random = [0; 16];
    SystemRandomness.fill(&mut random);
    MailCode::of_random(random, length)
}

fn message(app: &App, key: MessageKey, address: Address, code: MailCode) -> Option<Message> {
    let site = app.site()?;
    let shown = code.reveal_grouped();
    let minutes = CodeSent::LIFETIME.micros() / 60_000_000;
    let content =
        sign_in_code(&SignInCode { shop: &site.shop, code: &shown, origin: &site.origin, minutes });
    site.letter(app, key, address, content)
}

/// What comes of a right code.
enum CodeShown {
    Goes(Progress),
    /// The first time: an account is made for this address.
    Newcomer(Box<KnownSignIn>),
}

/// Enters the code of the mail.
pub(crate) async fn code(visitor: Visitor) -> Result<Answer, Problem> {
    let CodeBody { code } = visitor.read()?;
    answer(&visitor, Ok(enter_code(&visitor, &code).await?)).await
}

/// Enters the code of the mail, as it was typed.
///
/// # Errors
///
/// `sign_in_gone`; `too_many_tries`; `wrong_code`; `account_closed`; `unavailable`.
pub(crate) async fn enter_code(visitor: &Visitor, code: &str) -> Result<Progress, Problem> {
    let steps = Steps::of(visitor)?;
    let app = &visitor.app;
    let (asking, typed) = (Asking::of(visitor), MailCode::parse(code));
    let shown = transact(app, {
        let steps = steps.clone();
        move |app, site, rows| {
            let now = app.now();
            let known = match steps.sign_in(app, rows)? {
                Ok(known) => known,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let Some((sent, address)) = known.sign_in.code.as_ref().zip(open_address(app, &known)?)
            else {
                return Ok(Err(Refusal::SignInGone));
            };
            let hashes = AddressHashes::of(app, site, &address);
            let standing = asking.asker(rows, &hashes, now)?;
            let typed = typed.map(|code| hash_code(app, site, steps.browser, &code));
            let tried = sent.enter(&standing.asker, typed, now);
            let (sent, asker) = tried.after;
            standing.keep(rows, &asker, now)?;
            let mut known = known;
            known.sign_in.code = Some(sent);
            rows.put_sign_in(&known, now)?;
            if let Err(refusal) = tried.outcome {
                return Ok(Err(refusal));
            }
            match hashes.person(rows)? {
                Some(person) => {
                    let went = steps.go_on((app, site, rows), &person, &known, Way::MailCode)?;
                    Ok(went.map(CodeShown::Goes))
                }
                None => Ok(Ok(CodeShown::Newcomer(Box::new(known)))),
            }
        }
    });
    let shown = shown.await?.map_err(|refusal| refused_at(refusal, app))?;
    match shown {
        CodeShown::Goes(progress) => Ok(progress),
        CodeShown::Newcomer(known) => {
            let welcomed = welcome(visitor, steps, *known).await?;
            welcomed.map_err(|refusal| refused_at(refusal, app))
        }
    }
}

/// The address to which the code of a sign-in went.
fn open_address(app: &App, known: &KnownSignIn) -> Result<Option<String>, PeopleError> {
    let Some(sealed) = &known.sealed_address else { return Ok(None) };
    let context = sealed_for(known.sign_in.browser);
    Ok(Some(app.ring.open_secret(&context, sealed)?))
}

/// Makes the account of somebody who signs in for the first time. The key of the person is made
/// before the account, outside its step: both lie in one file, which one writer changes at a time.
async fn welcome(
    visitor: &Visitor,
    steps: Steps,
    known: KnownSignIn,
) -> Result<Result<Progress, Refusal>, Problem> {
    let app = &visitor.app;
    let id = app.new_id();
    let opened = known.clone();
    let sealed = in_background(app, move |app| {
        let plain = open_address(app, &opened)?.unwrap_or_default();
        let sealed = app.people.seal(id, ADDRESS, &plain)?;
        Ok((plain, sealed))
    });
    let (plain, sealed) = sealed.await?;
    transact(app, move |app, site, rows| {
        let hashes = AddressHashes::of(app, site, &plain);
        // Two browsers may have been first at once.
        let person = match hashes.person(rows)? {
            Some(person) => person,
            None => {
                let (address_key, address) = hashes.current();
                let person = KnownPerson {
                    person: Person::new(id, app.now()),
                    address: Some(address),
                    address_key,
                    sealed_address: Some(sealed),
                };
                rows.put_person(&person)?;
                person
            }
        };
        steps.go_on((app, site, rows), &person, &known, Way::MailCode)
    })
    .await
}

/// Enters a code of an authenticator program.
pub(crate) async fn totp(visitor: Visitor) -> Result<Answer, Problem> {
    let CodeBody { code } = visitor.read()?;
    answer(&visitor, Ok(enter_totp(&visitor, code).await?)).await
}

/// Enters a code of an authenticator program, as it was typed.
///
/// # Errors
///
/// `sign_in_gone`; `way_closed`; `too_many_tries`; `wrong_code`; `account_closed`; `unavailable`.
pub(crate) async fn enter_totp(visitor: &Visitor, code: String) -> Result<Progress, Problem> {
    let steps = Steps::of(visitor)?;
    let app = &visitor.app;
    let found = transact(app, {
        let steps = steps.clone();
        move |app, _, rows| {
            let known = match steps.sign_in(app, rows)? {
                Ok(known) => known,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let Some(person) = known.sign_in.person else { return Ok(Err(Refusal::SignInGone)) };
            let totp = rows.totp(person)?.filter(|known| known.totp.confirmed_at.is_some());
            Ok(totp.map(|totp| (person, totp)).ok_or(Refusal::WrongCode))
        }
    });
    let (person, totp) = found.await?.map_err(|refusal| refused_at(refusal, app))?;
    let secret = open_totp(app, person, &totp).await?;
    let progress = transact(app, move |app, site, rows| {
        let known = match steps.sign_in(app, rows)? {
            Ok(known) => known,
            Err(refusal) => return Ok(Err(refusal)),
        };
        // What was opened must be what is there now.
        let current = rows.totp(person)?.filter(|now| now.sealed == totp.sealed);
        let (Some(current), Some(person)) = (current, rows.person(person)?) else {
            return Ok(Err(Refusal::SignInGone));
        };
        let tried = current.totp.enter(&secret, &code, app.now());
        rows.put_totp(person.person.id, &KnownTotp { totp: tried.after, ..current })?;
        match tried.outcome {
            Ok(()) => steps.go_on((app, site, rows), &person, &known, Way::Totp),
            Err(refusal) => Ok(Err(refusal)),
        }
    });
    progress.await?.map_err(|refusal| refused_at(refusal, app))
}

/// Enters a recovery code.
pub(crate) async fn recovery_code(visitor: Visitor) -> Result<Answer, Problem> {
    let CodeBody { code } = visitor.read()?;
    answer(&visitor, Ok(enter_recovery_code(&visitor, code).await?)).await
}

/// Enters a recovery code, as it was typed.
///
/// # Errors
///
/// As [`enter_totp`].
pub(crate) async fn enter_recovery_code(
    visitor: &Visitor,
    code: String,
) -> Result<Progress, Problem> {
    let steps = Steps::of(visitor)?;
    let progress = transact(&visitor.app, move |app, site, rows| {
        let known = match steps.sign_in(app, rows)? {
            Ok(known) => known,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let person = known.sign_in.person.map(|person| rows.person(person)).transpose()?.flatten();
        let Some(person) = person else { return Ok(Err(Refusal::SignInGone)) };
        let id = person.person.id;
        let typed = RecoveryCode::parse(&code);
        let typed = typed.map(|code| hash_recovery_code(app, site, id, &code));
        let tried = rows.recovery_codes(id)?.enter(typed, app.now());
        rows.put_recovery_codes(id, &tried.after)?;
        match tried.outcome {
            Ok(()) => steps.go_on((app, site, rows), &person, &known, Way::RecoveryCode),
            Err(refusal) => Ok(Err(refusal)),
        }
    });
    progress.await?.map_err(|refusal| refused_at(refusal, &visitor.app))
}

/// The secret of an authenticator program.
///
/// # Errors
///
/// `unavailable`.
pub(crate) async fn open_totp(
    app: &Arc<App>,
    person: base::PersonId,
    known: &KnownTotp,
) -> Result<TotpSecret, Problem> {
    let sealed = known.sealed.clone();
    let opened = in_background(app, move |app| app.people.open(person, TOTP, &sealed));
    let secret = match opened.await? {
        Opened::Text(letters) => TotpSecret::read_letters(&letters),
        Opened::Erased => None,
    };
    secret.ok_or_else(|| personal::unavailable(&PeopleError::Damaged(person)))
}

pub(crate) fn hash_recovery_code(
    app: &App,
    site: &Site,
    person: base::PersonId,
    code: &RecoveryCode,
) -> SecretHash {
    site.hash(app, "recovery code", &[&person.to_bytes(), code.reveal()])
}

/// Bound to the browser, so that a code read out to a stranger is worth nothing to them.
fn hash_code(app: &App, site: &Site, browser: SecretHash, code: &MailCode) -> SecretHash {
    site.hash(app, "mail code", &[&browser.0, code.reveal()])
}

fn sealed_for(browser: SecretHash) -> String {
    format!("sign-in address {}", write_hash(browser))
}
