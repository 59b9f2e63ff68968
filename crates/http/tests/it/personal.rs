//! Personal text: read by those who may, gone when it is erased, nowhere in between.

use base::PersonId;
use http::Scopes;
use serde_json::{Value, json};

use crate::world::{World, check_members};

fn said() -> Value {
    json!({
        "recipient": {"name": "Ada L", "email": "Ada@Example.com", "time_zone": "Europe/London"},
        "sender": {"name": "Charles", "email": "cb@example.com"},
        "message": "Many happy\nreturns",
    })
}

#[tokio::test]
async fn only_reading_by_id_opens_it() {
    let world = World::new();
    let card = world.issue_with(100, said()).await;
    for secret in ["Ada L", "xample.com", "Charles", "happy"] {
        assert!(!card.to_string().contains(secret), "{card}");
    }
    let read = read(&world, &card).await;
    check_members(&read, json!({"message": "Many happy\nreturns"}));
    let recipient = json!({
        "id": card["recipient"]["id"], "name": "Ada L", "email": "Ada@Example.com",
        "handle": null, "locale": null, "time_zone": "Europe/London", "erased": false,
    });
    assert_eq!(read["recipient"], recipient);
    assert_eq!(read["sender"]["name"], "Charles");
}

#[tokio::test]
async fn one_address_is_one_person_until_it_is_erased() {
    let world = World::new();
    let first = world.issue_with(100, said()).await;
    let mut again = said();
    again["recipient"]["email"] = json!(" ada@example.COM".trim());
    let second = world.issue_with(100, again).await;
    let id = first["recipient"]["id"].as_str().unwrap();
    assert_eq!(second["recipient"]["id"], id);
    assert_ne!(first["sender"]["id"], id);
    world.people.erase(id.parse::<PersonId>().unwrap()).unwrap();
    for card in [&first, &second] {
        let read = read(&world, card).await;
        let nobody = json!({"id": id, "name": null, "email": null, "erased": true});
        check_members(&read["recipient"], nobody);
        assert_eq!(read["message"], Value::Null);
        assert_eq!(read["sender"]["name"], "Charles");
    }
    let back = world.issue_with(100, said()).await;
    assert_ne!(back["recipient"]["id"], id, "an erased id is never used again");
    assert_eq!(self::read(&world, &back).await["recipient"]["name"], "Ada L");
}

#[tokio::test]
async fn people_without_address_are_somebody_new_but_the_same_when_repeated() {
    let world = World::new();
    let only_name = json!({"recipient": {"name": "Ada"}});
    let one = world.issue_with(100, only_name.clone()).await;
    let other = world.issue_with(100, only_name).await;
    assert_ne!(one["recipient"]["id"], other["recipient"]["id"]);
}

#[tokio::test]
async fn long_texts_are_refused_where_they_stand() {
    let world = World::new();
    let long = "\u{1F382}".repeat(501);
    let mut body = json!({
        "value": {"amount": 1, "currency": "USD"}, "funding": {"kind": "promotional"},
    });
    body["message"] = json!(long);
    let ask = world.post("/v1/gift-cards", body.clone()).fresh();
    ask.await_problem(400, "invalid_request", Some("/message")).await;
    body["message"] = json!("ok");
    body["recipient"] = json!({"email": "nobody"});
    let ask = world.post("/v1/gift-cards", body).fresh();
    ask.await_problem(400, "invalid_request", Some("/recipient/email")).await;
}

async fn read(world: &World, card: &Value) -> Value {
    let key = world.secret(Scopes::READ);
    let path = format!("/v1/gift-cards/{}", card["id"].as_str().unwrap());
    world.get(&path).with(&key).await_status(200).await.json
}
