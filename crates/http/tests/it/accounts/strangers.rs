//! What strangers do with the address of somebody concerns strangers.

use base::Span;
use outside::keyring::KeyNumber;
use outside::people::KnownPerson;
use people::SecretHash;
use serde_json::json;

use super::passkeys::{add, sign_in as sign_in_by_passkey};
use super::world::{BOOK, Browser, Place, new_device};

const ANN: &str = "ann@mail.example";
const NETWORKS: [&str; 3] = ["203.0.113.1:1", "203.0.113.2:1", "203.0.113.3:1"];

async fn ask(browser: &mut Browser<'_>, email: &str) -> u16 {
    browser.post("/account/sign-in/mail", json!({"email": email})).await.status
}

async fn guess(browser: &mut Browser<'_>) -> u16 {
    browser.post("/account/sign-in/code", json!({"code": "nonsense"})).await.status
}

/// As many codes and guesses as strangers of some networks can get for an address.
async fn besiege(place: &Place, email: &str) {
    for network in NETWORKS {
        for _ in 0..20 {
            let mut stranger = place.browser();
            stranger.peer = Some(network);
            if ask(&mut stranger, email).await != 202 {
                break;
            }
            place.next_code().await;
            for _ in 0..5 {
                assert_eq!(guess(&mut stranger).await, 422);
            }
        }
    }
}

#[tokio::test]
async fn the_owner_comes_in_while_strangers_guess() {
    let place = Place::new();
    let mut home = place.browser();
    home.sign_in(ANN).await;
    home.post("/account/sign-out", json!({})).await.expect(200);
    besiege(&place, ANN).await;
    place.pass(Span::minutes(61));
    besiege(&place, ANN).await;
    // Strangers have used up what there is for strangers, also for a new browser of the owner.
    let mut new = place.browser();
    assert_eq!(ask(&mut new, ANN).await, 429);
    // The browser that they know stands apart.
    home.post("/account/sign-in/mail", json!({"email": ANN})).await.expect(202);
    let (code, _) = place.next_code().await;
    assert_eq!(code.len(), 9, "its codes are short");
    home.post("/account/sign-in/code", json!({"code": code})).await.expect(200);
    // An hour of peace, and the new one comes in as well, by a longer code.
    place.pass(Span::minutes(61));
    assert_eq!(ask(&mut new, ANN).await, 202);
    let (code, _) = place.next_code().await;
    assert_eq!(code.len(), 14, "somebody has guessed");
    new.post("/account/sign-in/code", json!({"code": code})).await.expect(200);
    assert_eq!(ask(&mut place.browser(), "bob@mail.example").await, 202);
    assert_eq!(place.next_code().await.0.len(), 9, "others are not concerned");
}

#[tokio::test]
async fn one_network_cannot_use_up_the_codes_of_an_address() {
    let place = Place::new();
    let mut stranger = place.browser();
    // One household, by its network of IPv6.
    for address in ["[2001:db8::1]:1", "[2001:db8::2]:1", "[2001:db8::3]:1", "[2001:db8::4]:1"] {
        stranger.peer = Some(address);
        assert_eq!(ask(&mut stranger, ANN).await, 202);
        place.next_code().await;
    }
    let refused = stranger.post("/account/sign-in/mail", json!({"email": ANN})).await;
    assert_eq!(refused.headers["retry-after"], "3600");
    refused.refused(429, "too_many_tries");
    assert_eq!(ask(&mut stranger, "bob@mail.example").await, 202, "another address");
    stranger.peer = Some("[2001:db8:0:1::1]:1");
    assert_eq!(ask(&mut stranger, ANN).await, 202, "another household");
}

#[tokio::test]
async fn one_network_asks_about_so_many_addresses() {
    let place = Place::new();
    let mut stranger = place.browser();
    stranger.peer = Some(NETWORKS[0]);
    for number in 0..40 {
        assert_eq!(ask(&mut stranger, &format!("a{number}@mail.example")).await, 202);
    }
    assert_eq!(ask(&mut stranger, "last@mail.example").await, 429);
    let mut other = place.browser();
    other.peer = Some(NETWORKS[1]);
    assert_eq!(ask(&mut other, "last@mail.example").await, 202);
}

/// Whatever is done with an address that has an account, and with one that has none, is answered
/// alike.
#[tokio::test]
async fn nothing_tells_whether_there_is_an_account() {
    let place = Place::new();
    place.browser().sign_in(ANN).await;
    place.pass(Span::hours(2));
    let mut told = Vec::new();
    for email in [ANN, "nobody@mail.example"] {
        let mut answers = Vec::new();
        for network in NETWORKS {
            let mut stranger = place.browser();
            stranger.peer = Some(network);
            for _ in 0..6 {
                let body = json!({"email": email});
                let asked = stranger.post("/account/sign-in/mail", body).await;
                let mut names: Vec<_> = asked.headers.keys().map(|name| name.to_string()).collect();
                names.sort();
                let retry = asked.headers.get("retry-after").cloned();
                answers.push((asked.status, names, retry, asked.json["code"].clone()));
                let tried = stranger.post("/account/sign-in/code", json!({"code": "12345678"}));
                let tried = tried.await;
                let code = tried.json["code"].clone();
                answers.push((tried.status, Vec::new(), None, code));
            }
        }
        told.push(answers);
        // Budgets of networks are shared by the two, so each begins with full ones.
        place.pass(Span::hours(2));
    }
    assert_eq!(told[0], told[1]);
    assert!(told[0].iter().any(|answer| answer.0 == 429), "the limits were reached");
}

#[tokio::test]
async fn whoever_ends_all_other_sessions_makes_strangers_of_their_browsers() {
    let place = Place::new();
    let (mut home, mut lost) = (place.browser(), place.browser());
    lost.sign_in(ANN).await;
    home.sign_in(ANN).await;
    home.post("/account/sessions/revoke", json!({"session": "others"})).await.expect(200);
    place.pass(Span::hours(1));
    besiege(&place, ANN).await;
    assert_eq!(ask(&mut lost, ANN).await, 429);
    assert_eq!(ask(&mut home, ANN).await, 202);
}

fn known(place: &Place, person: base::PersonId) -> KnownPerson {
    place.accounts.transact(BOOK, |rows| rows.person(person)).unwrap().unwrap()
}

/// Who signs in is found under the fresh key from then on, and found under the former until then.
#[tokio::test]
async fn addresses_are_hashed_under_the_fresh_key_at_the_next_sign_in() {
    let place = Place::new();
    let (ann, bob) = (place.person(ANN).await, place.person("bob@mail.example").await);
    let device = new_device(1);
    let mut browser = place.browser();
    browser.sign_in("bob@mail.example").await;
    add(&mut browser, &device).await;
    assert_eq!(known(&place, ann).address_key, Some(KeyNumber::FIRST));
    let place = place.rotated();
    let fresh = place.ring.current();
    assert_ne!(fresh, KeyNumber::FIRST);
    assert_eq!(place.person(ANN).await, ann, "nobody else");
    assert_eq!(known(&place, ann).address_key, Some(fresh));
    assert_eq!(known(&place, bob).address_key, Some(KeyNumber::FIRST));
    sign_in_by_passkey(&mut place.browser(), &device).await.expect(200);
    assert_eq!(known(&place, bob).address_key, Some(fresh), "without telling the address");
    let place = place.rotated();
    assert_eq!(place.person(ANN).await, ann);

    // As all were once: under the anchor.
    let mut bytes = Vec::new();
    for part in [BOOK, ANN] {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(part.as_bytes());
    }
    let address = Some(SecretHash(place.ring.short_hash("account address", &bytes)));
    let before = KnownPerson { address, address_key: None, ..known(&place, ann) };
    place.accounts.transact(BOOK, |rows| rows.put_person(&before)).unwrap();
    assert_eq!(place.person(ANN).await, ann);
    assert_eq!(known(&place, ann).address_key, Some(place.ring.current()));
}

/// A browser that was known before a rotation is known after it.
#[tokio::test]
async fn a_rotation_makes_no_strangers() {
    let place = Place::new();
    let mut home = place.browser();
    home.sign_in(ANN).await;
    let cookies = home.cookies.clone();
    let place = place.rotated();
    besiege(&place, ANN).await;
    let mut home = place.browser();
    home.cookies = cookies;
    assert_eq!(ask(&mut home, ANN).await, 202);
    assert_eq!(ask(&mut place.browser(), ANN).await, 429);
}
