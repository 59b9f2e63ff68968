//! Gifts that are sent by e-mail: from the request to the mail, and what becomes of it.

use std::sync::Arc;
use std::time::Duration;

use base::Span;
use http::Scopes;
use mail::{Mailer, Outcome};
use serde_json::{Value, json};

use crate::mailer::{
    Fate, GONE, LATER, mail_server, next, nothing_more, recorder, recorder_with, report,
};
use crate::world::World;

const ADA: &str = "per_00000000000000000000000007";

async fn given(world: &World, more: Value) -> Value {
    let mut said = json!({
        "delivery": {"channel": "email"}, "design": "birthday",
        "recipient": {"name": "Ada L", "email": "ada@example.org"}, "message": "Enjoy!",
        "sender": {"name": "Charles Babbage", "email": "cb@example.com"},
    });
    said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.issue_with(2_500, said).await
}

fn path(card: &Value) -> String {
    format!("/v1/gift-cards/{}", card["id"].as_str().unwrap())
}

async fn act(world: &World, card: &Value, action: &str, body: Value) -> Value {
    let ask = world.post(&format!("{}/{action}", path(card)), body).fresh();
    ask.await_status(200).await.json
}

/// Asks until the delivery of a card has this state.
async fn becomes(world: &World, card: &Value, state: &str) {
    let mut read = Value::Null;
    for _ in 0..1_000 {
        read = world.get(&path(card)).await_status(200).await.json["delivery"].clone();
        if read["state"] == state {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{state} does not come: {read}");
}

async fn state(world: &World, card: &Value) -> Value {
    world.get(&path(card)).await_status(200).await.json["delivery"]["state"].clone()
}

/// The text of the claim link in a mail.
fn token(text: &str) -> &str {
    let (_, rest) = text.split_once("https://shop.example/gift#").expect("a mail has the link");
    rest.split_whitespace().next().unwrap()
}

async fn claim(world: &World, token: &str) -> crate::world::Answer {
    world.post("/v1/gift-cards/claim", json!({"token": token, "person": ADA})).send().await
}

#[tokio::test]
async fn from_the_request_to_the_mail_whose_link_claims_the_card() {
    let (server, mailer) = mail_server();
    let world = World::new();
    let card = given(&world, json!({})).await;
    // Nobody sends mail yet, and nobody says that it was sent.
    assert_eq!(card["delivery"]["state"], "scheduled");
    let _postman = world.postman(mailer);
    let mail: Value = serde_json::from_str(&server.line()).unwrap();
    assert_eq!(mail["recipients"], json!(["ada@example.org"]));
    assert_eq!(mail["to"], json!([["Ada L", "ada@example.org"]]));
    assert_eq!(mail["from"], json!([["Corner Shop", "gifts@shop.example"]]));
    assert_eq!(mail["subject"], "Charles sent you a gift card for Corner Shop");
    let id = card["id"].as_str().unwrap();
    assert_eq!(mail["message_id"], format!("<{id}-1@shop.example>"));
    let text = mail["text"].as_str().unwrap();
    for words in ["25.00", "Enjoy!", "birthday"] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert!(!text.contains(card["code"].as_str().unwrap()), "no code is in a mail");
    becomes(&world, &card, "sent").await;
    let claimed = claim(&world, token(text)).await;
    assert_eq!(claimed.status, 200, "{}", claimed.text());
    assert_eq!((&claimed.json["id"], &claimed.json["owner"]), (&card["id"], &json!(ADA)));
    let refused = given(&world, json!({"recipient": {"email": "gone@example.org"}})).await;
    becomes(&world, &refused, "bounced").await;
}

#[tokio::test]
async fn a_mail_that_is_put_off_comes_again_as_it_was() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[LATER, LATER]));
    let card = given(&world, json!({})).await;
    let postman = world.postman(Arc::clone(&mailer) as Arc<dyn Mailer>);
    let first = next(&mails);
    nothing_more(&mails);
    assert_eq!(state(&world, &card).await, "scheduled");
    // Another process goes on.
    postman.stop();
    let _postman = world.postman(mailer);
    nothing_more(&mails);
    world.pass(Span::seconds(61));
    let second = next(&mails);
    assert_eq!(first.bytes, second.bytes);
    // The wait is counted from the end of the attempt.
    nothing_more(&mails);
    world.pass(Span::minutes(4));
    nothing_more(&mails);
    world.pass(Span::minutes(1));
    assert_eq!(next(&mails).bytes, first.bytes);
    becomes(&world, &card, "sent").await;
    world.pass(Span::days(9));
    nothing_more(&mails);
}

#[tokio::test]
async fn who_is_not_there_bounces_and_so_does_who_cannot_be_reached() {
    let mut fates = vec![GONE];
    fates.extend([LATER; 12]);
    let (world, (mailer, mails)) = (World::new(), recorder(&fates));
    let _postman = world.postman(mailer);
    let gone = given(&world, json!({})).await;
    next(&mails);
    becomes(&world, &gone, "bounced").await;
    let unreachable = given(&world, json!({})).await;
    for _ in 0..12 {
        next(&mails);
        // Read before it is moved on, so that no attempt is skipped.
        nothing_more(&mails);
        world.pass(Span::days(1));
    }
    becomes(&world, &unreachable, "bounced").await;
    nothing_more(&mails);
}

#[tokio::test]
async fn of_unknown_fate_is_sent_once_more_and_then_a_person_decides() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[Outcome::Unknown, Outcome::Unknown]));
    let _postman = world.postman(mailer);
    let card = given(&world, json!({})).await;
    let first = next(&mails);
    // The wait is counted from the end of the attempt.
    nothing_more(&mails);
    world.pass(Span::minutes(14));
    nothing_more(&mails);
    world.pass(Span::minutes(2));
    assert_eq!(next(&mails).bytes, first.bytes);
    nothing_more(&mails);
    world.pass(Span::days(9));
    nothing_more(&mails);
    assert_eq!(state(&world, &card).await, "scheduled");
    act(&world, &card, "resend", json!({})).await;
    assert_ne!(next(&mails).key, first.key);
    becomes(&world, &card, "sent").await;
}

#[tokio::test]
async fn whoever_is_killed_while_sending_does_not_know() {
    let world = World::new();
    let (mailer, mails) = recorder_with([Fate::Kills].into());
    let card = given(&world, json!({})).await;
    let killed = world.postman(Arc::clone(&mailer) as Arc<dyn Mailer>);
    let first = next(&mails);
    killed.stop();
    let _postman = world.postman(mailer);
    nothing_more(&mails);
    world.pass(Span::minutes(16));
    assert_eq!(next(&mails).bytes, first.bytes);
    becomes(&world, &card, "sent").await;
    nothing_more(&mails);
}

#[tokio::test]
async fn an_erased_recipient_gets_nothing() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let card = given(&world, json!({})).await;
    let person = card["recipient"]["id"].as_str().unwrap().parse().unwrap();
    world.people.erase(person).unwrap();
    let _postman = world.postman(mailer);
    becomes(&world, &card, "bounced").await;
    nothing_more(&mails);
}

#[tokio::test]
async fn a_gift_of_somebody_who_was_erased_is_still_a_gift() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let card = given(&world, json!({})).await;
    world.people.erase(card["sender"]["id"].as_str().unwrap().parse().unwrap()).unwrap();
    let _postman = world.postman(mailer);
    let mail = next(&mails);
    assert!(mail.text.contains("Somebody sent you"), "{}", mail.text);
    assert!(!mail.text.contains("Charles"), "{}", mail.text);
}

#[tokio::test]
async fn sent_again_and_to_somebody_else_are_mails_of_their_own() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let _postman = world.postman(mailer);
    let card = given(&world, json!({})).await;
    let first = next(&mails);
    becomes(&world, &card, "sent").await;
    world.pass(Span::seconds(61));
    act(&world, &card, "resend", json!({})).await;
    let second = next(&mails);
    becomes(&world, &card, "sent").await;
    world.pass(Span::seconds(61));
    let other = json!({"recipient": {"name": "Grace", "email": "grace@example.org"}});
    act(&world, &card, "change-recipient", other).await;
    let third = next(&mails);
    let keys = [&first, &second, &third].map(|mail| mail.key.rsplit('-').next().unwrap());
    assert_eq!(keys, ["1", "2", "3"]);
    assert_eq!([second.to, third.to], ["ada@example.org", "grace@example.org"]);
    for dead in [&first.text, &second.text] {
        assert_ne!(claim(&world, token(dead)).await.status, 200);
    }
    assert_eq!(claim(&world, token(&third.text)).await.status, 200);
}

#[tokio::test]
async fn what_was_claimed_or_canceled_meanwhile_is_not_sent() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let claimed = given(&world, json!({})).await;
    let body = json!({"code": claimed["code"], "person": ADA});
    world.post("/v1/gift-cards/claim", body).await_status(200).await;
    let canceled = given(&world, json!({})).await;
    act(&world, &canceled, "cancel", json!({})).await;
    let _postman = world.postman(mailer);
    let wanted = given(&world, json!({})).await;
    let key = next(&mails).key;
    assert!(key.starts_with(wanted["id"].as_str().unwrap()), "{key}");
    nothing_more(&mails);
}

#[tokio::test]
async fn a_gift_with_a_date_is_sent_on_that_date() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let _postman = world.postman(mailer);
    let card = given(&world, json!({"deliver_at": "2026-12-24T18:00:00Z"})).await;
    nothing_more(&mails);
    let clock = |now| world.post("/v1/test/clock", json!({"now": now})).fresh();
    clock("2026-12-24T17:59:00Z").await_status(200).await;
    nothing_more(&mails);
    clock("2026-12-24T18:00:00Z").await_status(200).await;
    next(&mails);
    becomes(&world, &card, "sent").await;
}

#[tokio::test]
async fn reports_of_mail_servers_change_the_delivery() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let _postman = world.postman(mailer);
    let card = given(&world, json!({})).await;
    let mail = next(&mails);
    becomes(&world, &card, "sent").await;
    let key = world.secret(Scopes::MAIL_REPORTS);
    let tell = |recipient: &str, report: &str| {
        let body = json!({"recipient": recipient, "report": report});
        world.post("/v1/mail/reports", body).with(&key)
    };
    let path = &mail.return_path;
    for (text, outcome) in [
        ("Subject: I am away\r\n\r\nUntil Monday.".to_owned(), "ignored"),
        (report("delayed"), "ignored"),
        (report("delivered"), "accepted"),
        (report("delivered"), "ignored"),
        (report("failed"), "bounced"),
        (report("delivered"), "ignored"),
    ] {
        let answer = tell(&path.to_ascii_uppercase(), &text).await_status(200).await.json;
        let expected =
            json!({"object": "mail_report", "gift_card": card["id"], "outcome": outcome});
        assert_eq!(answer, expected);
    }
    assert_eq!(state(&world, &card).await, "bounced");
    // What is said of an earlier sending is no news of the last.
    world.pass(Span::seconds(61));
    act(&world, &card, "resend", json!({})).await;
    let second = next(&mails);
    becomes(&world, &card, "sent").await;
    let late = tell(path, &report("failed")).await_status(200).await.json;
    assert_eq!(late["outcome"], "ignored");
    assert_eq!(state(&world, &card).await, "sent");
    let made_up = second.return_path.replace("-2-", "-3-");
    for wrong in [made_up.as_str(), "bounce+x@shop.example", "ada@example.org", ""] {
        let ask = tell(wrong, &report("failed"));
        ask.await_problem(400, "invalid_request", Some("/recipient")).await;
    }
}
