//! What administrators do to accounts, and what owners are told.

use base::{PersonId, Span};
use outside::people::{KnownPerson, KnownTotp};
use people::totp::Totp;
use people::{Role, Tries};
use serde_json::{Value, json};

use super::passkeys::{add, sign_in};
use super::world::{BOOK, Browser, Place, new_device};

const ANN: &str = "ann@mail.example";

fn give(place: &Place, person: PersonId, role: Role) {
    let given = place.accounts.transact(BOOK, |rows| {
        let known = rows.person(person)?.unwrap();
        let person = known.person.with_roles(known.person.roles.with(role), place.now());
        rows.put_person(&KnownPerson { person, ..known })
    });
    given.unwrap();
}

/// Somebody of staff, signed in with a passkey that they added after they got the role.
async fn staff<'a>(place: &'a Place, email: &str, role: Role, seed: u8) -> Browser<'a> {
    give(place, place.person(email).await, role);
    let (mut browser, device) = (place.browser(), new_device(seed));
    browser.sign_in(email).await;
    add(&mut browser, &device).await;
    sign_in(&mut browser, &device).await.expect(200);
    browser
}

async fn admin<'a>(place: &'a Place) -> Browser<'a> {
    staff(place, "boss@mail.example", Role::Admin, 200).await
}

async fn show(admin: &mut Browser<'_>, person: PersonId) -> Value {
    let body = json!({"person": person.to_string()});
    admin.post("/account/people/show", body).await.expect(200)
}

/// What was done to an account, the newest first, and by whom.
fn changes(seen: &Value) -> Vec<&str> {
    seen["events"].as_array().unwrap().iter().map(|one| one["change"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_frozen_account_is_left_and_not_entered() {
    let place = Place::new();
    let mut boss = admin(&place).await;
    let boss_id = boss.get("/account/session").await.expect(200)["person"].clone();
    let (mut ann, device) = (place.browser(), new_device(1));
    ann.sign_in(ANN).await;
    add(&mut ann, &device).await;
    let id = ann.get("/account/session").await.expect(200)["person"].clone();
    let body = json!({"person": id});
    boss.post("/account/people/freeze", body.clone()).await.expect(200);
    ann.get("/account/session").await.refused(401, "session_ended");
    sign_in(&mut place.browser(), &device).await.refused(403, "account_closed");
    // By mail it is told to whoever can read the mailbox, and to nobody else.
    let mut by_mail = place.browser();
    by_mail.post("/account/sign-in/mail", json!({"email": ANN})).await.expect(202);
    let (code, _) = place.next_code().await;
    by_mail
        .post("/account/sign-in/code", json!({"code": "nonsense"}))
        .await
        .refused(422, "wrong_code");
    by_mail
        .post("/account/sign-in/code", json!({"code": code}))
        .await
        .refused(403, "account_closed");
    boss.post("/account/people/unfreeze", body.clone()).await.expect(200);
    sign_in(&mut place.browser(), &device).await.expect(200);

    let seen = boss.post("/account/people/show", body).await.expect(200);
    assert_eq!(changes(&seen), ["unfrozen", "frozen", "passkey_added"]);
    assert_eq!((&seen["events"][1]["by"], &seen["events"][2]["by"]), (&boss_id, &id));
    assert_eq!(seen["state"], "active");
    let own = json!({"person": boss_id});
    boss.post("/account/people/freeze", own).await.refused(403, "same_person");
    let nobody = json!({"person": "per_01jd3q8v9ec4y8s5k1m0t2n7xz"});
    boss.post("/account/people/freeze", nobody).await.refused(404, "not_found");
    for subject in ["passkey was added", "was frozen", "no longer frozen"] {
        let (said, _) = place.next_news(ANN).await;
        assert!(said.contains(subject), "{said}");
    }
}

#[tokio::test]
async fn somebody_is_signed_out_everywhere() {
    let place = Place::new();
    let mut boss = admin(&place).await;
    let (mut here, mut there) = (place.browser(), place.browser());
    here.sign_in(ANN).await;
    there.sign_in(ANN).await;
    let id = here.get("/account/session").await.expect(200)["person"].clone();
    let body = json!({"person": id});
    let seen = boss.post("/account/people/show", body.clone()).await.expect(200);
    assert_eq!(seen["sessions"], 2, "{seen}");
    boss.post("/account/people/sign-out", body).await.expect(200);
    here.get("/account/session").await.refused(401, "session_ended");
    there.get("/account/session").await.refused(401, "session_ended");
    let (said, _) = place.next_news(ANN).await;
    assert!(said.contains("signed out everywhere"), "{said}");
    // What changes an account of others wants a fresh proof, too.
    place.pass(Span::minutes(16));
    let stale = boss.post("/account/people/sign-out", json!({"person": id})).await;
    stale.refused(403, "stronger_sign_in_needed");
}

#[tokio::test]
async fn a_closed_way_is_opened_again() {
    let place = Place::new();
    let mut boss = admin(&place).await;
    let ann = place.person(ANN).await;
    let closed = Tries { failures: Tries::MAX, wait_until: None };
    let put = place.accounts.transact(BOOK, |rows| {
        let totp = Totp { confirmed_at: Some(place.now()), ..Totp::offered(place.now()) };
        let totp = Totp { tries: closed, ..totp };
        rows.put_totp(ann, &KnownTotp { totp, sealed: vec![1] })
    });
    put.unwrap();
    assert_eq!(show(&mut boss, ann).await["closed_ways"], json!(["totp"]));
    let reopen = |way: &str| json!({"person": ann.to_string(), "way": way});
    boss.post("/account/people/reopen", reopen("passkey")).await.refused(400, "invalid_request");
    for way in ["totp", "recovery_code", "mail_code"] {
        boss.post("/account/people/reopen", reopen(way)).await.expect(200);
    }
    let seen = show(&mut boss, ann).await;
    assert_eq!(seen["closed_ways"], json!([]));
    assert_eq!(seen["events"][2]["subject"], "totp");
    let kept = place.accounts.transact(BOOK, |rows| rows.totp(ann)).unwrap().unwrap();
    assert_eq!(kept.totp.tries, Tries::cleared());
}

/// Somebody took over the account of a customer, left a passkey there, and waits.
#[tokio::test]
async fn a_passkey_from_before_the_role_is_no_passkey_of_staff() {
    let place = Place::new();
    let mut boss = admin(&place).await;
    let (thief, mine) = (new_device(1), new_device(2));
    let mut browser = place.browser();
    browser.sign_in(ANN).await;
    add(&mut browser, &thief).await;
    let ann = browser.get("/account/session").await.expect(200)["person"].clone();
    place.pass(Span::days(1));
    sign_in(&mut boss, &new_device(200)).await.expect(200);
    let roles = json!({"person": ann, "roles": "finance admin"});
    boss.post("/account/roles", roles).await.expect(200);
    let (said, text) = place.next_news(ANN).await;
    assert!(said.contains("passkey was added") && text.contains("Firefox on Linux"), "{text}");
    let (said, text) = place.next_news(ANN).await;
    assert!(said.contains("roles") && text.contains("does not count"), "{text}");

    // It opens what customers do, and makes no other passkey.
    let mut theirs = place.browser();
    sign_in(&mut theirs, &thief).await.expect(200);
    let session = theirs.get("/account/session").await.expect(200);
    let of_customers: Vec<_> =
        Role::Customer.permissions().iter().map(|one| one.as_str()).collect();
    assert_eq!(session["permissions"], json!(of_customers));
    let denied = theirs.post("/account/people/show", json!({"person": ann})).await;
    denied.refused(403, "passkey_not_confirmed");
    let denied = theirs.post("/account/passkeys/options", json!({})).await;
    denied.refused(403, "mail_code_needed");

    // The owner shows the mailbox as well, and adds a fresh one.
    let mut owner = place.browser();
    owner.enter_mail_code(ANN).await;
    let options = owner.post("/account/sign-in/passkey/options", json!({})).await.expect(200);
    owner.post("/account/sign-in/passkey", thief.get(&options)).await.expect(200);
    let options = owner.post("/account/passkeys/options", json!({})).await.expect(200);
    assert_eq!(options["excludeCredentials"], json!([]), "a device may make a second one");
    owner.post("/account/passkeys", mine.create(&options)).await.expect(201);
    theirs.get("/account/session").await.refused(401, "session_ended");
    sign_in(&mut owner, &mine).await.expect(200);
    owner.post("/account/people/show", json!({"person": ann})).await.expect(200);

    // Or an administrator names the one that is the owner's.
    let seen = boss.post("/account/people/show", json!({"person": ann})).await.expect(200);
    let keys = seen["passkeys"].as_array().unwrap();
    assert_eq!(
        (&keys[0]["counts_for_staff"], &keys[1]["counts_for_staff"]),
        (&json!(false), &json!(true))
    );
    let confirm = json!({"person": ann, "passkey": keys[0]["id"]});
    let own = owner.post("/account/people/confirm-passkey", confirm.clone()).await;
    own.refused(403, "same_person");
    let other = json!({"person": ann, "passkey": "pky_01jd3q8v9ec4y8s5k1m0t2n7xz"});
    boss.post("/account/people/confirm-passkey", other).await.refused(422, "passkey_refused");
    boss.post("/account/people/confirm-passkey", confirm).await.expect(200);
    sign_in(&mut theirs, &thief).await.expect(200);
    theirs.post("/account/people/show", json!({"person": ann})).await.expect(200);
    let seen = boss.post("/account/people/show", json!({"person": ann})).await.expect(200);
    assert_eq!(changes(&seen)[0], "passkey_confirmed");
    assert_eq!(seen["events"][0]["subject"], keys[0]["id"]);
}

#[tokio::test]
async fn two_administrators_open_an_account_whose_passkeys_are_lost() {
    let place = Place::new();
    let mut boss = admin(&place).await;
    let mut second = staff(&place, "second@mail.example", Role::Admin, 201).await;
    let mut finance = staff(&place, "money@mail.example", Role::Finance, 202).await;
    let (mut ann, device) = (place.browser(), new_device(1));
    ann.sign_in(ANN).await;
    add(&mut ann, &device).await;
    place.next_news(ANN).await;
    let id = ann.get("/account/session").await.expect(200)["person"].clone();
    let report = json!({"person": id});
    finance.post("/account/people/report-loss", report.clone()).await.refused(403, "not_permitted");
    // Whoever signs in with what is said to be lost stops it.
    let asked = boss.post("/account/people/report-loss", report.clone()).await.expect(201);
    sign_in(&mut ann, &device).await.expect(200);
    let agree = json!({"approval": asked["approval"], "person": id});
    let stopped = second.post("/account/people/agree-to-loss", agree).await;
    stopped.refused(409, "approval_not_open");
    place.next_news(ANN).await;
    let asked = boss.post("/account/people/report-loss", report).await.expect(201);
    let (said, text) = place.next_news(ANN).await;
    assert!(said.contains("lost your passkeys") && text.contains("second one"), "{text}");
    ann.get("/account/session").await.expect(200);

    let agree = json!({"approval": asked["approval"], "person": id});
    let alone = boss.post("/account/people/agree-to-loss", agree.clone()).await;
    alone.refused(403, "same_person");
    let boss_id = boss.get("/account/session").await.expect(200)["person"].clone();
    let other = json!({"approval": asked["approval"], "person": boss_id});
    second.post("/account/people/agree-to-loss", other).await.refused(409, "act_changed");
    second.post("/account/people/agree-to-loss", agree.clone()).await.expect(200);
    let again = second.post("/account/people/agree-to-loss", agree).await;
    again.refused(409, "approval_not_open");
    ann.get("/account/session").await.refused(401, "session_ended");
    sign_in(&mut place.browser(), &device).await.refused(422, "passkey_refused");
    ann.sign_in(ANN).await;
    add(&mut ann, &new_device(2)).await;
    let history = ann.get("/account/history").await.expect(200);
    let first: Vec<_> = (0..3).map(|at| history["data"][at]["change"].clone()).collect();
    let expected = ["passkey_added", "opened_for_passkey", "loss_reported"];
    assert_eq!(first, expected);
    assert_eq!(history["data"][2]["by"], boss_id);
}

/// Whoever is in one of the other sessions may not be the owner; the mail tells them, and has
/// nothing in it that opens anything.
#[tokio::test]
async fn each_change_of_ways_in_ends_other_sessions_and_is_told() {
    let place = Place::new();
    let mut browser = place.browser();
    browser.sign_in(ANN).await;
    let mut secrets = Vec::new();
    for step in ["totp", "recovery", "passkey", "passkey removed", "totp removed"] {
        let mut other = place.browser();
        let entered = other.enter_mail_code(ANN).await;
        match step {
            "totp" => {
                let secret = super::sign_in::add_totp(&place, &mut browser).await;
                secrets.push(secret.reveal_letters());
            }
            "recovery" => {
                let made = browser.post("/account/recovery-codes", json!({})).await.expect(201);
                let codes = made["codes"].as_array().unwrap().iter();
                secrets.extend(codes.map(|code| code.as_str().unwrap().to_owned()));
            }
            "passkey" => add(&mut browser, &new_device(7)).await,
            "passkey removed" => {
                let list = browser.get("/account/passkeys").await.expect(200);
                let body = json!({"passkey": list["data"][0]["id"]});
                browser.post("/account/passkeys/remove", body).await.expect(200);
            }
            _ => {
                browser.post("/account/totp/remove", json!({})).await.expect(200);
            }
        }
        if entered["status"] == "signed_in" {
            other.get("/account/session").await.refused(401, "session_ended");
        }
        browser.get("/account/session").await.expect(200);
        secrets.extend(browser.cookies.values().chain(&browser.csrf).cloned());
        let (said, text) = place.next_news(ANN).await;
        assert!(text.contains("signed out") && text.contains("Firefox on Linux"), "{said}: {text}");
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{step}: a secret in {text}");
        }
    }
    let history = browser.get("/account/history").await.expect(200);
    assert_eq!(history["data"].as_array().unwrap().len(), 5);
}
