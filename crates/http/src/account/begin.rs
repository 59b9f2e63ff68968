//! Signing in by what is typed: an address and the code that goes there, then perhaps a second
//! factor.

use std::sync::Arc;

use axum::http::StatusCode;
use mail::templates::{SignInCode, sign_in_code};
use mail::{Address, Mailbox, Message, MessageKey};
use outside::people::{KnownPerson, KnownSignIn, KnownTotp, Opened, PeopleError};
use outside::random::{Randomness, SystemRandomness};
use people::totp::TotpSecret;
use people::{CodeSent, MailCode, Person, RecoveryCode, Refusal, SecretHash, Way};
use serde::{Deserialize, Serialize};

use super::cookies::{BrowserToken, Cookie};
use super::door::{Answer, Visitor, in_background, refused_at, transact, write_hash};
use super::proofs::{Progress, Steps, answer, begun};
use super::site::Site;
use crate::app::App;
use crate::fields::refuse;
use crate::problem::{Problem, catalog};
use crate::{blocking, personal};

/// What the address of an account is sealed for.
pub(crate) const ADDRESS: &str = "account.address";

/// What the secret of an authenticator program is sealed for.
pub(crate) const TOTP: &str = "account.totp";

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
    let normalized = email.trim().to_lowercase();
    let address = Address::new(&normalized);
    let address = address.map_err(|_| refuse("/email", "must be a mail address"))?;
    let (app, site) = (&visitor.app, visitor.site());
    if site.post.is_none() {
        return Err(Problem::new(&catalog::UNAVAILABLE).detail("No mail can be sent here."));
    }
    let token = BrowserToken::draw();
    let browser = token.hash(app, site, Cookie::SignIn);
    let mut random = [0; 16];
    SystemRandomness.fill(&mut random);
    let code = MailCode::of_random(random);
    let known = KnownSignIn {
        address: Some(hash_address(app, site, &normalized)),
        sealed_address: Some(app.ring.seal_secret(&sealed_for(browser), &normalized)),
        ..begun(app, browser)
    };
    let id = known.sign_in.id;
    let asked = transact(app, move |app, site, rows| {
        let now = app.now();
        let address = known.address.expect("it was just put there");
        let log = match rows.address(address)?.ask(now) {
            Ok(log) => log,
            Err(refusal) => return Ok(Err(refusal)),
        };
        rows.put_address(address, &log)?;
        let mut known = known;
        let hash = hash_code(app, site, browser, &code);
        known.sign_in.code = Some(CodeSent::new(hash, now));
        rows.put_sign_in(&known, now)?;
        Ok(Ok(()))
    });
    asked.await?.map_err(|refusal| refused_at(refusal, app))?;
    let key = MessageKey::new(&format!("{id}-code")).expect("an id and five characters");
    // The answer does not wait for the mail server, and so tells nothing of it.
    drop(blocking::spawn({
        let app = Arc::clone(app);
        move || send(&app, key, address, code)
    }));
    let begun = Answer::view(StatusCode::ACCEPTED, &BegunView { status: "code_sent" });
    Ok(begun.with(Cookie::SignIn.set(site, token)))
}

fn send(app: &App, key: MessageKey, address: Address, code: MailCode) {
    let Some((site, post)) = app.site().and_then(|site| Some((site, site.post.as_ref()?))) else {
        return;
    };
    let shown = code.reveal_grouped();
    let minutes = CodeSent::LIFETIME.micros() / 60_000_000;
    let content =
        sign_in_code(&SignInCode { shop: &site.shop, code: &shown, origin: &site.origin, minutes });
    let message = Message {
        return_path: post.return_paths.address(&key, &app.ring),
        key,
        from: Mailbox { name: Some(site.shop.clone()), address: post.from.clone() },
        to: Mailbox { name: None, address },
        written_at: app.now(),
        content,
    };
    let outcome = post.mailer.send(&message);
    if !matches!(outcome, mail::Outcome::Sent) {
        tracing::warn!(?outcome, "a code for signing in was not sent");
    }
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
    let steps = Steps::of(&visitor)?;
    let app = &visitor.app;
    let shown = transact(app, {
        let steps = steps.clone();
        move |app, site, rows| {
            let known = match steps.sign_in(app, rows)? {
                Ok(known) => known,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let (Some(sent), Some(address)) = (&known.sign_in.code, known.address) else {
                return Ok(Err(Refusal::SignInGone));
            };
            let typed = MailCode::parse(&code);
            let typed = typed.map(|code| hash_code(app, site, steps.browser, &code));
            let tried = sent.enter(&rows.address(address)?, typed, app.now());
            let (sent, log) = tried.after;
            rows.put_address(address, &log)?;
            let mut known = known;
            known.sign_in.code = Some(sent);
            rows.put_sign_in(&known, app.now())?;
            if let Err(refusal) = tried.outcome {
                return Ok(Err(refusal));
            }
            match rows.person_at(address)? {
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
        CodeShown::Goes(progress) => answer(&visitor, Ok(progress)),
        CodeShown::Newcomer(known) => answer(&visitor, welcome(&visitor, steps, *known).await?),
    }
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
    let (context, sealed) = (sealed_for(steps.browser), known.sealed_address.clone());
    let sealed_address = in_background(app, move |app| {
        let plain = app.ring.open_secret(&context, &sealed.unwrap_or_default())?;
        app.people.seal(id, ADDRESS, &plain)
    });
    let sealed_address = Some(sealed_address.await?);
    transact(app, move |app, site, rows| {
        let address = known.address;
        // Two browsers may have been first at once.
        let existing = address.map(|address| rows.person_at(address)).transpose()?.flatten();
        let person = match existing {
            Some(person) => person,
            None => {
                let person =
                    KnownPerson { person: Person::new(id, app.now()), address, sealed_address };
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
    let steps = Steps::of(&visitor)?;
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
    answer(&visitor, progress.await?)
}

/// Enters a recovery code.
pub(crate) async fn recovery_code(visitor: Visitor) -> Result<Answer, Problem> {
    let CodeBody { code } = visitor.read()?;
    let steps = Steps::of(&visitor)?;
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
    answer(&visitor, progress.await?)
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

fn hash_address(app: &App, site: &Site, normalized: &str) -> SecretHash {
    site.hash(app, "account address", &[normalized.as_bytes()])
}

fn sealed_for(browser: SecretHash) -> String {
    format!("sign-in address {}", write_hash(browser))
}
