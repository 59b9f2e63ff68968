//! The embedding shop says who somebody is: once, for a minute, as a customer.

use base::{PersonId, Span, Text, Token};
use people::{HandOver, HandOverKey, Role, Roles};
use serde_json::{Value, json};

use super::passkeys::{add, sign_in};
use super::world::{BOOK, Place, new_device};

const ANN: &str = "ann@mail.example";

/// What the server would seal for somebody, for a book.
fn token(place: &Place, person: PersonId, nonce: u8, book: &str) -> String {
    let half = |which: u8| {
        let mut bytes = Vec::new();
        for part in [BOOK.as_bytes(), &[which]] {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part);
        }
        place.ring.short_hash("hand-over key", &bytes)
    };
    let mut key = [0; 32];
    key[..16].copy_from_slice(&half(1));
    key[16..].copy_from_slice(&half(2));
    let hand_over = HandOver {
        book: Token::new(book).unwrap(),
        subject: Text::new(&person.to_string()).unwrap(),
        made_at: place.now(),
        nonce: [nonce; 16],
    };
    hand_over.seal(&HandOverKey(key))
}

async fn arrives(place: &Place, token: &str) -> (u16, Value) {
    let mut browser = place.browser();
    let answer = browser.post("/account/hand-over", json!({"token": token})).await;
    if answer.status != 200 {
        return (answer.status, answer.json["code"].clone());
    }
    let status = answer.json["status"].clone();
    if status != "signed_in" {
        return (200, status);
    }
    (200, browser.get("/account/session").await.expect(200))
}

#[tokio::test]
async fn it_opens_a_session_of_a_customer_once_and_for_a_minute() {
    let place = Place::new();
    let ann = place.person(ANN).await;
    let first = token(&place, ann, 1, BOOK);
    let (status, session) = arrives(&place, &first).await;
    assert_eq!((status, &session["person"]), (200, &json!(ann.to_string())));
    assert_eq!(session["ways"], json!(["hand_over"]));
    let refused = (403, json!("hand_over_refused"));
    assert_eq!(arrives(&place, &first).await, refused);
    let last = first.chars().last().unwrap();
    let forged = format!("{}{}", &first[..first.len() - 1], if last == 'A' { 'Q' } else { 'A' });
    assert_eq!(arrives(&place, &forged).await, refused);
    assert_eq!(arrives(&place, "").await, refused);
    assert_eq!(arrives(&place, &token(&place, ann, 2, "other")).await, refused);
    let late = token(&place, ann, 3, BOOK);
    place.pass(Span::minutes(1));
    assert_eq!(arrives(&place, &late).await, refused);
    // Somebody who was never here gets an account.
    let newcomer = PersonId::from_bits(77);
    let (status, session) = arrives(&place, &token(&place, newcomer, 4, BOOK)).await;
    assert_eq!((status, &session["roles"]), (200, &json!(["customer"])));
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_staff_are_not_handed_over() {
    let place = Place::new();
    let ann = place.person(ANN).await;
    let mut browser = place.browser();
    browser.sign_in(ANN).await;
    let device = new_device(1);
    add(&mut browser, &device).await;
    let mut coming = place.browser();
    let body = json!({"token": token(&place, ann, 1, BOOK)});
    let answer = coming.post("/account/hand-over", body).await.expect(200);
    assert_eq!(answer["status"], "second_factor");
    coming.get("/account/session").await.refused(401, "session_ended");
    sign_in(&mut coming, &device).await.expect(200);
    let session = coming.get("/account/session").await.expect(200);
    assert_eq!(session["ways"], json!(["passkey", "hand_over"]));

    let bob = place.person("bob@mail.example").await;
    let now = place.now();
    let roles = place.accounts.transact(BOOK, |rows| {
        let mut known = rows.person(bob)?.unwrap();
        let roles = Roles::of_everybody().with(Role::Support);
        known.person = known.person.with_roles(roles, now);
        rows.put_person(&known)
    });
    roles.unwrap();
    let refused = (403, json!("hand_over_refused"));
    assert_eq!(arrives(&place, &token(&place, bob, 2, BOOK)).await, refused);
}
