//! Passkeys, from both sides.

use base::Span;
use people::Role;
use serde_json::{Value, json};

use super::world::{BOOK, Browser, Place, new_device};
use testbed::Device;

const ANN: &str = "ann@mail.example";

pub async fn add(browser: &mut Browser<'_>, device: &Device) {
    let options = browser.post("/account/passkeys/options", json!({})).await.expect(200);
    browser.post("/account/passkeys", device.create(&options)).await.expect(201);
}

pub async fn sign_in(browser: &mut Browser<'_>, device: &Device) -> super::world::Answer {
    let options = browser.post("/account/sign-in/passkey/options", json!({})).await.expect(200);
    browser.post("/account/sign-in/passkey", device.get(&options)).await
}

#[tokio::test]
async fn a_passkey_is_made_used_and_removed() {
    let place = Place::new();
    let (mut browser, device) = (place.browser(), new_device(1));
    browser.sign_in(ANN).await;
    let options = browser.post("/account/passkeys/options", json!({})).await.expect(200);
    assert_eq!(options["rp"], json!({"id": "shop.example", "name": "Luna's"}));
    assert_eq!(options["user"]["name"], ANN);
    assert_eq!(options["attestation"], "none");
    let numbers: Vec<_> = options["pubKeyCredParams"].as_array().unwrap().iter().collect();
    assert_eq!(numbers[0], &json!({"type": "public-key", "alg": -8}));
    let made = device.create(&options);
    browser.post("/account/passkeys", made.clone()).await.expect(201);
    // The challenge was used up, and the passkey is known.
    browser.post("/account/passkeys", made).await.refused(422, "passkey_refused");
    let options = browser.post("/account/passkeys/options", json!({})).await;
    options.refused(403, "stronger_sign_in_needed");

    // It is enough by itself, and by mail it is asked for.
    let mut other = place.browser();
    sign_in(&mut other, &device).await.expect(200);
    let current = other.get("/account/session").await.expect(200);
    assert_eq!(
        (&current["strength"], &current["ways"]),
        (&json!("phishing_resistant"), &json!(["passkey"]))
    );
    // A moment later, so that it stands behind the first in the list.
    place.pass(Span::seconds(1));
    add(&mut other, &new_device(2)).await;
    let mut by_mail = place.browser();
    let asked = by_mail.enter_mail_code(ANN).await;
    assert_eq!(asked["ways"], json!(["passkey"]));
    let options = by_mail.post("/account/sign-in/passkey/options", json!({})).await.expect(200);
    assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 2);
    by_mail.post("/account/sign-in/passkey", device.get(&options)).await.expect(200);

    let list = other.get("/account/passkeys").await.expect(200);
    let first = list["data"][0]["id"].clone();
    other.post("/account/passkeys/remove", json!({"passkey": first})).await.expect(200);
    sign_in(&mut place.browser(), &device).await.refused(422, "passkey_refused");
    by_mail.get("/account/session").await.refused(401, "session_ended");
    let again = other.post("/account/passkeys/remove", json!({"passkey": first})).await;
    again.refused(404, "not_found");
}

#[tokio::test]
async fn a_challenge_works_once_in_its_browser_at_our_origin() {
    let place = Place::new();
    let (mut browser, device) = (place.browser(), new_device(1));
    browser.sign_in(ANN).await;
    add(&mut browser, &device).await;
    let mut here = place.browser();
    let options = here.post("/account/sign-in/passkey/options", json!({})).await.expect(200);
    let answer = device.get(&options);
    let mut there = place.browser();
    there.post("/account/sign-in/passkey/options", json!({})).await.expect(200);
    there.post("/account/sign-in/passkey", answer.clone()).await.refused(422, "passkey_refused");
    here.post("/account/sign-in/passkey", answer.clone()).await.expect(200);
    here.post("/account/sign-in/passkey", answer).await.refused(409, "sign_in_gone");
    let mut phished = new_device(1);
    phished.origin = "https://shop.example.evil.example".to_owned();
    sign_in(&mut place.browser(), &phished).await.refused(422, "passkey_refused");
    let mut slow = place.browser();
    let options = slow.post("/account/sign-in/passkey/options", json!({})).await.expect(200);
    place.pass(Span::minutes(15));
    let late = slow.post("/account/sign-in/passkey", device.get(&options)).await;
    late.refused(409, "sign_in_gone");
}

#[tokio::test]
async fn a_mailbox_opens_no_door_of_staff() {
    let place = Place::new();
    let (boss, new) = ("boss@mail.example", "new@mail.example");
    let boss_id = place.person(boss).await;
    let new_id = place.person(new).await;
    let device = new_device(9);
    place
        .accounts
        .transact(BOOK, |rows| {
            let known = rows.person(boss_id)?.unwrap();
            let roles = known.person.roles.with(Role::Admin);
            let person = known.person.with_roles(roles, place.now());
            rows.put_person(&outside::people::KnownPerson { person, ..known })
        })
        .unwrap();
    let mut browser = place.browser();
    browser.sign_in(boss).await;
    let give = json!({"person": new_id.to_string(), "roles": "support"});
    let weak = browser.post("/account/roles", give.clone()).await;
    weak.refused(403, "stronger_sign_in_needed");
    // Within three days of the role a passkey is added, and then it opens the door.
    add(&mut browser, &device).await;
    sign_in(&mut browser, &device).await.expect(200);
    browser.post("/account/roles", give).await.expect(200);
    let own = json!({"person": boss_id.to_string(), "roles": "admin finance"});
    browser.post("/account/roles", own).await.refused(403, "same_person");
    let list = browser.get("/account/passkeys").await.expect(200);
    let last = json!({"passkey": list["data"][0]["id"]});
    browser.post("/account/passkeys/remove", last).await.refused(409, "last_way_in");

    let mut support = place.browser();
    support.sign_in(new).await;
    place.pass(Span::minutes(14));
    support.post("/account/passkeys/options", json!({})).await.expect(200);
    place.pass(Span::days(3));
    let mut later = place.browser();
    later.sign_in(new).await;
    let closed = later.post("/account/passkeys/options", json!({})).await;
    closed.refused(403, "enrolment_closed");
}

#[tokio::test]
async fn an_act_is_agreed_to_once_as_it_was_shown() {
    let place = Place::new();
    let (mut browser, device) = (place.browser(), new_device(1));
    browser.sign_in(ANN).await;
    let act = json!({
        "account": "acct_01jd3q8v9ec4y8s5k1m0t2n7xz", "amount": 2500, "currency": "USD",
        "payee": "Luna Ceramics",
    });
    let without = browser.post("/account/acts", act.clone()).await;
    without.refused(403, "stronger_sign_in_needed");
    add(&mut browser, &device).await;
    let mut other = act.clone();
    other["amount"] = json!(2501);
    let asked = browser.post("/account/acts", act.clone()).await.expect(201);
    let asked_other = browser.post("/account/acts", other).await.expect(201);
    assert_ne!(asked["options"]["challenge"], asked_other["options"]["challenge"]);
    let agree = |name: &Value, options: &Value| {
        let credential = device.get(options);
        json!({"act": name, "credential": credential})
    };
    // What was signed for one amount is worth nothing for another.
    let swapped = agree(&asked["act"], &asked_other["options"]);
    browser.post("/account/acts/agree", swapped).await.refused(422, "passkey_refused");
    let mut thief = place.browser();
    thief.sign_in("bob@mail.example").await;
    let right = agree(&asked["act"], &asked["options"]);
    thief.post("/account/acts/agree", right.clone()).await.refused(409, "act_expired");
    browser.post("/account/acts/agree", right.clone()).await.expect(200);
    browser.post("/account/acts/agree", right).await.refused(409, "act_expired");

    // The record proves itself, years later, without anybody's word.
    let nonce: Vec<u8> = (0..16)
        .map(|at| &asked["act"].as_str().unwrap()[2 * at..2 * at + 2])
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect();
    let kept = place.accounts.transact(BOOK, |rows| rows.act(nonce.try_into().unwrap()));
    let kept = kept.unwrap().unwrap();
    let expected = people::passkey::Expected {
        challenge: &[0; 32],
        origin: super::world::ORIGIN,
        rp_id: "shop.example",
        must_verify_user: true,
    };
    let evidence = |payee: &str| kept.evidence(base::Text::new(payee).unwrap()).unwrap();
    assert_eq!(evidence("Luna Ceramics").check(&expected), Ok(()));
    assert!(evidence("Eve Ceramics").check(&expected).is_err());

    let late = browser.post("/account/acts", act).await.expect(201);
    place.pass(Span::minutes(5));
    let late = agree(&late["act"], &late["options"]);
    browser.post("/account/acts/agree", late).await.refused(409, "act_expired");
}

#[tokio::test]
async fn what_was_signed_is_good_for_one_call_that_does_just_that() {
    let place = Place::new();
    let (mut browser, device) = (place.browser(), new_device(1));
    browser.sign_in(ANN).await;
    add(&mut browser, &device).await;
    let mut signed = async |amount: i64| {
        let act = json!({"amount": amount, "currency": "USD", "payee": "Corner Shop"});
        let asked = browser.post("/account/acts", act).await.expect(201);
        let credential = device.get(&asked["options"]);
        let agree = json!({"act": asked["act"], "credential": credential});
        browser.post("/account/acts/agree", agree).await.expect(200);
        asked["act"].clone()
    };
    let (first, second, late) = (signed(2_500).await, signed(2_500).await, signed(2_500).await);
    let asked = json!({"amount": 2_500, "currency": "USD", "payee": "Corner Shop"});
    let unsigned = browser.post("/account/acts", asked).await.expect(201)["act"].clone();
    let with = |act: &Value, call: &str, more: Value| {
        let mut body = json!({
            "act": act, "call": call, "amount": 2_500, "currency": "USD", "payee": "Corner Shop",
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let path = "/account/acts/use";
    for other in [
        json!({"amount": 2_501}),
        json!({"currency": "EUR"}),
        json!({"payee": "Another Shop"}),
        json!({"account": "acct_01jd3q8v9ec4y8s5k1m0t2n7xz"}),
    ] {
        let answer = browser.post(path, with(&first, "pay-1", other)).await;
        answer.refused(409, "act_changed");
    }
    browser.post(path, with(&unsigned, "pay-1", json!({}))).await.refused(409, "act_expired");
    let mut thief = place.browser();
    thief.sign_in("bob@mail.example").await;
    thief.post(path, with(&first, "pay-1", json!({}))).await.refused(409, "act_expired");

    browser.post(path, with(&first, "pay-1", json!({}))).await.expect(200);
    // A repetition of the call does nothing more; another call needs another signature.
    browser.post(path, with(&first, "pay-1", json!({}))).await.expect(200);
    browser.post(path, with(&first, "pay-2", json!({}))).await.refused(409, "act_used");
    let other = with(&first, "pay-1", json!({"amount": 1}));
    browser.post(path, other).await.refused(409, "act_changed");
    browser.post(path, with(&second, "pay-2", json!({}))).await.expect(200);

    place.pass(Span::minutes(5));
    browser.post(path, with(&late, "pay-3", json!({}))).await.refused(409, "act_expired");
    // What was done in time may be asked again.
    browser.post(path, with(&first, "pay-1", json!({}))).await.expect(200);
    browser.post(path, with(&first, "pay-4", json!({}))).await.refused(409, "act_used");
}
