//! Signing in by what is typed, and sessions.

use base::{Instant, Span};
use people::totp::{TotpSecret, step_of};
use serde_json::{Value, json};

use super::world::{Browser, ORIGIN, Place};

const ANN: &str = "ann@mail.example";

#[tokio::test]
async fn a_code_by_mail_opens_an_account_and_a_session() {
    let place = Place::new();
    let mut browser = place.browser();
    let asked = browser.post("/account/sign-in/mail", json!({"email": " Ann@Mail.example "})).await;
    let cookie = asked.headers["set-cookie"].to_str().unwrap().to_owned();
    asked.expect(202);
    assert!(cookie.starts_with("__Host-mg_sign_in="), "{cookie}");
    let (code, to) = place.next_code().await;
    assert_eq!(to, ANN);
    let wrong = if code == "0000 0000" { "0000 0001" } else { "0000 0000" };
    let wrong = browser.post("/account/sign-in/code", json!({"code": wrong})).await;
    wrong.refused(422, "wrong_code");
    let entered = browser.post("/account/sign-in/code", json!({"code": code})).await;
    let cookies: Vec<_> = entered.headers.get_all("set-cookie").iter().collect();
    let session = cookies[0].to_str().unwrap();
    assert!(session.starts_with("__Host-mg_session="), "{session}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(session.contains(part), "{session}");
    }
    for (name, part) in [
        ("content-security-policy", "default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("strict-transport-security", "max-age"),
        ("cache-control", "no-store"),
    ] {
        assert!(entered.headers[name].to_str().unwrap().contains(part), "{name}");
    }
    entered.expect(200);
    let current = browser.get("/account/session").await.expect(200);
    assert_eq!(current["roles"], json!(["customer"]));
    let own = ["own_account", "own_cards", "own_promotions"];
    assert_eq!(current["permissions"], json!(own));
    assert_eq!(current["session"]["device"], "Firefox on Linux");
    let again = browser.post("/account/sign-in/code", json!({"code": code})).await;
    again.refused(409, "sign_in_gone");
    // The same person the next time; the address is nowhere readable.
    let first = current["person"].clone();
    let mut other = place.browser();
    other.sign_in(ANN).await;
    assert_eq!(other.get("/account/session").await.expect(200)["person"], first);
    let file = std::fs::read(place.folder.path().join("people.db")).unwrap();
    assert!(!file.windows(4).any(|part| part.eq_ignore_ascii_case(b"ann@")));
    browser.post("/account/sign-out", json!({})).await.expect(200);
    browser.get("/account/session").await.refused(401, "session_ended");
}

#[tokio::test]
async fn a_code_works_in_the_browser_that_asked_only() {
    let place = Place::new();
    let (mut mine, mut theirs) = (place.browser(), place.browser());
    mine.post("/account/sign-in/mail", json!({"email": ANN})).await.expect(202);
    let (code, _) = place.next_code().await;
    let none = theirs.post("/account/sign-in/code", json!({"code": code})).await;
    none.refused(409, "sign_in_gone");
    theirs.post("/account/sign-in/mail", json!({"email": ANN})).await.expect(202);
    place.next_code().await;
    theirs.post("/account/sign-in/code", json!({"code": code})).await.refused(422, "wrong_code");
    mine.post("/account/sign-in/code", json!({"code": code})).await.expect(200);
}

#[tokio::test]
async fn what_is_no_address_gets_no_mail() {
    let place = Place::new();
    let bad = place.browser().post("/account/sign-in/mail", json!({"email": "nonsense"})).await;
    bad.refused(400, "invalid_request");
}

#[tokio::test]
async fn requests_of_other_pages_change_nothing() {
    let place = Place::new();
    let mut browser = place.browser();
    for origin in [None, Some("https://evil.example"), Some("null"), Some("http://shop.example")] {
        browser.origin = origin;
        let asked = browser.post("/account/sign-in/mail", json!({"email": ANN})).await;
        asked.refused(403, "foreign_request");
    }
    browser.origin = Some(ORIGIN);
    browser.sign_in(ANN).await;
    let csrf = browser.csrf.take().unwrap();
    browser.post("/account/sign-out", json!({})).await.refused(403, "foreign_request");
    browser.submit("/account/sign-out", "csrf=00").await.refused(403, "foreign_request");
    let mut other = place.browser();
    other.sign_in("bob@mail.example").await;
    let form = format!("csrf={}", other.csrf.unwrap());
    let theirs = browser.submit("/account/sign-out", &form).await;
    theirs.refused(403, "foreign_request");
    // A form without scripts is sent on, to a page of ours only.
    let form = format!("csrf={csrf}&next=%2Fgoodbye");
    let left = browser.submit("/account/sign-out", &form).await;
    assert_eq!((left.status, &left.headers["location"]), (303, &"/goodbye".parse().unwrap()));
    browser.get("/account/session").await.refused(401, "session_ended");
}

#[tokio::test]
async fn sessions_are_listed_revoked_and_end() {
    let place = Place::new();
    let (mut here, mut there, mut bob) = (place.browser(), place.browser(), place.browser());
    here.sign_in(ANN).await;
    there.sign_in(ANN).await;
    bob.sign_in("bob@mail.example").await;
    let list = here.get("/account/sessions").await.expect(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 2);
    let other = list["data"].as_array().unwrap().iter().find(|one| one["is_current"] == false);
    let other = other.unwrap()["id"].clone();
    let foreign = bob.post("/account/sessions/revoke", json!({"session": other})).await;
    foreign.refused(404, "not_found");
    here.post("/account/sessions/revoke", json!({"session": other})).await.expect(200);
    there.get("/account/session").await.refused(401, "session_ended");
    there.sign_in(ANN).await;
    here.post("/account/sessions/revoke", json!({"session": "others"})).await.expect(200);
    there.get("/account/session").await.refused(401, "session_ended");
    here.get("/account/session").await.expect(200);
    place.pass(Span::days(14));
    here.get("/account/session").await.refused(401, "session_ended");
}

#[tokio::test]
async fn signing_in_again_ends_what_was_open_in_the_browser() {
    let place = Place::new();
    let mut browser = place.browser();
    browser.sign_in(ANN).await;
    let planted = browser.cookies["__Host-mg_session"].clone();
    browser.sign_in(ANN).await;
    assert_ne!(browser.cookies["__Host-mg_session"], planted);
    browser.cookies.insert("__Host-mg_session".to_owned(), planted);
    browser.get("/account/session").await.refused(401, "session_ended");
}

fn code_at(secret: &TotpSecret, at: Instant) -> Value {
    json!({"code": format!("{:06}", secret.code_at(step_of(at)))})
}

pub async fn add_totp(place: &Place, browser: &mut Browser<'_>) -> TotpSecret {
    let offer = browser.post("/account/totp/offer", json!({})).await.expect(201);
    let secret = TotpSecret::read_letters(offer["secret"].as_str().unwrap()).unwrap();
    assert!(offer["uri"].as_str().unwrap().contains("ann%40mail.example"));
    let early = place.now().saturating_sub(Span::minutes(5));
    let wrong = browser.post("/account/totp/confirm", code_at(&secret, early)).await;
    wrong.refused(422, "wrong_code");
    let right = code_at(&secret, place.now());
    browser.post("/account/totp/confirm", right).await.expect(200);
    secret
}

#[tokio::test]
async fn a_second_factor_is_asked_for() {
    let place = Place::new();
    let mut browser = place.browser();
    browser.sign_in(ANN).await;
    let secret = add_totp(&place, &mut browser).await;
    let codes = browser.post("/account/recovery-codes", json!({})).await.expect(201);
    let codes = codes["codes"].as_array().unwrap().clone();
    assert_eq!(codes.len(), 10);
    place.pass(Span::minutes(1));

    let mut other = place.browser();
    let asked = other.enter_mail_code(ANN).await;
    assert_eq!(asked, json!({"status": "second_factor", "ways": ["totp", "recovery_code"]}));
    other.get("/account/session").await.refused(401, "session_ended");
    let now = code_at(&secret, place.now());
    other.post("/account/sign-in/totp", now.clone()).await.expect(200);
    let current = other.get("/account/session").await.expect(200);
    assert_eq!(current["strength"], "two_factors");

    // The same code again, and a recovery code twice.
    let mut thief = place.browser();
    thief.enter_mail_code(ANN).await;
    thief.post("/account/sign-in/totp", now).await.refused(422, "wrong_code");
    let code = json!({"code": codes[3]});
    thief.post("/account/sign-in/recovery-code", code.clone()).await.expect(200);
    let mut again = place.browser();
    again.enter_mail_code(ANN).await;
    again.post("/account/sign-in/recovery-code", code).await.refused(422, "wrong_code");

    // Taking it away ends the other sessions, and needs a fresh proof.
    place.pass(Span::minutes(15));
    let stale = browser.post("/account/totp/remove", json!({})).await;
    stale.refused(403, "stronger_sign_in_needed");
    let mut fresh = place.browser();
    fresh.enter_mail_code(ANN).await;
    fresh.post("/account/sign-in/totp", code_at(&secret, place.now())).await.expect(200);
    fresh.post("/account/totp/remove", json!({})).await.expect(200);
    other.get("/account/session").await.refused(401, "session_ended");
    place.pass(Span::hours(1));
    place.browser().sign_in(ANN).await;
}

#[tokio::test]
async fn a_second_factor_needs_the_first() {
    let place = Place::new();
    let mut browser = place.browser();
    for path in ["totp", "recovery-code", "passkey"] {
        let path = format!("/account/sign-in/{path}");
        let body = json!({"code": "123456", "id": "", "response": {
            "clientDataJSON": "", "authenticatorData": "", "signature": "",
        }});
        let asked = match path.ends_with("passkey") {
            true => browser.post(&path, body).await,
            false => browser.post(&path, json!({"code": "123456"})).await,
        };
        asked.refused(409, "sign_in_gone");
    }
    browser.post("/account/sign-in/mail", json!({"email": ANN})).await.expect(202);
    let asked = browser.post("/account/sign-in/totp", json!({"code": "123456"})).await;
    asked.refused(409, "sign_in_gone");
}
