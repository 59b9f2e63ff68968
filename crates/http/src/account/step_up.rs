//! Step-up: a passkey signs the act that is to move value, and whoever does the act has what was
//! signed compared with what is done.

use std::sync::Arc;

use axum::http::StatusCode;
use base::{AccountId, Currency, Money, Text};
use ledger::AccountName;
use outside::people::{ActDone, Agreed, KnownAct, Opened};
use outside::random::{Randomness, SystemRandomness};
use people::passkey::verify_assertion;
use people::{Refusal, ValueAct};
use serde::{Deserialize, Serialize};

use super::door::{Answer, OwnCards, Signed, in_background, refused, transact};
use super::web_authn::{AssertionBody, CredentialBody, RequestView};
use crate::app::App;
use crate::fields::refuse;
use crate::problem::Problem;
use crate::views::Time;

/// What the payee of an act is sealed for.
const PAYEE: &str = "account.payee";

/// What moves value, as callers say it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MovedBody {
    /// From which account; where orders are paid when left out.
    account: Option<String>,
    amount: i64,
    currency: String,
    payee: String,
}

/// The same, checked.
struct Moved {
    account: AccountId,
    amount: Money,
    payee: Text<200>,
}

impl MovedBody {
    fn check(&self) -> Result<Moved, Problem> {
        let currency = Currency::parse(&self.currency);
        let currency = currency.map_err(|_| refuse("/currency", "must be a code of ISO 4217"))?;
        let amount = Money::new(self.amount, currency);
        let amount = amount.ok_or_else(|| refuse("/amount", "must not be negative"))?;
        let payee = Text::new(&self.payee);
        let payee = payee.map_err(|_| refuse("/payee", "must have 1 to 200 bytes"))?;
        let named = |text: &String| {
            text.parse().map_err(|_| refuse("/account", "must be the id of an account"))
        };
        let account = self.account.as_ref().map(named).transpose()?;
        let account = account.unwrap_or_else(|| AccountName::OrderClearing.id(currency));
        Ok(Moved { account, amount, payee })
    }
}

#[derive(Serialize)]
struct AskedView {
    /// Names the act.
    act: String,
    expires_at: Time,
    options: RequestView,
}

/// Asks for a passkey's agreement to an act.
pub(crate) async fn ask(call: Signed<OwnCards>) -> Result<Answer, Problem> {
    let body: MovedBody = call.visitor.read()?;
    let Moved { account, amount, payee } = body.check()?;
    let Signed { visitor, known, session, .. } = call;
    let (app, person) = (&visitor.app, known.person.id);
    let mut nonce = [0; 16];
    SystemRandomness.fill(&mut nonce);
    let expires_at = app.now().saturating_add(ValueAct::LIFETIME);
    let act = ValueAct { person, account, amount, payee, nonce, expires_at };
    let challenge = act.challenge();
    let sealed_payee =
        in_background(app, move |app| app.people.seal(person, PAYEE, act.payee.as_str())).await?;
    let asked = transact(app, move |app, _, rows| {
        let passkeys = rows.passkeys_of(person)?;
        if passkeys.is_empty() {
            return Ok(Err(Refusal::StrongerSignInNeeded));
        }
        let (agreed, done, session) = (None, None, session.id);
        let known = KnownAct {
            nonce,
            session,
            person,
            account,
            amount,
            sealed_payee,
            expires_at,
            agreed,
            done,
        };
        rows.put_act(&known, app.now())?;
        Ok(Ok(passkeys))
    });
    let passkeys = asked.await?.map_err(refused)?;
    let allowed = passkeys.iter().map(|passkey| &*passkey.credential_id);
    let options = RequestView::new(visitor.site(), &challenge, allowed);
    let act = write_nonce(nonce);
    let view = AskedView { act, expires_at: Time(expires_at), options };
    Ok(Answer::view(StatusCode::CREATED, &view))
}

#[derive(Deserialize)]
struct AgreeBody {
    act: String,
    credential: CredentialBody<AssertionBody>,
}

#[derive(Serialize)]
struct AgreedView {
    act: String,
    status: &'static str,
}

/// Keeps what the passkey has signed, as evidence.
pub(crate) async fn agree(call: Signed<OwnCards>) -> Result<Answer, Problem> {
    let body: AgreeBody = call.visitor.read()?;
    let nonce = read_nonce(&body.act);
    let nonce = nonce.ok_or_else(|| refuse("/act", "must be the name of an act"))?;
    let credential = body.credential.assertion();
    let (credential, assertion) =
        credential.map_err(|error| Problem::from(error).within("/credential"))?;
    let Signed { visitor, known, session, .. } = call;
    let (app, person) = (&visitor.app, known.person.id);
    // An act of another session does not exist.
    let is_ours = move |act: &KnownAct| act.person == person && act.session == session.id;
    let found = transact(app, move |_, _, rows| rows.act(nonce)).await?.filter(is_ours);
    let found = found.ok_or_else(|| refused(Refusal::ActExpired))?;
    let payee = payee_of(app, found).await?;
    let agreed = transact(app, move |app, site, rows| {
        let now = app.now();
        let open = rows.act(nonce)?.filter(|act| is_ours(act) && act.agreed.is_none());
        let Some(mut known) = open.filter(|act| now < act.expires_at) else {
            return Ok(Err(Refusal::ActExpired));
        };
        let passkey = rows.passkey(&credential)?.filter(|passkey| passkey.person == person);
        let Some(passkey) = passkey else { return Ok(Err(Refusal::PasskeyRefused)) };
        let challenge = known.act(payee).challenge();
        let seen = verify_assertion(&assertion, &passkey.key, &site.expected(&challenge));
        let seen = seen.and_then(|seen| {
            seen.check_against(passkey.counter, passkey.backup_eligible).map(|()| seen)
        });
        let seen = match seen {
            Ok(seen) => seen,
            Err(refusal) => return Ok(Err(refusal)),
        };
        rows.passkey_used(passkey.id, (seen.counter, seen.backed_up), now)?;
        known.agreed = Some(Agreed { passkey: passkey.id, key: passkey.key, assertion, at: now });
        rows.put_act(&known, now)?;
        Ok(Ok(()))
    });
    agreed.await?.map_err(refused)?;
    let view = AgreedView { act: write_nonce(nonce), status: "agreed" };
    Ok(Answer::view(StatusCode::OK, &view))
}

/// To whom an act moves value, as it was shown.
async fn payee_of(app: &Arc<App>, act: KnownAct) -> Result<Text<200>, Problem> {
    let opened =
        in_background(app, move |app| app.people.open(act.person, PAYEE, &act.sealed_payee));
    let payee = match opened.await? {
        Opened::Text(text) => Text::new(&text).ok(),
        Opened::Erased => None,
    };
    payee.ok_or_else(|| refused(Refusal::ActExpired))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UseBody {
    act: String,
    /// The idempotency key of the call that moves the value.
    call: String,
    account: Option<String>,
    amount: i64,
    currency: String,
    payee: String,
}

/// Compares what a passkey has signed with what is about to be done, and lets it be done once: by
/// the call that is named, however often that one is repeated.
pub(crate) async fn use_up(call: Signed<OwnCards>) -> Result<Answer, Problem> {
    let body: UseBody = call.visitor.read()?;
    let nonce = read_nonce(&body.act);
    let nonce = nonce.ok_or_else(|| refuse("/act", "must be the name of an act"))?;
    let doer = Text::<255>::new(&body.call);
    let doer = doer.map_err(|_| refuse("/call", "must be an idempotency key"))?;
    let UseBody { account, amount, currency, payee, .. } = body;
    let moved = MovedBody { account, amount, currency, payee }.check()?;
    let Signed { visitor, known, session, .. } = call;
    let (app, person) = (&visitor.app, known.person.id);
    let is_ours = move |act: &KnownAct| act.person == person && act.session == session.id;
    let found = transact(app, move |_, _, rows| rows.act(nonce)).await?.filter(is_ours);
    let payee = payee_of(app, found.ok_or_else(|| refused(Refusal::ActExpired))?).await?;
    let used = transact(app, move |app, site, rows| {
        let now = app.now();
        let known = rows.act(nonce)?.filter(is_ours);
        let Some((mut known, evidence)) = known.and_then(|known| {
            let evidence = known.evidence(payee)?;
            Some((known, evidence))
        }) else {
            return Ok(Err(Refusal::ActExpired));
        };
        let doing = (moved.account, moved.amount, moved.payee.as_str());
        let covered = evidence.covers(doing, now);
        if covered == Err(Refusal::ActChanged) {
            return Ok(covered);
        }
        if let Some(done) = &known.done {
            // Repeated, a call does nothing more, however late that is.
            return Ok(if done.call == doer { Ok(()) } else { Err(Refusal::ActUsed) });
        }
        // What was kept must still be what was signed.
        let checked = covered.and_then(|()| evidence.check(&site.expected(&[0; 32])));
        if checked.is_ok() {
            known.done = Some(ActDone { at: now, call: doer });
            rows.put_act(&known, now)?;
        }
        Ok(checked)
    });
    used.await?.map_err(refused)?;
    let view = AgreedView { act: write_nonce(nonce), status: "used" };
    Ok(Answer::view(StatusCode::OK, &view))
}

fn write_nonce(nonce: [u8; 16]) -> String {
    super::door::write_hash(people::SecretHash(nonce))
}

/// The name of an act.
pub(crate) fn read_nonce(text: &str) -> Option<[u8; 16]> {
    super::door::read_hash(text).map(|hash| hash.0)
}
